import type { Target } from '../target';
import type { TargetFacts } from '../target-facts';
import { lotOf, sortedBy } from './draw';
import type { RoutingFacts, Strategy } from './strategy';

/** Speeds that differ by no more are alike: conversations stay where they are. */
const ALIKE = 1.25;
/** A target whose speed was not measured for so long may have become another. */
const STALE_MS = 15_000;
/** Of the calls of a process, at most so many go to find that out. */
const EXPLORING_SHARE = 0.1;

/**
 * By when the answer is expected to be there: the time to the first token, and what is usually written at the speed that was measured. A
 * target that nobody measured lately is asked now and then, one call at a time, so that one that became fast again is found.
 */
export const lowestLatency: Strategy = {
  order(candidates, facts) {
    const explored = facts.random() < EXPLORING_SHARE ? dueOf(candidates, facts) : undefined;
    const expected = new Map(candidates.map((target) => [target, expectedMs(facts.factsOf(target), facts.outputTokens())]));
    const best = Math.min(...expected.values());
    const sorted = sortedBy(candidates, facts, (target) => {
      const milliseconds = expected.get(target) as number;
      return milliseconds <= best * ALIKE ? best : milliseconds;
    });
    return explored === undefined ? sorted : [explored, ...sorted.filter((target) => target !== explored)];
  },
  say(target, facts) {
    const milliseconds = expectedMs(facts.factsOf(target), facts.outputTokens());
    return milliseconds === Number.POSITIVE_INFINITY ? 'expected_ms=unknown' : `expected_ms=${Math.round(milliseconds)}`;
  },
};

/** Nobody knows how long one takes that was never measured: it is asked after those that were, and explored. */
export function expectedMs({ timeToFirstTokenMs, tokensPerSecond }: TargetFacts, outputTokens: number): number {
  if (timeToFirstTokenMs === undefined) return Number.POSITIVE_INFINITY;
  return timeToFirstTokenMs + (tokensPerSecond === undefined ? 0 : (outputTokens / Math.max(tokensPerSecond, Number.EPSILON)) * 1_000);
}

/** Of the targets that may be asked, and that nobody asks now, the one whose speed is known least. */
function dueOf(candidates: readonly Target[], facts: RoutingFacts): Target | undefined {
  let due: { readonly target: Target; readonly agoMs: number; readonly lot: number } | undefined;
  for (const target of candidates) {
    const { healthy, inFlight, hasQuota, measuredAgoMs: agoMs = Number.POSITIVE_INFINITY } = facts.factsOf(target);
    if (!healthy || inFlight > 0 || hasQuota === false || target.weight === 0 || agoMs < STALE_MS) continue;
    const lot = lotOf(target, facts);
    if (due === undefined || agoMs > due.agoMs || (agoMs === due.agoMs && lot < due.lot)) due = { target, agoMs, lot };
  }
  return due?.target;
}
