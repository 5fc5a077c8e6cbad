import type { GatewayDocument } from '../../../lib/private/contract';
import type { CounterStore } from '../stores/counters';
import type { LevelKind, LevelRecord, RemovedBudget } from '../stores/entities';
import { bindLevel } from './levels';
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
  record: LevelRecord,
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
 * What a level's row must remember of the budgets that a change takes away: they go on counting until their period ends, so that one that
 * is put back, in the calendar it had, knows what was spent meanwhile.
 */
export function removedBudgets(
  document: Partial<Pick<GatewayDocument, 'gateway' | 'defaults'>>,
  kind: LevelKind,
  before: LevelRecord,
  after: LevelRecord,
  nowMs: number,
): readonly RemovedBudget[] | undefined {
  const whole = { gateway: document.gateway ?? {}, defaults: document.defaults ?? {} };
  const old = bindLevel(whole, kind, before.id, before);
  const level = bindLevel(whole, kind, after.id, after);
  const kept = new Set(level.budgets.map((budget) => plannedCounter(level, budget, nowMs).spec.key));
  const found = new Map<string, RemovedBudget>();
  const remember = (removed: RemovedBudget): void => {
    const planned = removedCounter(level, removed, nowMs);
    if (planned !== undefined && !kept.has(planned.spec.key)) found.set(planned.spec.key, removed);
  };
  for (const { limit_usd, period, model } of old.budgets) {
    const budget = { limit_usd, period, ...(model === undefined ? {} : { model }) };
    const { endMs } = periodAt(period, nowMs, old.timeZone);
    remember({ budget, timeZone: old.timeZone, ...(Number.isFinite(endMs) ? { untilMs: endMs } : {}) });
  }
  for (const removed of old.removedBudgets) remember(removed);
  return found.size === 0 ? undefined : [...found.values()].slice(0, MOST_REMOVED);
}
