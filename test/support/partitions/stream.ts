import { readRecord } from '../../../lambda/aws/dynamodb';
import { type Contribution, contributionOf } from '../../../lambda/money/rollup';
import type { RollupWriter } from '../../../lambda/usage/rollup-writer';
import type { Change } from '../memory-dynamodb';
import { TABLE_NAMES } from '../memory-dynamodb';
import type { VirtualTime } from './virtual-time';

export interface UsageReport {
  readonly added: number;
  readonly batches: number;
  readonly failedBatches: number;
  /** Seconds from a change to its being added up, at most. */
  readonly oldest: number;
}

export interface Usage {
  /** @param shard of the stream: a partition of the table */
  take(change: Change, shard: number): void;
  report(): UsageReport;
}

export interface UsageOptions {
  readonly time: VirtualTime;
  /** Each shard of the stream is read by an environment of its own. */
  readonly writerOf: (shard: number) => Pick<RollupWriter, 'apply'>;
  readonly mostRecords?: number;
  readonly windowMs?: number;
}

/** As Lambda waits before it tries a batch again. */
const RETRY_MS = 1_000;

/** A stream as Lambda reads it: shard by shard, in order, batch after batch, each again until it is taken. */
export function runUsage({ time, writerOf, mostRecords = 100, windowMs = 1_000 }: UsageOptions): Usage {
  const waiting = new Map<number, { readonly atMs: number; readonly contribution: Contribution }[]>();
  const running = new Set<number>();
  const writers = new Map<number, Pick<RollupWriter, 'apply'>>();
  const counts = { added: 0, batches: 0, failedBatches: 0, oldest: 0 };

  async function drain(shard: number): Promise<void> {
    const queue = waiting.get(shard) ?? [];
    const writer = writers.get(shard) ?? writerOf(shard);
    writers.set(shard, writer);
    while (queue.length > 0) {
      if (queue.length < mostRecords) await time.pause(windowMs);
      const batch = queue.slice(0, mostRecords);
      try {
        await writer.apply(batch.map(({ contribution }) => contribution));
        queue.splice(0, batch.length);
        counts.added += batch.length;
        counts.batches++;
        counts.oldest = Math.max(counts.oldest, (time.monotonic() - (batch[0]?.atMs ?? 0)) / 1_000);
      } catch {
        counts.failedBatches++;
        await time.pause(RETRY_MS);
      }
    }
    running.delete(shard);
  }

  return {
    take({ table, newItem }, shard) {
      if (table !== TABLE_NAMES.records || newItem?.['pk']?.S?.startsWith('request#') !== true) return;
      const contribution = contributionOf(readRecord(newItem));
      if (contribution === undefined) return;
      const queue = waiting.get(shard) ?? [];
      waiting.set(shard, queue);
      queue.push({ atMs: time.monotonic(), contribution });
      if (running.has(shard)) return;
      running.add(shard);
      void drain(shard);
    },
    report: () => {
      const { added, batches, failedBatches, oldest } = counts;
      return { added, batches, failedBatches, oldest };
    },
  };
}
