import type { Random } from './scheduler';

/**
 * What a whole table does to everybody. `slow`: answers come about when the caller gives up, before or after. `dead`: for stretches
 * nothing answers, and some of what was asked is applied when it comes back. `flapping`: dead and alive in turns of moments.
 * `deafening`: takes what it is asked and does not answer, then is dead for long enough that processes leave what they know to the queue.
 */
export type Disturbance = 'slow' | 'dead' | 'flapping' | 'deafening';

/** A call that its caller gives up. */
export interface Trouble {
  readonly failsAfterMs: number;
  /** Applied all the same, this much later. Absent: never. */
  readonly appliedAfterMs?: number;
}

export interface TableWeather {
  /** What happens to a call that begins now; undefined: nothing. */
  at(nowMs: number, timeoutMs: number): Trouble | undefined;
}

const MOST_STRETCHES = 6;
/** By then everything is over, so that what is left can be told. */
const LONGEST_MS = 90_000;
/** Counters are made before the table stops to answer, and most requests come while it does. */
const LAST_ANSWER_MS = 1_000;
const LONGEST_UNANSWERED_MS = 1_500;
/** A process has tried what it must tell by then. */
const SHORTEST_DEAD_MS = 10_000;

export function createTableWeather(kind: Disturbance, random: Random): TableWeather {
  const stretches: { readonly fromMs: number; readonly toMs: number }[] = [];
  let startMs: number | undefined;
  let unansweredMs = Number.POSITIVE_INFINITY;

  function plan(): void {
    if (kind === 'deafening') {
      unansweredMs = 200 + random.below(LAST_ANSWER_MS);
      const fromMs = unansweredMs + 500 + random.below(LONGEST_UNANSWERED_MS);
      stretches.push({ fromMs, toMs: fromMs + SHORTEST_DEAD_MS + random.below(LONGEST_MS / 3) });
      return;
    }
    const count = kind === 'flapping' ? 4 * MOST_STRETCHES : 1 + random.below(MOST_STRETCHES);
    const longest = kind === 'flapping' ? 400 : LONGEST_MS / 3;
    const within = kind === 'flapping' ? 6_000 : LONGEST_MS / 2;
    for (let index = 0; index < count; index++) {
      const fromMs = random.below(within);
      stretches.push({ fromMs, toMs: fromMs + random.below(longest) });
    }
  }

  return {
    at(nowMs, timeoutMs) {
      if (startMs === undefined) {
        startMs = nowMs;
        plan();
      }
      const elapsed = nowMs - startMs;
      if (kind === 'slow') {
        if (elapsed > LONGEST_MS || random.chance(0.5)) return undefined;
        const takesMs = random.below(2 * timeoutMs);
        if (takesMs < timeoutMs) return undefined;
        return { failsAfterMs: timeoutMs, appliedAfterMs: takesMs };
      }
      if (unansweredMs <= elapsed && elapsed < (stretches[0]?.fromMs ?? 0))
        return { failsAfterMs: timeoutMs, appliedAfterMs: random.below(100) };
      const stretch = stretches.find(({ fromMs, toMs }) => fromMs <= elapsed && elapsed < toMs);
      if (stretch === undefined) return undefined;
      return { failsAfterMs: timeoutMs, ...(random.chance(0.2) ? { appliedAfterMs: stretch.toMs - elapsed + random.below(2_000) } : {}) };
    },
  };
}
