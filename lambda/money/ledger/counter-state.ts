import type { CounterFigures, CounterSpec, CounterState, ReserveResult, ShardResult } from '../ports/counters';

/** A counter as it would be made, on which nothing is set aside. */
export function emptyCounter(budget: Pick<CounterFigures, 'key' | 'limitNanoUsd' | 'generation'>, remainingNanoUsd: bigint): CounterState {
  const { key, limitNanoUsd, generation } = budget;
  return { key, limitNanoUsd, generation, remainingNanoUsd, open: new Map(), parked: new Map(), lentNanoUsd: 0n, shards: 0, spread: 0 };
}

/** A counter as it would be under another budget. */
function withBudget(found: CounterState, budget: { readonly limitNanoUsd: bigint; readonly generation: number }): CounterState {
  const remainingNanoUsd = found.remainingNanoUsd + budget.limitNanoUsd - found.limitNanoUsd;
  return { ...found, remainingNanoUsd, limitNanoUsd: budget.limitNanoUsd, generation: budget.generation };
}

/** Whether a counter can hold so much more. */
export function holds(spec: Pick<CounterSpec, 'soft'>, remainingNanoUsd: bigint, nanoUsd: bigint): boolean {
  return spec.soft || remainingNanoUsd >= nanoUsd;
}

/**
 * What a counter answers that did not take a reservation; undefined: it was only not as it was believed to be.
 *
 * @throws Error when the attempt holds money there already
 */
export function answerOf(found: CounterState, spec: CounterSpec, attemptId: string, nanoUsd: bigint): ReserveResult | undefined {
  if (found.open.has(attemptId)) throw new Error('this attempt id already holds money on the counter');
  if (found.generation > spec.generation) return { kind: 'stale', generation: found.generation };
  const state = withBudget(found, spec);
  return holds(spec, state.remainingNanoUsd, nanoUsd) ? undefined : { kind: 'insufficient', state };
}

/** What a shard answers that did not take a reservation. */
export function shardAnswerOf(found: CounterState | undefined, generation: number): ShardResult {
  if (found !== undefined && found.generation > generation) return { kind: 'stale', generation: found.generation };
  return { kind: 'empty', state: found };
}

/** A counter and its shards as one, so that nothing is lent. */
export function wholeOf(root: CounterState, shards: readonly (CounterState | undefined)[]): CounterState {
  const open = new Map(root.open);
  const parked = new Map(root.parked);
  let { remainingNanoUsd } = root;
  for (const shard of shards) {
    if (shard === undefined) continue;
    remainingNanoUsd += shard.remainingNanoUsd;
    for (const [id, entry] of shard.open) open.set(id, entry);
    for (const [id, entry] of shard.parked) parked.set(id, entry);
  }
  return { ...root, remainingNanoUsd, open, parked, lentNanoUsd: 0n };
}
