import type { Heard } from './callers';
import type { Scene } from './scenes';
import { agree, type Views } from './views';

/** A scene that is over. */
export interface Played {
  readonly scene: Scene;
  readonly heard: Heard;
  readonly views: Views;
  /** From the end of the disturbance until all views agreed, or patience ended. */
  readonly settledMs: number;
}

/** The table waits no longer, and the simulated provider answers at once. */
const LONGEST_ANSWER_MS = 5_000;
/** Refusals for money: nobody's budget was near its end. */
const MONEY = /insufficient_quota|billing_error|rate_limit/;

/** What is not as it must be. */
export function problemsOf({ scene, heard, views }: Played): readonly string[] {
  const problems: string[] = [];
  const { spent, recorded, billed, reserved } = views;
  if (reserved !== 0n) problems.push(`${reserved} nano-USD are still set aside`);
  if (!agree({ ...views, reserved: 0n })) problems.push(`spent ${spent}, recorded ${recorded}, billed ${billed} nano-USD`);
  const refused = [...heard.answers.keys()].filter((what) => MONEY.test(what) || /^(401|403) /.test(what));
  if (refused.length > 0) problems.push(`refused: ${refused.join(', ')}`);
  if (heard.answered < heard.calls * scene.leastAnswered) problems.push(`${heard.answered} of ${heard.calls} calls were answered`);
  if (heard.answers.has('0 ')) problems.push(`${heard.answers.get('0 ')} calls were not answered at all`);
  if (heard.longestMs > LONGEST_ANSWER_MS) problems.push(`an answer took ${Math.round(heard.longestMs)} ms`);
  return problems;
}

export function shownLine({ scene, heard, views, settledMs }: Played) {
  return {
    scene: scene.name,
    calls: heard.calls,
    answers: Object.fromEntries(heard.answers),
    longest_ms: Math.round(heard.longestMs),
    records: views.records,
    spent_nano_usd: String(views.spent),
    recorded_nano_usd: String(views.recorded),
    billed_nano_usd: String(views.billed),
    reserved_nano_usd: String(views.reserved),
    settled_after_s: Math.round(settledMs / 100) / 10,
  };
}
