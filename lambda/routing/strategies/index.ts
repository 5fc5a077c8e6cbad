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

const NO_QUOTA = 2;
const STANDBY = 1;

/** In which order the places are asked: as the strategy says, those whose quota is used up and standbys behind the others. */
export function orderOf(strategy: StrategyName, candidates: readonly Target[], facts: RoutingFacts): readonly Target[] {
  if (candidates.length < 2) return candidates;
  const sorted = STRATEGIES[strategy].order(candidates, facts);
  const ranks = sorted.map((target) => rankOf(target, facts));
  if (ranks.every((rank) => rank === ranks[0])) return sorted;
  return [0, STANDBY, NO_QUOTA, NO_QUOTA + STANDBY].flatMap((rank) => sorted.filter((_target, index) => ranks[index] === rank));
}

function rankOf(target: Target, facts: RoutingFacts): number {
  return (facts.factsOf(target).hasQuota === false ? NO_QUOTA : 0) + (isStandby(target) ? STANDBY : 0);
}
