import { formatUsd, textCost } from '../../money/pricing';
import type { Target } from '../target';
import { sortedBy } from './draw';
import type { RoutingFacts, Strategy } from './strategy';

/** By what the call is expected to cost: its prompt without any cache, and what such calls usually write, at the prices that hold. */
export const lowestCost: Strategy = {
  order: (candidates, facts) => sortedBy(candidates, facts, (target) => expectedNanoUsd(target, facts)),
  say: (target, facts) => `expected_usd=${formatUsd(expectedNanoUsd(target, facts))}`,
};

export function expectedNanoUsd({ name, parameters }: Target, facts: RoutingFacts): bigint {
  const price = facts.prices.get(name);
  if (price === undefined) return 0n;
  const outputTokens = Math.min(facts.outputTokens(), price.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  return textCost(price, facts.inputTokens(), outputTokens, parameters?.service_tier);
}
