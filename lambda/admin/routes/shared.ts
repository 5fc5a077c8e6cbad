import type { JsonObject } from '../../core/model/json';
import type { LevelRecord } from '../../core/stores';
import type { Page } from '../cursor';
import { encodeCursor } from '../cursor';
import type { RouteAnswer } from '../message';
import { etagOf, toWire } from '../wire';

/** One entry, with the validator that `if-match` takes. */
export function entryAnswer(record: LevelRecord, now: number, status = 200, extra: JsonObject = {}): RouteAnswer {
  return { status, json: { ...toWire(record, now), ...extra }, headers: { etag: etagOf(record.generation) } };
}

export function pageAnswer<T>(page: Page<T>, list: string, show: (item: T) => JsonObject): RouteAnswer {
  return { status: 200, json: { data: page.items.map(show), next_cursor: encodeCursor(page.next, list) } };
}
