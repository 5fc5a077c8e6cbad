import { formatUsd, textCost } from '../../money/pricing';
import type { CapacityRates } from '../providers';
import type { Target } from '../target';
import { sortedBy } from './draw';
import type { RoutingFacts, Strategy } from './strategy';

/** A million: what rates are given for. */
const TOKENS = 1_000_000n;

/** By what the call is expected to cost: its prompt without any cache, and what such calls usually write, at the prices that hold. */
export const lowestCost: Strategy = {
  order: (candidates, facts) => sortedBy(candidates, facts, (target) => expectedNanoUsd(target, facts)),
  say: (target, facts) => `expected_usd=${formatUsd(expectedNanoUsd(target, facts))}`,
};

export function expectedNanoUsd({ name, parameters, provider }: Target, facts: RoutingFacts): bigint {
  const { capacity } = provider;
  if (capacity !== undefined) return worked(capacity, facts.inputTokens(), facts.outputTokens());
  const price = facts.prices.get(name);
  if (price === undefined) return 0n;
  const outputTokens = Math.min(facts.outputTokens(), price.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  return textCost(price, facts.inputTokens(), outputTokens, parameters?.service_tier);
}

/** What one's own servers cost in the time that they usually take for it. */
function worked({ input, output }: CapacityRates, inputTokens: number, outputTokens: number): bigint {
  return (BigInt(Math.ceil(inputTokens)) * input + BigInt(Math.ceil(outputTokens)) * output + TOKENS - 1n) / TOKENS;
}
