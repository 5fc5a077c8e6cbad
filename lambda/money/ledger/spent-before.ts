import { countingPeriod, type PlannedPage, type PlannedPeriod } from '../pages';
import type { PageState, PeriodSpec } from '../ports/pages';
import type { SpendStore } from '../ports/spend';
import type { LevelRow } from './holders';
import { HEARING_MS } from './refusals';

/** What was spent in periods that begin on a page now, by their names. */
export type SpentBefore = ReadonlyMap<string, bigint>;

/**
 * What a level spent in a period before its page counted it. A budget that is older than its period has been counted from the period's first
 * request on, and nothing is read for it.
 *
 * @param seen the page as it is; undefined: there is none yet
 * @param row undefined: the level goes by the deployed document
 */
export function spentSince(planned: PlannedPage, period: PlannedPeriod, row: LevelRow | undefined): 'nothing' | 'unknown' {
  if (row === undefined || Date.parse(row.updatedAt) <= period.spec.startMs) return 'nothing';
  // Nothing was spent by a key before there was one; whom it belongs to, and tags, may be older than their rows.
  return planned.level.kind === 'key' && row.updatedAt === row.createdAt ? 'nothing' : 'unknown';
}

/** What a page's level has spent, as far as it is added up. */
export async function spentBetween(
  spend: SpendStore | undefined,
  { level, narrowing }: PlannedPage,
  startMs: number,
  endMs: number,
  nowMs: number,
): Promise<bigint> {
  return (await spend?.between(level.label, startMs, endMs, nowMs, narrowing === '*' ? undefined : narrowing)) ?? 0n;
}

/** Looks up what was spent in such periods. */
export async function lookUpSpent(
  spend: SpendStore | undefined,
  planned: PlannedPage,
  periods: readonly PeriodSpec[],
  row: LevelRow | undefined,
  seen: PageState | undefined,
  nowMs: number,
): Promise<SpentBefore> {
  const found = new Map<string, bigint>();
  await Promise.all(
    periods.map(async (spec) => {
      const period = planned.periods.find((candidate) => candidate.spec.name === spec.name);
      if (period !== undefined) found.set(spec.name, await spentIn(spend, planned, period, row, seen, nowMs));
    }),
  );
  return found;
}

async function spentIn(
  spend: SpendStore | undefined,
  planned: PlannedPage,
  period: PlannedPeriod,
  row: LevelRow | undefined,
  seen: PageState | undefined,
  nowMs: number,
): Promise<bigint> {
  const between = (fromMs: number, toMs: number): Promise<bigint> => spentBetween(spend, planned, fromMs, toMs, nowMs);
  const { startMs, endMs } = period.spec;
  const moved = row === undefined ? undefined : spentInOtherZone(planned, period, Date.parse(row.updatedAt), seen, nowMs);
  if (moved === undefined) return between(startMs, endMs);
  if (moved.startMs === startMs) return moved.spentNanoUsd;
  return startMs < moved.startMs
    ? moved.spentNanoUsd + (await between(startMs, moved.startMs))
    : moved.spentNanoUsd - (await between(moved.startMs, startMs));
}

/**
 * What the same budget has counted in the calendar that it had before its time zone changed, calls under way included: the caller corrects it
 * by what the two periods do not share, which is hours old, so it is all there.
 */
function spentInOtherZone(
  { level, narrowing }: PlannedPage,
  { budget, spec }: PlannedPeriod,
  changedMs: number,
  seen: PageState | undefined,
  nowMs: number,
): { readonly spentNanoUsd: bigint; readonly startMs: number } | undefined {
  const same = level.removedBudgets.find(({ budget: other }) => other.period === budget?.period && (other.model ?? '*') === narrowing);
  const old = same === undefined ? undefined : countingPeriod(level, same, nowMs);
  const state = old === undefined || old.spec.name === spec.name ? undefined : seen?.periods[old.spec.name];
  if (old === undefined || state === undefined || state.startMs !== old.spec.startMs) return undefined;
  let spentNanoUsd = state.limitNanoUsd - state.remainingNanoUsd;
  // What began since the change is set aside in both.
  for (const { starts, heardByMs, nanoUsd } of seen?.open.values() ?? [])
    if (starts[old.spec.name] === state.startMs && heardByMs - HEARING_MS >= changedMs) spentNanoUsd -= nanoUsd;
  return { spentNanoUsd, startMs: state.startMs };
}
