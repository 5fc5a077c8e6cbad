import type { CounterState, EscrowStore, OpenEntry } from '../ports/counters';
import { shardKey } from './names';

/** Each further try means that a request took from the shard in between. */
const RECALL_TRIES = 6;

/** Takes back what all shards of a counter have left. Answers the sum, and what is open on them. */
export async function gatherShards(
  escrow: Pick<EscrowStore, 'read' | 'recall'>,
  root: CounterState,
  timeoutMs: number,
): Promise<{ readonly nanoUsd: bigint; readonly open: ReadonlyMap<string, OpenEntry> }> {
  let sum = 0n;
  const open = new Map<string, OpenEntry>();
  await Promise.all(
    Array.from({ length: root.spread }, async (_unused, index) => {
      for (let tries = 0; tries < RECALL_TRIES; tries++) {
        const shard = await escrow.read(shardKey(root.key, index), timeoutMs);
        if (shard === undefined) return;
        const left = isGathered(shard, root) ? 0n : await escrow.recall(root.key, shard, newer(shard, root), timeoutMs);
        if (left === undefined) continue;
        sum += left;
        for (const [id, entry] of shard.open) open.set(id, entry);
        return;
      }
    }),
  );
  return { nanoUsd: sum, open };
}

function isGathered(shard: CounterState, root: CounterState): boolean {
  return shard.remainingNanoUsd === 0n && shard.generation >= root.generation;
}

function newer(shard: CounterState, root: CounterState): number {
  return Math.max(shard.generation, root.generation);
}
