import type { LevelRecord } from '../../identity';
import type { LevelKind } from '../../money/ledger';
import { bindLevel, budgetStates, keepCounting, moveBudgets } from '../../money/ledger';
import type { JsonObject } from '../../platform/json';
import type { Page } from '../cursor';
import { encodeCursor } from '../cursor';
import type { RouteAnswer } from '../message';
import type { Services } from '../services';
import { etagOf, toWire } from '../wire';

/** One entry, with the validator that `if-match` takes. */
export function entryAnswer(record: LevelRecord, now: number, status = 200, extra: JsonObject = {}): RouteAnswer {
  return { status, json: { ...toWire(record, now), ...extra }, headers: { etag: etagOf(record.generation) } };
}

export function pageAnswer<T>(page: Page<T>, list: string, show: (item: T) => JsonObject): RouteAnswer {
  return { status: 200, json: { data: page.items.map(show), next_cursor: encodeCursor(page.next, list) } };
}

/** How the budgets of a level stand at this moment. */
export async function budgetAnswer({ clock, budgets, document }: Services, kind: LevelKind, record: LevelRecord): Promise<RouteAnswer> {
  const level = bindLevel({ gateway: document.gateway ?? {}, defaults: document.defaults ?? {} }, kind, record.id, record);
  const scope = kind === 'gateway' ? kind : `${kind}:${record.id}`;
  return { status: 200, json: { data: [...(await budgetStates(budgets, level, scope, clock.now()))], next_cursor: null } };
}

/** A new or changed row, with what it must remember so that each of its budgets knows what was spent in its period. */
export function withCounting<R extends LevelRecord>(
  { document, clock }: Services,
  kind: LevelKind,
  before: LevelRecord | undefined,
  after: R,
): R {
  return keepCounting(document, kind, before, after, clock.now());
}

/**
 * Takes a changed row's budgets to the counters of the current periods at once. When the table does not take it now, the first process that
 * meets an older counter does.
 */
export async function followBudgets(services: Services, kind: LevelKind, record: LevelRecord): Promise<void> {
  try {
    await moveBudgets(services.counters, services.document, kind, record, services.clock.now());
  } catch (error) {
    services.log.write('warn', 'budgets-not-moved', { reason: kind, ...(error instanceof Error ? { code: error.name } : {}) });
  }
}
