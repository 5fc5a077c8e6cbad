import { TABLES } from '../../../lib/private/contract';
import type { DecisionResult, KeptRecord, UsageRecordStore } from '../../money/ports';
import { isGivenUp, type UsageRecord } from '../../money/record';
import { type Clock, isoTime } from '../../platform/runtime';
import type { Item } from './attributes';
import { conditionalUpdate, create } from './conditional';
import type { DynamoDbConnector } from './dynamodb';
import { REQUEST_PREFIX, readRecord } from './request-record';
import { writeAdjustment, writeUsageRecord } from './usage-record-item';

/** Lists are spread over this many index partitions, so that no single one has to take every call's write. */
const LIST_SHARDS = 32;
const RECORD = 'record';
const DEFAULT_TIMEOUT_MS = 1_500;
const SLOW_TIMEOUT_MS = 5_000;
const DAY_SECONDS = 86_400;
/** Of what was never sent; longer than any message of the queue and any write of a slow process. */
const VOID_KEPT_DAYS = 45;

/**
 * Usage records in the records table.
 *
 * @param table name of the records table
 * @param retentionDays how long they are kept. Default: 400
 */
export function createUsageRecordStore(
  connector: DynamoDbConnector,
  table: string,
  clock: Pick<Clock, 'now'>,
  retentionDays = 400,
): UsageRecordStore {
  const keyOf = (id: string): Item => ({ pk: { S: `${REQUEST_PREFIX}${id}` }, sk: { S: RECORD } });

  async function putAt(record: UsageRecord, updatedAt: string, timeoutMs: number): Promise<DecisionResult<KeptRecord>> {
    const listed = !isGivenUp(record);
    const item = writeUsageRecord(record, listed);
    item['pk'] = { S: `${REQUEST_PREFIX}${record.id}` };
    item['sk'] = { S: RECORD };
    item['updated_at'] = { S: updatedAt };
    item['ttl'] = { N: String(Math.floor(clock.now() / 1_000) + (listed ? retentionDays : VOID_KEPT_DAYS) * DAY_SECONDS) };
    if (listed) {
      item['feed'] = { S: listName(updatedAt.slice(0, 10), shardOf(record.reratedOf ?? record.id)) };
      item['feed_at'] = { S: `${updatedAt}#${record.id}` };
    }
    const result = await create(connector, table, item, { timeoutMs });
    if ('done' in result) return { done: true };
    // The condition failed, so there is one.
    return { done: false, found: readRecord(result.failed as Item) };
  }

  return {
    put: (record, timeoutMs = DEFAULT_TIMEOUT_MS) => putAt(record, isoTime(clock.now()), timeoutMs),

    putRerating: (record, listedAt) => putAt(record, listedAt, SLOW_TIMEOUT_MS),

    async adjust(record, timeoutMs = DEFAULT_TIMEOUT_MS) {
      const { ExpressionAttributeValues: values, ...update } = writeAdjustment(record);
      const result = await conditionalUpdate(
        connector,
        {
          TableName: table,
          Key: keyOf(record.id),
          ...update,
          ExpressionAttributeValues: { ...values, ':updated_at': { S: isoTime(clock.now()) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
        { timeoutMs },
      );
      if ('done' in result) return { done: true };
      return { done: false, found: result.failed === undefined ? undefined : readRecord(result.failed) };
    },

    async read(id, timeoutMs = SLOW_TIMEOUT_MS) {
      const { Item: item } = await connector.getItem({ TableName: table, Key: keyOf(id), ConsistentRead: true }, { timeoutMs });
      return item === undefined ? undefined : readRecord(item);
    },

    async list(day, options = {}) {
      const { name, partitionKey, sortKey } = TABLES.records.indexes.feed;
      const limit = options.limit ?? 50;
      const pages = await Promise.all(
        Array.from({ length: LIST_SHARDS }, (_unused, shard) =>
          connector.query(
            {
              TableName: table,
              IndexName: name,
              KeyConditionExpression: options.after === undefined ? '#feed = :feed' : '#feed = :feed AND #at < :after',
              ExpressionAttributeNames: { '#feed': partitionKey, ...(options.after === undefined ? {} : { '#at': sortKey }) },
              ExpressionAttributeValues: {
                ':feed': { S: listName(day, shard) },
                ...(options.after === undefined ? {} : { ':after': { S: options.after } }),
              },
              ScanIndexForward: false,
              Limit: limit,
            },
            { timeoutMs: SLOW_TIMEOUT_MS },
          ),
        ),
      );
      const merged = pages
        .flatMap((page) => page.Items ?? [])
        .sort((left, right) => ((left[sortKey]?.S ?? '') < (right[sortKey]?.S ?? '') ? 1 : -1));
      const more = merged.length > limit || pages.some((page) => page.LastEvaluatedKey !== undefined);
      const shown = merged.slice(0, limit);
      const last = shown.at(-1)?.[sortKey]?.S;
      return { items: shown.map(readRecord), ...(more && last !== undefined ? { next: last } : {}) };
    },
  };
}

function listName(day: string, shard: number): string {
  return `requests#${day}#${shard}`;
}

/** The last characters of an attempt's id are random, the very last one of few values. */
function shardOf(id: string): number {
  return (id.charCodeAt(id.length - 2) * 31 + id.charCodeAt(id.length - 3)) % LIST_SHARDS || 0;
}
