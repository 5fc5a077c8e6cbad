import type { Price } from '../money/pricing';
import type { Operation } from '../wire/model';
import type { Target } from './target';

/** What a strategy may go by, beside what the candidates say of themselves. */
export interface RoutingFacts {
  readonly operation: Operation;
  /** By the candidate's name. The call is bounded by the dearest, so that any order will do. */
  readonly prices: ReadonlyMap<string, Price>;
  /** 0 to 1. */
  random(): number;
}

/**
 * In which order the places are asked that a call may go to: all candidates, each once, and no other, for the call was admitted for these.
 * Pure. A place that cools down is passed over in any order.
 */
export type Strategy = (candidates: readonly Target[], facts: RoutingFacts) => readonly Target[];

export const STRATEGIES = {
  /** As the route names them. */
  ordered: (candidates) => candidates,
} as const satisfies Readonly<Record<string, Strategy>>;

export type StrategyName = keyof typeof STRATEGIES;

export function orderOf(strategy: StrategyName, candidates: readonly Target[], facts: RoutingFacts): readonly Target[] {
  return candidates.length > 1 ? (STRATEGIES[strategy] as Strategy)(candidates, facts) : candidates;
}
