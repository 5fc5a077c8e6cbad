import type { CounterFigures, CounterStore, FreshBudget, OpenEntry, ReserveResult } from '../ports/counters';
import { gatherShards } from './gather';
import { shardKey } from './names';
import type { PlannedCounter } from './plan';

/** When a counter is split into shards, and how much a shard is lent. */
export interface EscrowPolicy {
  /** Open entries on one item beyond which it is split: each is about 60 bytes, and a write costs by the kilobyte. */
  readonly mostEntries: number;
  /** Only a counter that could still take this many requests of the present size is split. */
  readonly headroom: bigint;
  /** Requests of the present size that a shard is lent at once. */
  readonly chunk: bigint;
  readonly mostShards: number;
}

export const ESCROW: EscrowPolicy = { mostEntries: 16, headroom: 64n, chunk: 32n, mostShards: 1_024 };

/** How many shards each busy counter has, as this process last saw. Bounded. */
export interface ShardMemory {
  /** The item to reserve on: the counter itself, or one of its shards at random. */
  keyFor(counter: string): string;
  learn(root: CounterFigures): void;
  forget(counter: string): void;
  shardsOf(counter: string): number;
}

const MOST_REMEMBERED = 5_000;
/** Less than any counter can have left. */
const ANY_REMAINDER = -(10n ** 30n);

export function createShardMemory(random: () => number): ShardMemory {
  const known = new Map<string, number>();
  return {
    keyFor(counter) {
      const shards = known.get(counter) ?? 0;
      return shards === 0 ? counter : shardKey(counter, Math.min(shards - 1, Math.floor(random() * shards)));
    },
    learn(root) {
      if (root.shards === 0) known.delete(root.key);
      else {
        if (known.size >= MOST_REMEMBERED) known.clear();
        known.set(root.key, root.shards);
      }
    },
    forget: (counter) => known.delete(counter),
    shardsOf: (counter) => known.get(counter) ?? 0,
  };
}

export interface ReserveContext {
  readonly counters: CounterStore;
  readonly shards: ShardMemory;
  readonly policy: EscrowPolicy;
  readonly timeoutMs: number;
}

/**
 * Reserves on the item that the plan chose. A shard that has run dry is lent more by its root; when the root has nothing to lend,
 * all shards give back and the caller is told to plan again, on the root. Before a root refuses, its shards give back too.
 */
export async function reserveOn(
  context: ReserveContext,
  planned: PlannedCounter,
  attemptId: string,
  entry: OpenEntry,
  fresh: () => Promise<FreshBudget | undefined>,
): Promise<ReserveResult> {
  const { spec, key } = planned;
  return key === spec.key
    ? reserveOnRoot(context, planned, attemptId, entry, fresh)
    : reserveOnShard(context, planned, key, attemptId, entry);
}

async function reserveOnRoot(
  context: ReserveContext,
  { spec }: PlannedCounter,
  attemptId: string,
  entry: OpenEntry,
  fresh: () => Promise<FreshBudget | undefined>,
): Promise<ReserveResult> {
  const { counters, shards, policy, timeoutMs } = context;
  const result = await counters.reserve(spec, attemptId, entry, fresh, timeoutMs);
  if (result.kind === 'stale') return result;
  shards.learn(result.state);
  if (result.kind === 'reserved') {
    if (!spec.soft && result.state.shards === 0 && result.openCount > policy.mostEntries) void grow(context, result.state, entry);
    return result;
  }
  if (result.state.spread === 0) return result;
  const gathered = await gatherShards(counters.escrow, result.state, timeoutMs);
  const again = gathered.nanoUsd > 0n ? await counters.reserve(spec, attemptId, entry, fresh, timeoutMs) : result;
  if (again.kind !== 'insufficient') return again;
  return { kind: 'insufficient', state: { ...again.state, open: new Map([...again.state.open, ...gathered.open]) } };
}

async function reserveOnShard(
  context: ReserveContext,
  { spec }: PlannedCounter,
  key: string,
  attemptId: string,
  entry: OpenEntry,
): Promise<ReserveResult> {
  const { counters, shards, policy, timeoutMs } = context;
  const { escrow } = counters;
  for (let lent = 0; lent < 2; lent++) {
    const result = await escrow.reserve(key, spec.generation, attemptId, entry, timeoutMs);
    if (result.kind === 'stale') return result;
    if (result.kind === 'reserved') {
      if (result.openCount > policy.mostEntries) void growFrom(context, spec.key, entry);
      return result;
    }
    if (result.state !== undefined && result.state.generation < spec.generation) {
      await counters.move(spec);
      await escrow.recall(spec.key, result.state, spec.generation, timeoutMs);
    }
    if (!(await lend(context, spec, key, entry))) break;
  }
  const root = await escrow.read(spec.key, timeoutMs);
  if (root !== undefined && root.generation > spec.generation) return { kind: 'stale', generation: root.generation };
  if (root !== undefined) {
    await gatherShards(escrow, root, timeoutMs);
    await escrow.resize(spec.key, 0, root.spread, ANY_REMAINDER, timeoutMs);
  }
  shards.forget(spec.key);
  // The intent names the shard, so the root can only be tried by another attempt.
  return { kind: 'stale', generation: spec.generation };
}

async function lend(context: ReserveContext, spec: PlannedCounter['spec'], key: string, entry: OpenEntry): Promise<boolean> {
  const { counters, policy, timeoutMs } = context;
  for (const nanoUsd of [entry.nanoUsd * policy.chunk, entry.nanoUsd]) {
    const result = await counters.escrow.lend(spec.key, key, nanoUsd, spec, timeoutMs);
    if (result.kind === 'lent') return true;
    if (result.root !== undefined && result.root.generation !== spec.generation) return false;
  }
  return false;
}

/** Doubles the shards of a counter that is too full. Beside the request: it is refused or lost without harm. */
async function grow(context: ReserveContext, root: CounterFigures, entry: OpenEntry): Promise<void> {
  const { counters, shards, policy, timeoutMs } = context;
  const wanted = Math.min(policy.mostShards, Math.max(2, root.shards * 2));
  if (wanted <= root.shards) return;
  try {
    const spread = Math.max(root.spread, wanted);
    if (await counters.escrow.resize(root.key, wanted, spread, entry.nanoUsd * policy.headroom, timeoutMs)) {
      shards.learn({ ...root, shards: wanted, spread });
    }
  } catch {
    // The next request that finds it full tries again.
  }
}

async function growFrom(context: ReserveContext, counter: string, entry: OpenEntry): Promise<void> {
  try {
    const root = await context.counters.escrow.read(counter, context.timeoutMs);
    if (root !== undefined && root.shards === context.shards.shardsOf(counter)) await grow(context, root, entry);
    else if (root !== undefined) context.shards.learn(root);
  } catch {
    // The next request that finds it full tries again.
  }
}
