import { isDeepStrictEqual } from 'node:util';
import type { KeyRecord, LevelRecord } from '../../identity';
import type { LevelKind } from '../../money/ledger';
import { bindLevel } from '../../money/ledger';
import { budgetStates, keepCounting, movePages } from '../../money/pages';
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

/**
 * A new or changed row, with what it must remember so that each of its budgets knows what was spent in its period, and with the generation
 * that its pages go by.
 */
export function withCounting<R extends LevelRecord>(
  { document, clock }: Services,
  kind: LevelKind,
  before: LevelRecord | undefined,
  after: R,
): R {
  const counting = keepCounting(document, kind, before, after, clock.now());
  const isSame = before !== undefined && isDeepStrictEqual(limitsOf(before), limitsOf(counting));
  return { ...counting, limitsGeneration: isSame ? (before.limitsGeneration ?? 0) : counting.generation };
}

/** What pages hold of a row. */
function limitsOf({ budgets, limits, timeZone, removedBudgets, restarts }: LevelRecord): unknown {
  return JSON.parse(JSON.stringify({ budgets, limits, timeZone, removedBudgets, restarts }));
}

/** What planning a call of a key needs of the levels above it, for a process that knows none of them. */
export function aboveOf(parents: readonly LevelOfParent[]): KeyRecord['above'] {
  const found = parents.flatMap(({ kind, record }) => (kind === 'gateway' || record === undefined ? [] : [[kind, planningOf(record)]]));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** A level above, and its row. */
export interface LevelOfParent {
  readonly kind: LevelKind;
  readonly record?: LevelRecord;
}

/** What is left out nobody asks who plans a call. */
function planningOf({ name: _name, metadata: _metadata, pinned: _pinned, requestHash: _requestHash, ...record }: LevelRecord): LevelRecord {
  return record;
}

/**
 * Takes a changed row's budgets and limits to its pages at once. When the table does not take it now, the first process that meets an older
 * page does.
 */
export async function followBudgets(services: Services, kind: LevelKind, record: LevelRecord): Promise<void> {
  try {
    await movePages(services.pages, services.document, kind, record, services.clock.now());
  } catch (error) {
    services.log.write('warn', 'budgets-not-moved', { reason: kind, ...(error instanceof Error ? { code: error.name } : {}) });
  }
}
