/** Fills windows and longest answers that a place does not say, from the same model elsewhere. */
import { maxOutputOf, windowOf } from './rows.mjs';

/** A model's name without who sells it, where, and when it was made. */
function bareName(name) {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/^(us|eu|apac|jp|au|ca|in|us-gov|global)\./, '')
    .replace(/^(anthropic|openai|google|meta|mistral|moonshotai|zai|xai|deepseek|qwen|nvidia|minimax)\./, '')
    .replace(/(:free|:thinking|:extended|:exacto|:nitro)$/, '')
    .replace(/(-v\d+)?:\d+$/, '')
    .replace(/[-@](20\d\d-?\d\d-?\d\d)$/, '')
    .replace(/-latest$/, '')
    .replaceAll(/[._]/g, '-');
}

/** @param kinds rows by kind and name */
export function completeLimits(kinds) {
  const known = new Map();
  for (const [name, row] of entriesOf(kinds)) {
    const bare = bareName(name);
    known.set(bare, { ...windowOf(known.get(bare), row), ...maxOutputOf(known.get(bare), row) });
  }
  const complete = (name, row) => {
    const elsewhere = known.get(bareName(name));
    const window = row.window ?? elsewhere?.window;
    // No answer is longer than the window.
    const maxOutput = row.maxOutput ?? elsewhere?.maxOutput ?? window;
    if (row.prices.every((set) => set.output === undefined)) return window === undefined ? row : { ...row, window };
    return { ...row, ...(window === undefined ? {} : { window }), ...(maxOutput === undefined ? {} : { maxOutput }) };
  };
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, models]) => [
      kind,
      Object.fromEntries(Object.entries(models).map(([name, row]) => [name, complete(name, row)])),
    ]),
  );
}

function entriesOf(kinds) {
  return Object.values(kinds).flatMap((models) => Object.entries(models));
}
