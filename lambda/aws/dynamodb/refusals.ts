import { STREAMED_RECORDS, TABLES } from '../../../lib/private/contract';
import type { Refusals, RefusedCalls } from '../../money/rollup';
import type { Page } from '../../platform/stored';
import { type Item, toItem } from './attributes';
import type { DynamoDbConnector } from './dynamodb';

/** Sums of refused calls, kept as the records of the others are, and as long. */
export interface RefusalStore {
  /** The same sums may be put again: they are the same item. */
  put(refusals: Refusals, nowMs: number): Promise<void>;
  /** Those of a UTC day. Eventually consistent. */
  list(day: string, after?: string): Promise<Page<Refusals>>;
}

export const REFUSED_PREFIX = STREAMED_RECORDS.REFUSED;
const KEPT_DAYS = 400;
const TIMEOUT_MS = 5_000;

/** @param table name of the records table */
export function createRefusalStore(connector: Pick<DynamoDbConnector, 'putItem' | 'query'>, table: string): RefusalStore {
  const { name, partitionKey, sortKey } = TABLES.records.indexes.feed;
  return {
    async put({ id, rows }, nowMs) {
      const item = toItem({
        pk: `${REFUSED_PREFIX}${id}`,
        sk: 'sums',
        rows: JSON.stringify(rows),
        [partitionKey]: listName((rows[0]?.hour ?? '').slice(0, 10)),
        [sortKey]: id,
        ttl: Math.floor(nowMs / 1_000) + KEPT_DAYS * 86_400,
      });
      await connector.putItem({ TableName: table, Item: item }, { timeoutMs: TIMEOUT_MS });
    },

    async list(day, after) {
      const found = await connector.query(
        {
          TableName: table,
          IndexName: name,
          KeyConditionExpression: after === undefined ? '#feed = :feed' : '#feed = :feed AND #at > :after',
          ExpressionAttributeNames: { '#feed': partitionKey, ...(after === undefined ? {} : { '#at': sortKey }) },
          ExpressionAttributeValues: { ':feed': { S: listName(day) }, ...(after === undefined ? {} : { ':after': { S: after } }) },
        },
        { timeoutMs: TIMEOUT_MS },
      );
      const next = found.LastEvaluatedKey?.[sortKey]?.S;
      return { items: (found.Items ?? []).map(readRefusals), ...(next === undefined ? {} : { next }) };
    },
  };
}

function listName(day: string): string {
  return `refused#${day}`;
}

export function readRefusals(item: Item): Refusals {
  return { id: (item['pk']?.S ?? '').slice(REFUSED_PREFIX.length), rows: JSON.parse(item['rows']?.S ?? '[]') as RefusedCalls[] };
}
