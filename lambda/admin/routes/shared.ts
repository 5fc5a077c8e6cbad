import type { JsonObject } from '../../core/model/json';
import type { LevelKind, LevelRecord } from '../../core/stores';
import { budgetStates } from '../budget-state';
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

export async function budgetAnswer(services: Services, kind: LevelKind, record: LevelRecord): Promise<RouteAnswer> {
  return { status: 200, json: { data: await budgetStates(services, kind, record, services.clock.now()), next_cursor: null } };
}
