import { DUE_PARTITIONS } from '../../../lib/private/contract';
import type { PageState } from '../ports/pages';
import { createHealing, type Healing, type HealingOptions, RETENTION_MS, type Resolution } from './healing';

export interface SweepOptions extends HealingOptions {
  /** The sweep stops between two pages once this says so, and goes on at its next run. Default: never. */
  readonly stop?: () => boolean;
}

/** How many attempts were resolved, by what was done. */
export type SweepReport = Record<Exclude<Resolution, 'lives' | 'waits'>, number> & {
  /** Pages and attempts that the table would not resolve now. */
  failed: number;
};

/** Resolves what dead processes left behind. */
export interface Sweeper {
  /** Every page that the index names as due. */
  sweep(): Promise<SweepReport>;
}

/** A page that keeps its entries is not looked at again before. */
const SOONEST_MS = 60_000;
/** Rounds of ten attempts on one page; the next run goes on. */
const MOST_ROUNDS = 50;

export function createSweeper(options: SweepOptions): Sweeper {
  const { pages, clock } = options;
  const retentionMs = options.retentionMs ?? RETENTION_MS;

  async function sweepPage(key: string, seenDueMs: number, healing: Healing, report: SweepReport): Promise<void> {
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds++) {
      const [page] = await pages.read([key]);
      if (page === undefined) return;
      const overdue = healing.overdue(page);
      if (overdue.length === 0) return leave(page, seenDueMs);
      if (!(await healing.heal(page, overdue))) {
        report.failed++;
        return;
      }
    }
  }

  /** Takes a page that holds nothing out of the index; any other comes back when there is something to do. */
  async function leave({ key, open, kept }: PageState, seenDueMs: number): Promise<void> {
    if (open.size === 0 && kept.size === 0) {
      await pages.undue(key, seenDueMs);
      return;
    }
    const now = clock.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { expiresAtMs } of open.values()) nextMs = Math.min(nextMs, expiresAtMs);
    for (const { expiresAtMs } of kept.values()) nextMs = Math.min(nextMs, expiresAtMs + retentionMs);
    await pages.postpone(key, seenDueMs, Math.max(nextMs, now) + SOONEST_MS);
  }

  return {
    async sweep() {
      const report: SweepReport = { voided: 0, finished: 0, charged: 0, adjusted: 0, failed: 0 };
      const healing = createHealing({
        ...options,
        onResolved: (resolution) => {
          if (resolution !== 'lives' && resolution !== 'waits') report[resolution]++;
        },
      });
      const now = clock.now();
      for (let partition = 0; partition < DUE_PARTITIONS; partition++) {
        let after: string | undefined;
        do {
          const found = await pages.due(partition, now, after);
          for (const { key, dueMs } of found.items) {
            if (options.stop?.() === true) return report;
            await sweepPage(key, dueMs, healing, report).catch(() => report.failed++);
          }
          after = found.next;
        } while (after !== undefined);
      }
      return report;
    },
  };
}
