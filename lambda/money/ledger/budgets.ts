import type { GatewayDocument } from '../../../lib/private/contract';
import type { CounterStore } from '../ports/counters';
import type { LevelKind, LevelRow, RemovedBudget } from './holders';
import { type BoundLevel, bindLevel } from './levels';
import { unbrokenKey } from './names';
import { periodAt } from './period';
import { plannedCounter, removedCounter } from './plan';

/**
 * Moves the counters of the current periods to a level's new budgets, so that every process's next reservation meets them.
 * Call it after the level's row was written; whoever meets an older counter heals it the same way, so a failure here loses nothing.
 */
export async function moveBudgets(
  counters: Pick<CounterStore, 'move'>,
  document: Partial<Pick<GatewayDocument, 'gateway' | 'defaults'>>,
  kind: LevelKind,
  record: LevelRow,
  nowMs: number,
): Promise<void> {
  const level = bindLevel({ gateway: document.gateway ?? {}, defaults: document.defaults ?? {} }, kind, record.id, record);
  const counting = level.removedBudgets.map((removed) => removedCounter(level, removed, nowMs)).filter((planned) => planned !== undefined);
  const planned = [...level.budgets.map((budget) => plannedCounter(level, budget, nowMs)), ...counting];
  await Promise.all(planned.map(({ spec }) => counters.move(spec)));
}

/** As many as a level remembers; each costs a request two writes. */
const MOST_REMOVED = 8;

/**
 * A new or changed row as it is to be written, with what it must remember of the budgets that the change takes away: they go on counting
 * until their period ends, so that one that is put back, in the calendar it had, knows what was spent meanwhile.
 *
 * A budget that was not counted until now, because it is new, because too many others were taken away since, or because its level had no
 * row, does not trust the counter that it may have had before in its period: it starts on another, from what its level has spent.
 *
 * @param before what bound the level until now; undefined: it had no row
 */
export function keepCounting<R extends LevelRow>(
  document: Partial<Pick<GatewayDocument, 'gateway' | 'defaults'>>,
  kind: LevelKind,
  before: LevelRow | undefined,
  after: R,
  nowMs: number,
): R {
  const whole = { gateway: document.gateway ?? {}, defaults: document.defaults ?? {} };
  const old = before === undefined ? undefined : bindLevel(whole, kind, before.id, before);
  const level = { ...bindLevel(whole, kind, after.id, after), restarts: old?.restarts ?? {} };
  const counted = old === undefined ? [] : countedBudgets(old, nowMs);
  const known = new Map<string, RemovedBudget>();
  for (const removed of counted) {
    const planned = removedCounter(level, removed, nowMs);
    if (planned !== undefined && !known.has(planned.spec.key)) known.set(planned.spec.key, removed);
  }
  const restarts: Record<string, number> = {};
  const keep = (key: string): void => {
    const unbroken = unbrokenKey(key);
    const restart = level.restarts[unbroken];
    if (restart !== undefined) restarts[unbroken] = restart;
  };
  const kept = new Set(level.budgets.map((budget) => plannedCounter(level, budget, nowMs).spec.key));
  for (const key of kept) {
    if (known.has(key)) keep(key);
    else restarts[unbrokenKey(key)] = after.generation;
  }
  const removed = [...known].filter(([key]) => !kept.has(key)).slice(0, MOST_REMOVED);
  for (const [key] of removed) keep(key);
  return {
    ...after,
    removedBudgets: removed.length === 0 ? undefined : removed.map(([, budget]) => budget),
    restarts: Object.keys(restarts).length === 0 ? undefined : restarts,
  };
}

/** The budgets that a level counts, those in force first. */
function countedBudgets(level: BoundLevel, nowMs: number): readonly RemovedBudget[] {
  const inForce = level.budgets.map(({ limit_usd, period, model }): RemovedBudget => {
    const { endMs } = periodAt(period, nowMs, level.timeZone);
    const budget = { limit_usd, period, ...(model === undefined ? {} : { model }) };
    return { budget, timeZone: level.timeZone, ...(Number.isFinite(endMs) ? { untilMs: endMs } : {}) };
  });
  return [...inForce, ...level.removedBudgets];
}
