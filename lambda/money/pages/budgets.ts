import type { BudgetConfig, GatewayDocument } from '../../../lib/private/contract';
import type { LevelKind, LevelRow, RemovedBudget } from '../ledger/holders';
import { type BoundLevel, bindLevel } from '../ledger/levels';
import { periodAt } from '../ledger/period';
import type { PageStore } from '../ports/page-store';
import { alwaysCounted, narrowingsOf, plannedPage, restartName } from './plan';
import { bringAllHome } from './transfers';

type Document = Partial<Pick<GatewayDocument, 'gateway' | 'defaults'>>;

/**
 * Moves a level's pages to its new budgets and limits, so that every process's next reservation meets them. Call it after the level's row
 * was written; whoever meets an older page moves it the same way, so a failure here loses nothing.
 */
export async function movePages(pages: PageStore, document: Document, kind: LevelKind, row: LevelRow, nowMs: number): Promise<void> {
  const level = bindLevel(wholeOf(document), kind, row.id, row);
  await Promise.all(
    [...narrowingsOf(level)].map(async (narrowing) => {
      const { spec } = plannedPage(level, narrowing, nowMs);
      const [page] = await pages.read([spec.key]);
      if (page !== undefined && page.loans.size > 0) await bringAllHome(pages, page);
      await pages.move(spec, nowMs);
    }),
  );
}

/** As many as a level remembers; each makes its page larger. */
const MOST_REMOVED = 8;

/** One period of one page, with the name that it has there. */
interface Counted {
  readonly removed: RemovedBudget;
  readonly unbroken: string;
  readonly name: string;
  /** There is no budget: its key's page counts it in any case. */
  readonly always: boolean;
}

/**
 * A new or changed row as it is to be written, with what it must remember of the budgets that the change takes away: they go on counting
 * until their period ends, so that one that is put back, in the calendar it had, knows what was spent meanwhile.
 *
 * A budget that was not counted until now, because it is new, because too many others were taken away since, or because its level had no
 * row, does not trust what its page may have under its name: it starts under another, from what its level has spent.
 *
 * @param before what bound the level until now; undefined: it had no row
 */
export function keepCounting<R extends LevelRow>(
  document: Document,
  kind: LevelKind,
  before: LevelRow | undefined,
  after: R,
  nowMs: number,
): R {
  const whole = wholeOf(document);
  const old = before === undefined ? undefined : bindLevel(whole, kind, before.id, before);
  const level = { ...bindLevel(whole, kind, after.id, after), restarts: old?.restarts ?? {} };
  const known = new Map<string, Counted>();
  for (const counted of old === undefined ? [] : countedIn(old, nowMs)) {
    if (!known.has(counted.name)) known.set(counted.name, counted);
  }
  const kept = new Map(countedIn({ ...level, removedBudgets: [] }, nowMs).map((counted) => [counted.name, counted]));
  const restarts: Record<string, number> = {};
  const keep = ({ unbroken }: Counted): void => {
    const restart = level.restarts[unbroken];
    if (restart !== undefined) restarts[unbroken] = restart;
  };
  for (const counted of kept.values()) {
    if (known.has(counted.name)) keep(counted);
    // A key that is made has spent nothing.
    else if (old !== undefined || kind !== 'key') restarts[counted.unbroken] = after.generation;
  }
  const removed = [...known.values()].filter(({ name, always }) => !always && !kept.has(name)).slice(0, MOST_REMOVED);
  for (const counted of removed) keep(counted);
  return {
    ...after,
    removedBudgets: removed.length === 0 ? undefined : removed.map((counted) => counted.removed),
    restarts: Object.keys(restarts).length === 0 ? undefined : restarts,
  };
}

/** What a level's pages count, budgets in force first. */
function countedIn(level: BoundLevel, nowMs: number): readonly Counted[] {
  const inForce = level.budgets.map((budget) => countedOf(level, removedFrom(level, budget, nowMs), false, nowMs));
  const removed = level.removedBudgets
    .filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs)
    .map((budget) => countedOf(level, budget, false, nowMs));
  const always =
    level.kind === 'key' ? alwaysCounted().map((budget) => countedOf(level, removedFrom(level, budget, nowMs), true, nowMs)) : [];
  return [...inForce, ...removed, ...always];
}

function removedFrom({ timeZone }: BoundLevel, { limit_usd, period, model }: BudgetConfig, nowMs: number): RemovedBudget {
  const { endMs } = periodAt(period, nowMs, timeZone);
  const budget = { limit_usd, period, ...(model === undefined ? {} : { model }) };
  return { budget, timeZone, ...(Number.isFinite(endMs) ? { untilMs: endMs } : {}) };
}

function countedOf(level: BoundLevel, removed: RemovedBudget, always: boolean, nowMs: number): Counted {
  const { budget, timeZone } = removed;
  const unbroken = restartName(budget.model ?? '*', budget.period, periodAt(budget.period, nowMs, timeZone).startMs);
  return { removed, unbroken, name: `${unbroken}.${level.restarts[unbroken] ?? ''}`, always };
}

function wholeOf(document: Document): Pick<GatewayDocument, 'gateway' | 'defaults'> {
  return { gateway: document.gateway ?? {}, defaults: document.defaults ?? {} };
}
