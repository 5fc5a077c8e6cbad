import type { Clock, Pause } from '../../platform/runtime';
import { type PlannedPage, readWhole } from '../pages';
import type { PageStore } from '../ports/page-store';
import type { PageState, PageTake, PeriodSpec } from '../ports/pages';
import type { SpendStore } from '../ports/spend';
import type { LevelRow } from './holders';
import { spentBetween, spentSince } from './spent-before';

/** What a level spent before its page counted it is added up within seconds; it is asked for this long after the period began there. */
const LATE_MS = [2_000, 8_000] as const;

/** Whether a call has begun any period that its page did not have. */
export function begins({ periods }: PageTake): boolean {
  return periods.some(isBegun);
}

function isBegun(period: PageTake['periods'][number]): boolean {
  return period.kind === 'roll' && period.seenStartMs === undefined;
}

/** Periods that a call has begun on its page, of which more may have been spent before than was known then. */
export function begunLate(planned: PlannedPage, take: PageTake, row: LevelRow | undefined): readonly PeriodSpec[] {
  return take.periods.filter(isBegun).flatMap(({ name }) => {
    const period = planned.periods.find(({ spec }) => spec.name === name);
    return period !== undefined && spentSince(planned, period, row) === 'unknown' ? [period.spec] : [];
  });
}

/**
 * Charges periods that have just begun on a page with what had ended before and was not added up by then. Never more than that: what the page
 * itself has counted, calls under way included, may be added up by now or not, and is left out as if it were. Never rejects.
 */
export async function chargeLate(
  { pages, spend, clock, pause }: LateSources,
  planned: PlannedPage,
  periods: readonly PeriodSpec[],
): Promise<void> {
  for (const ms of spend === undefined ? [] : LATE_MS) {
    await pause(ms);
    try {
      for (const { name, startMs, endMs } of periods) {
        const all = await spentBetween(spend, planned, startMs, endMs, clock.now());
        const [page] = await readWhole(pages, [planned.spec.root]);
        const before = page === undefined ? undefined : spentBeforeBy(page, name, startMs, all);
        if (page !== undefined && before !== undefined) await pages.startFrom(page, name, before);
      }
    } catch {
      // The next round asks again.
    }
  }
}

/** What was spent before the page counted, at least; undefined: no more than is charged. */
function spentBeforeBy(page: PageState, name: string, startMs: number, all: bigint): bigint | undefined {
  const found = page.periods[name];
  if (found === undefined || found.startMs !== startMs) return undefined;
  const charged = found.spentBeforeNanoUsd ?? 0n;
  const counted = found.limitNanoUsd - found.remainingNanoUsd - charged;
  return all - counted > charged ? all - counted : undefined;
}

export interface LateSources {
  readonly pages: Pick<PageStore, 'read' | 'startFrom'>;
  readonly spend?: SpendStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly pause: Pause;
}
