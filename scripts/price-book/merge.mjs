/** Two lists and the decisions between them, as one row a model. */
import { perCall, perMillion, stepsOf, times } from './amounts.mjs';
import { completeProfiles } from './bedrock.mjs';
import { CLASSES } from './classes.mjs';
import { differences, pricesOn } from './compare.mjs';
import { completeLimits } from './limits.mjs';
import { dearerPrices, maxOutputOf, windowOf } from './rows.mjs';

/** Kinds whose models are sold there under their makers' names and prices, where no list has the place's own price. */
const BORROWED = {
  'azure-openai': ['openai', 'deepseek', 'xai', 'moonshotai'],
  'vertex-ai': ['google-ai-studio', 'anthropic'],
};
/** Not a place of ours: only borrowed from. */
const MAKERS_ONLY = ['moonshotai'];
/** A model of these that is listed without a tier has none; elsewhere the lists are silent, and the kind's dearest factors hold. */
const TIERS_ARE_COMPLETE = new Set(['openai', 'azure-openai', 'anthropic', 'google-ai-studio', 'vertex-ai']);

/**
 * @param first the newer list, whose names and limits go furthest
 * @returns rows by kind and name, what no decision settles, and the decisions that nothing needed
 */
export function merge(first, second, decisions) {
  const undecided = [];
  const used = new Set();
  const kinds = {};
  for (const kind of new Set([...Object.keys(first.hosts), ...Object.keys(second.hosts)])) {
    const [left, right] = [first.hosts[kind] ?? {}, second.hosts[kind] ?? {}];
    kinds[kind] = {};
    for (const model of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const decision = decisions.find((entry) => entry.kind === kind && entry.models.includes(model));
      const context = { kind, model, day: first.source.date, decision, undecided, used };
      kinds[kind][model] = mergeRow(left[model], right[model], context);
    }
  }
  for (const decision of decisions.filter(({ take }) => take === undefined)) {
    const { kind, models, page } = decision;
    for (const model of models) {
      kinds[kind][model] = decided(kinds[kind][model], decision);
      used.add(`${kind} ${model}`);
      if (page === undefined) throw new Error(`the decision on ${kind} ${model} names no page`);
    }
  }
  kinds.bedrock = completeProfiles(kinds.bedrock);
  for (const [kind, makers] of Object.entries(BORROWED)) {
    for (const maker of makers) kinds[kind] = { ...withoutGifts(kinds[maker]), ...kinds[kind] };
  }
  for (const maker of MAKERS_ONLY) delete kinds[maker];
  const stale = decisions.flatMap(({ kind, models }) => models.map((model) => `${kind} ${model}`)).filter((name) => !used.has(name));
  return { kinds: completeLimits(kinds), undecided, stale };
}

function mergeRow(left, right, context) {
  const row = {
    ...windowOf(left, right),
    ...maxOutputOf(left, right),
    ...tiersOf(left, context.kind),
    ...(left?.regional === undefined ? {} : { regional: left.regional }),
    prices: left === undefined || right === undefined ? (left ?? right).prices : mergePrices(left, right, context),
  };
  return { ...row, prices: row.prices.map(withHourWrite) };
}

function tiersOf(left, kind) {
  if (left?.tiers !== undefined) return { tiers: left.tiers };
  return left !== undefined && TIERS_ARE_COMPLETE.has(kind) ? { tiers: {} } : {};
}

function mergePrices(left, right, { kind, model, day, decision, undecided, used }) {
  const [ours, theirs] = [pricesOn(left, day), pricesOn(right, day)];
  const different = differences(ours, theirs);
  if (different.length === 0) {
    const later = right.prices.filter(({ from }) => from !== undefined && from > day);
    return [...left.prices.map((set) => filled(set, theirs)), ...later];
  }
  if (decision?.take === undefined) {
    undecided.push({ kind, model, different });
    return [dearerPrices(ours, theirs)];
  }
  used.add(`${kind} ${model}`);
  return decision.take === 'litellm' ? left.prices : current(right.prices, day);
}

/** Classes and calls that only the other list has. */
function filled(set, other) {
  const missing = Object.fromEntries(
    CLASSES.flatMap((name) => (set[name] === undefined && other[name] !== undefined ? [[name, other[name]]] : [])),
  );
  const calls = { ...other.calls, ...set.calls };
  return { ...set, ...missing, ...(Object.keys(calls).length === 0 ? {} : { calls }) };
}

/** Without what no longer holds. */
function current(prices, day) {
  const start = prices.findLastIndex(({ from }) => from !== undefined && from <= day);
  return start < 1 ? prices : prices.slice(start).map(({ from, ...set }) => (from !== undefined && from > day ? { from, ...set } : set));
}

/** What a page says in place of the lists: prices, a price of the whole request, lengths, or that it costs nothing. */
function decided(row, { prices = {}, request, free, window, maxOutput }) {
  const rates = Object.fromEntries(Object.entries(prices).map(([name, usd]) => [name, perMillion(usd)]));
  const calls = request === undefined ? undefined : { request: perCall(request) };
  const one = (set) => ({ ...set, ...rates, ...(calls === undefined ? {} : { calls: { ...set.calls, ...calls } }) });
  return {
    ...row,
    ...(window === undefined ? {} : { window }),
    ...(maxOutput === undefined ? {} : { maxOutput }),
    ...(free === true ? { free } : {}),
    prices: free === true ? [{ input: 0, output: 0 }] : (row?.prices ?? [{}]).map(one),
  };
}

/** What a maker gives away it does so in its own place alone. */
function withoutGifts(models = {}) {
  return Object.fromEntries(Object.entries(models).filter(([, { free }]) => free !== true));
}

/** Twice the input price, which is what a one-hour write costs wherever it is listed. */
function withHourWrite(set) {
  if (set.cacheWrite5m === undefined || set.cacheWrite1h !== undefined || set.input === undefined) return set;
  const { calls, ...rest } = set;
  return { ...rest, cacheWrite1h: times(set.input, 200), ...(calls === undefined ? {} : { calls }) };
}

/** For messages: `0.5 (above 200000: 1)`. */
export function readable(rate, decimal) {
  if (typeof rate === 'number') return decimal(rate);
  return `${decimal(rate[0])} (${stepsOf(rate)
    .map(([above, amount]) => `above ${above}: ${decimal(amount)}`)
    .join(', ')})`;
}
