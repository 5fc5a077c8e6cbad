import { OPEN_SHARDS, TABLES } from '../../../lib/private/contract';
import type { DynamoDbConnector } from '../connectors/dynamodb';
import { conditionFailure, type Item, toAttribute } from './attributes';
import type { Page } from './identity';
import {
  REQUEST_PREFIX,
  type RecordState,
  type RequestIntent,
  type RequestRecord,
  type RequestResult,
  readRecord,
  writeRecord,
} from './request-record';

/** A change of state: done, with the record as it is now; or not, because the record is in another state (undefined: there is none). */
export type Transition =
  | { readonly done: true; readonly record: RequestRecord }
  | { readonly done: false; readonly found: RequestRecord | undefined };

/** What a change of state sets beside the state. */
export interface TransitionFields extends RequestResult {
  /** Keeps the record in the open index until then (epoch ms); `null` takes it out; absent leaves it as it is. */
  readonly openUntilMs?: number | null;
  /** Puts the record into the list of finished requests. */
  readonly listed?: boolean;
  /** Epoch seconds after which DynamoDB may delete it. */
  readonly ttl?: number;
  /** The record as the caller has it, where it has: then the table need not send it. */
  readonly known?: RequestIntent;
}

/** The durable records of requests. */
export interface RecordStore {
  /** Writes the intent of a new attempt. `conflict`: the id is taken, if only by a void. */
  putIntent(intent: RequestIntent, timeoutMs?: number): Promise<'done' | 'conflict'>;
  /** Reads consistently. */
  get(id: string): Promise<RequestRecord | undefined>;
  /** Moves a record on from one of the given states, all or nothing. */
  transition(
    id: string,
    from: readonly RecordState[],
    to: RecordState,
    fields: TransitionFields,
    nowMs: number,
    timeoutMs?: number,
  ): Promise<Transition>;
  /** `-> void` from none, intent or void. */
  putVoid(id: string, fields: TransitionFields, nowMs: number, timeoutMs?: number): Promise<Transition>;
  /** Ids in one partition of the open index whose time passed before `beforeMs`, oldest first. Eventually consistent. */
  openBefore(shard: number, beforeMs: number, after?: string): Promise<Page<string>>;
  /** Finished requests of one UTC day (`2026-11-24`), newest first. */
  list(day: string, options?: { readonly limit?: number; readonly after?: string }): Promise<Page<RequestRecord>>;
}

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
    const { openUntilMs, listed, ttl, known, ...result } = fields;
    const updatedAt = new Date(nowMs).toISOString();
    const set: Item = writeRecord({ ...result, id, state: to, updatedAt });
    set['ttl'] = { N: String(ttl ?? Math.floor(nowMs / 1_000) + retentionDays * 86_400) };
    if (typeof openUntilMs === 'number') Object.assign(set, openKeys(id, openUntilMs));
    if (listed === true) Object.assign(set, listKeys(id, updatedAt));

    const attributeNames = Object.keys(set);
    const { expression, names } = assignments(attributeNames, openUntilMs === null);
    const values: Item = { ...conditionValues };
    for (const [index, name] of attributeNames.entries()) values[`:v${index}`] = set[name] as Item[string];
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
      if (known !== undefined) return { done: true, record: { ...known, ...result, state: to, updatedAt } };
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
      const item = {
        ...writeRecord({ ...intent, state: 'intent', updatedAt: intent.createdAt }),
        ...keyOf(intent.id),
        ...openKeys(intent.id, intent.expiresAtMs),
      };
      try {
        await connector.putItem({ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }, { timeoutMs });
        return 'done';
      } catch (error) {
        if (conditionFailure(error) === undefined) throw error;
        return 'conflict';
      }
    },

    async get(id) {
      const { Item: item } = await connector.getItem(
        { TableName: table, Key: keyOf(id), ConsistentRead: true },
        { timeoutMs: SLOW_TIMEOUT_MS },
      );
      return item === undefined ? undefined : readRecord(item);
    },

    transition(id, from, to, fields, nowMs, timeoutMs = SLOW_TIMEOUT_MS) {
      const values: Item = Object.fromEntries(from.map((state, index) => [`:from${index}`, toAttribute(state)]));
      const condition = `#state IN (${Object.keys(values).join(', ')})`;
      return transition(id, condition, values, to, fields, nowMs, timeoutMs);
    },

    putVoid(id, fields, nowMs, timeoutMs = SLOW_TIMEOUT_MS) {
      const condition = 'attribute_not_exists(pk) OR #state IN (:intent, :void)';
      const values: Item = { ':intent': { S: 'intent' }, ':void': { S: 'void' } };
      return transition(id, condition, values, 'void', { openUntilMs: null, ...fields }, nowMs, timeoutMs);
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

interface Assignments {
  readonly expression: string;
  readonly names: Record<string, string>;
}

const made = new Map<string, Assignments>();
const MOST_MADE = 200;

/** The same few sets of attributes are written all the time. */
function assignments(attributeNames: readonly string[], close: boolean): Assignments {
  const key = `${close} ${attributeNames.join(' ')}`;
  let found = made.get(key);
  if (found === undefined) {
    const sets = attributeNames.map((_name, index) => `#n${index} = :v${index}`);
    const names = Object.fromEntries(attributeNames.map((name, index) => [`#n${index}`, name]));
    found = {
      expression: `SET ${sets.join(', ')}${close ? ' REMOVE open_shard, open_until' : ''}`,
      names: { '#state': 'state', ...names },
    };
    if (made.size >= MOST_MADE) made.clear();
    made.set(key, found);
  }
  return found;
}

function idOf(item: Item): string {
  return (item['pk']?.S ?? '').slice(REQUEST_PREFIX.length);
}

function openKeys(id: string, untilMs: number): Item {
  return { open_shard: { S: openShard(shardOf(id, OPEN_SHARDS)) }, open_until: { S: openUntil(untilMs) } };
}

function openShard(shard: number): string {
  return shard.toString(16).padStart(2, '0');
}

function openUntil(ms: number): string {
  return String(Math.floor(ms)).padStart(15, '0');
}

function listKeys(id: string, at: string): Item {
  return { feed: { S: listName(at.slice(0, 10), shardOf(id, LIST_SHARDS)) }, feed_at: { S: `${at}#${id}` } };
}

function listName(day: string, shard: number): string {
  return `requests#${day}#${shard}`;
}

/** Attempt ids end in random hexadecimal digits. */
function shardOf(id: string, shards: number): number {
  return (Number.parseInt(id.slice(-2), 16) || 0) % shards;
}
