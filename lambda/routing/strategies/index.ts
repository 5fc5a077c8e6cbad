import type { StrategyName } from '../../../lib/private/contract';
import { isStandby, type Target } from '../target';
import { leastBusy } from './least-busy';
import { lowestCost } from './lowest-cost';
import { lowestLatency } from './lowest-latency';
import { ordered } from './ordered';
import type { RoutingFacts, Strategy } from './strategy';
import { weighted } from './weighted';

export type { RoutingFacts, Strategy } from './strategy';

export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  ordered,
  weighted,
  lowest_cost: lowestCost,
  lowest_latency: lowestLatency,
  least_busy: leastBusy,
};

/** In which order the targets are asked: as the strategy says, standbys behind the others. */
export function orderOf(strategy: StrategyName, candidates: readonly Target[], facts: RoutingFacts): readonly Target[] {
  if (candidates.length < 2) return candidates;
  const sorted = STRATEGIES[strategy].order(candidates, facts);
  for (const target of candidates) if (isStandby(target)) return standbysLast(sorted);
  return sorted;
}

function standbysLast(sorted: readonly Target[]): readonly Target[] {
  return [...sorted.filter((target) => !isStandby(target)), ...sorted.filter(isStandby)];
}
