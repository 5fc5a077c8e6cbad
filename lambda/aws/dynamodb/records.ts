import { OPEN_SHARDS, TABLES } from '../../../lib/private/contract';
import type { RecordStore, Transition, TransitionFields } from '../../money/ports';
import type { RecordState } from '../../money/record';
import { createMemo, isoTime } from '../../platform/runtime';
import { conditionFailure, type Item } from './attributes';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';
import { REQUEST_PREFIX, readRecord, writeIntent } from './request-record';
import { withHeld, writeTransition } from './transition-update';

/** Lists are spread over this many index partitions, so that no single one has to take every request's write. */
const LIST_SHARDS = 8;
const RECORD = 'record';
const DEFAULT_TIMEOUT_MS = 1_500;
const SLOW_TIMEOUT_MS = 5_000;

/**
 * Requests in the records table.
 *
 * @param table name of the records table
 * @param retentionDays how long finished records are kept. Default: 400
 */
export function createRecordStore(connector: DynamoDbConnector, table: string, retentionDays = 400): RecordStore {
  const keyOf = (id: string): Item => ({ pk: { S: `${REQUEST_PREFIX}${id}` }, sk: { S: RECORD } });

  async function transition(
    id: string,
    condition: string,
    conditionValues: Item,
    to: RecordState,
    fields: TransitionFields,
    nowMs: number,
    timeoutMs: number,
  ): Promise<Transition> {
    const { openUntilMs, listed, ttl, known, held } = fields;
    const updatedAt = isoTime(nowMs);
    const { expression, names, values } = withHeld(writeTransition(fields, conditionValues), held);
    values[':id'] = { S: id };
    values[':state'] = { S: to };
    values[':updated_at'] = { S: updatedAt };
    values[':ttl'] = { N: String(ttl ?? Math.floor(nowMs / 1_000) + retentionDays * 86_400) };
    if (typeof openUntilMs === 'number') {
      values[':open_shard'] = { S: openShard(shardOf(id, OPEN_SHARDS)) };
      values[':open_until'] = { S: openUntil(openUntilMs) };
    }
    if (listed === true) {
      values[':feed'] = { S: listName(updatedAt.slice(0, 10), shardOf(id, LIST_SHARDS)) };
      values[':feed_at'] = { S: `${updatedAt}#${id}` };
    }
    try {
      const { Attributes: attributes } = await connector.updateItem(
        {
          TableName: table,
          Key: keyOf(id),
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
          ReturnValues: known === undefined ? 'ALL_NEW' : 'NONE',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
        { timeoutMs },
      );
      if (known !== undefined) {
        const { counters, expiresAtMs } = known;
        return { done: true, record: { id, state: to, counters, expiresAtMs, costNanoUsd: fields.costNanoUsd } };
      }
      return {
        done: true,
        // Not every caller looks at it, and reading it costs as much as writing.
        get record() {
          return readRecord(attributes as Item);
        },
      };
    } catch (error) {
      const failure = conditionFailure(error);
      if (failure === undefined) throw error;
      return { done: false, found: failure.item === undefined ? undefined : readRecord(failure.item) };
    }
  }
  return {
    async putIntent(intent, timeoutMs = DEFAULT_TIMEOUT_MS) {
      const item = writeIntent(intent);
      item['pk'] = { S: `${REQUEST_PREFIX}${intent.id}` };
      item['sk'] = { S: RECORD };
      item['open_shard'] = { S: openShard(shardOf(intent.id, OPEN_SHARDS)) };
      item['open_until'] = { S: openUntil(intent.expiresAtMs) };
      try {
        await connector.putItem({ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }, { timeoutMs });
        return 'done';
      } catch (error) {
        if (conditionFailure(error) === undefined) throw error;
        return 'conflict';
      }
    },

    async get(id, timeoutMs = SLOW_TIMEOUT_MS) {
      const { Item: item } = await connector.getItem({ TableName: table, Key: keyOf(id), ConsistentRead: true }, { timeoutMs });
      return item === undefined ? undefined : readRecord(item);
    },

    transition(id, from, to, fields, nowMs, timeoutMs = SLOW_TIMEOUT_MS) {
      const { condition, values } = conditionOf(from);
      return transition(id, condition, values, to, fields, nowMs, timeoutMs);
    },

    putVoid(id, fields, nowMs, timeoutMs = SLOW_TIMEOUT_MS) {
      const condition = 'attribute_not_exists(pk) OR #state IN (:intent, :void)';
      const values: Item = { ':intent': { S: 'intent' }, ':void': { S: 'void' } };
      return transition(id, condition, values, 'void', { openUntilMs: null, ...fields }, nowMs, timeoutMs);
    },

    async keepVoid(id, untilMs, timeoutMs = SLOW_TIMEOUT_MS) {
      const { partitionKey, sortKey } = TABLES.records.indexes.open;
      const place = { ':shard': { S: openShard(shardOf(id, OPEN_SHARDS)) }, ':until': { S: openUntil(untilMs ?? 0) } };
      await conditional(() =>
        connector.updateItem(
          {
            TableName: table,
            Key: keyOf(id),
            UpdateExpression: untilMs === null ? 'REMOVE #shard, #until' : 'SET #shard = :shard, #until = :until',
            ConditionExpression: '#state = :void',
            ExpressionAttributeNames: { '#shard': partitionKey, '#until': sortKey, '#state': 'state' },
            ExpressionAttributeValues: { ':void': { S: 'void' }, ...(untilMs === null ? {} : place) },
          },
          { timeoutMs },
        ),
      );
    },

    async openBefore(shard, beforeMs, after) {
      const { name, partitionKey, sortKey } = TABLES.records.indexes.open;
      const partition = { S: openShard(shard) };
      const position = after === undefined ? undefined : (JSON.parse(after) as [string, string]);
      const result = await connector.query(
        {
          TableName: table,
          IndexName: name,
          KeyConditionExpression: '#shard = :shard AND #until < :until',
          ExpressionAttributeNames: { '#shard': partitionKey, '#until': sortKey },
          ExpressionAttributeValues: { ':shard': partition, ':until': { S: openUntil(beforeMs) } },
          Limit: 100,
          ...(position === undefined
            ? {}
            : { ExclusiveStartKey: { ...keyOf(position[0]), [partitionKey]: partition, [sortKey]: { S: position[1] } } }),
        },
        { timeoutMs: SLOW_TIMEOUT_MS },
      );
      const last = result.LastEvaluatedKey;
      return {
        items: (result.Items ?? []).map(idOf),
        ...(last === undefined ? {} : { next: JSON.stringify([idOf(last), last[sortKey]?.S]) }),
      };
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

/** Conditions on the state, by the states that they allow. */
const conditions = createMemo<{ readonly condition: string; readonly values: Item }>(100);

function conditionOf(from: readonly RecordState[]): { readonly condition: string; readonly values: Item } {
  const name = from.join(', :');
  return conditions(name, () => ({
    condition: `#state IN (:${name})`,
    values: Object.fromEntries(from.map((state) => [`:${state}`, { S: state }])),
  }));
}

function idOf(item: Item): string {
  return (item['pk']?.S ?? '').slice(REQUEST_PREFIX.length);
}

function openShard(shard: number): string {
  return shard.toString(16).padStart(2, '0');
}

function openUntil(ms: number): string {
  return String(Math.floor(ms)).padStart(15, '0');
}

function listName(day: string, shard: number): string {
  return `requests#${day}#${shard}`;
}

/** Attempt ids end in random hexadecimal digits; two of them are taken. */
function shardOf(id: string, shards: number): number {
  return (digitAt(id, id.length - 2) * 16 + digitAt(id, id.length - 1)) % shards;
}

/** The value of one hexadecimal digit; 0 for anything else. */
function digitAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : 0;
}
