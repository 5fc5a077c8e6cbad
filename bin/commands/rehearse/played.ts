import type { Heard } from './callers';
import type { Scene } from './scenes';
import { agree, type Views } from './views';

/** A scene that is over. */
export interface Played {
  readonly scene: Scene;
  /** With it the same goes wrong again, as far as the calls come in the same order. */
  readonly seed: number;
  readonly heard: Heard;
  /** Why calls were not answered, as the functions' log says. */
  readonly failures: ReadonlyMap<string, number>;
  readonly views: Views;
  /** From the end of the disturbance until all views agreed, or patience ended. */
  readonly settledMs: number;
}

/** The table waits no longer, and the simulated provider answers at once. */
const LONGEST_ANSWER_MS = 5_000;
/** Nobody's budget was near its end, and everybody may call. */
const REFUSALS: ReadonlySet<number> = new Set([401, 402, 403, 429]);

/** What is not as it must be. */
export function problemsOf({ scene, heard, failures, views }: Played): readonly string[] {
  const problems: string[] = [];
  const { spent, recorded, billed, reserved } = views;
  if (reserved !== 0n) problems.push(`${reserved} nano-USD are still set aside`);
  if (!agree({ ...views, reserved: 0n })) problems.push(`spent ${spent}, recorded ${recorded}, billed ${billed} nano-USD`);
  const refused = [...heard.answers.keys()].filter((status) => REFUSALS.has(status));
  if (refused.length > 0) problems.push(`refused with ${refused.join(', ')}: ${[...failures.keys()].join(', ')}`);
  if (heard.answered < heard.calls * scene.leastAnswered) problems.push(`${heard.answered} of ${heard.calls} calls were answered`);
  if (heard.answers.has(0)) problems.push(`${heard.answers.get(0)} calls were not answered at all`);
  if (heard.longestMs > LONGEST_ANSWER_MS) problems.push(`an answer took ${Math.round(heard.longestMs)} ms`);
  return problems;
}

export function shownLine({ scene, seed, heard, failures, views, settledMs }: Played) {
  return {
    scene: scene.name,
    seed,
    calls: heard.calls,
    answers: Object.fromEntries(heard.answers),
    failures: Object.fromEntries(failures),
    longest_ms: Math.round(heard.longestMs),
    records: views.records,
    spent_nano_usd: String(views.spent),
    recorded_nano_usd: String(views.recorded),
    billed_nano_usd: String(views.billed),
    reserved_nano_usd: String(views.reserved),
    settled_after_s: Math.round(settledMs / 100) / 10,
  };
}
