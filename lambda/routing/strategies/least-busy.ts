import type { Target } from '../target';
import { lotOf, sortedBy } from './draw';
import type { RoutingFacts, Strategy } from './strategy';

/** A conversation stays with its target while that has no more than so many times the usual load, and one call. */
const MOST_TIMES = 1.25;
const AND_CALLS = 1;

/**
 * By the calls that each answers for this process, measured by its weight. A conversation keeps its target unless that one is much busier
 * than the others (consistent hashing with bounded loads).
 *
 * @see https://arxiv.org/abs/1608.01350
 */
export const leastBusy: Strategy = {
  order(candidates, facts) {
    const sorted = sortedBy(candidates, facts, (target) => loadOf(target, facts));
    const own = facts.conversation === undefined ? undefined : ownOf(candidates, facts);
    if (own === undefined || own === sorted[0] || loadOf(own, facts) > mostLoad(candidates, facts)) return sorted;
    return [own, ...sorted.filter((target) => target !== own)];
  },
  say: (target, facts) => `in_flight=${facts.factsOf(target).inFlight}`,
};

function ownOf(candidates: readonly Target[], facts: RoutingFacts): Target {
  return candidates.reduce((best, target) => (lotOf(target, facts) < lotOf(best, facts) ? target : best));
}

/** A standby answers none unless all others cannot. */
function loadOf(target: Target, facts: RoutingFacts): number {
  return target.weight === 0 ? Number.POSITIVE_INFINITY : facts.factsOf(target).inFlight / (target.weight ?? 1);
}

function mostLoad(candidates: readonly Target[], facts: RoutingFacts): number {
  const loads = candidates.map((target) => loadOf(target, facts)).filter(Number.isFinite);
  return (loads.reduce((sum, load) => sum + load, 0) / Math.max(1, loads.length)) * MOST_TIMES + AND_CALLS;
}
