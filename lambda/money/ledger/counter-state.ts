import type { CounterFigures, CounterState } from '../ports/counters';

/** A counter as it would be made, on which nothing is set aside. */
export function emptyCounter(budget: Pick<CounterFigures, 'key' | 'limitNanoUsd' | 'generation'>, remainingNanoUsd: bigint): CounterState {
  const { key, limitNanoUsd, generation } = budget;
  return { key, limitNanoUsd, generation, remainingNanoUsd, open: new Map(), parked: new Map(), lentNanoUsd: 0n, shards: 0, spread: 0 };
}

/** A counter as it would be under another budget. */
export function withBudget(found: CounterState, budget: { readonly limitNanoUsd: bigint; readonly generation: number }): CounterState {
  const remainingNanoUsd = found.remainingNanoUsd + budget.limitNanoUsd - found.limitNanoUsd;
  return { ...found, remainingNanoUsd, limitNanoUsd: budget.limitNanoUsd, generation: budget.generation };
}
