import { DUE_PARTITIONS, TABLES } from '../../../lib/private/contract';
import { givingOf, moveOf, spreadOf } from '../../money/pages';
import type { PageEntry, PageReserveResult, PageState, PageStore } from '../../money/ports';
import { isThrottle } from '../../platform/stored';
import { type Item, numberOf } from './attributes';
import { batchGet } from './batch-get';
import { conditionalUpdate, create, type UpdateResult } from './conditional';
import type { CallOptions, DynamoDbConnector } from './dynamodb';
import { createJoiner } from './joined';
import { holdsAttempt, number, StoredPage, seconds, shortPeriod } from './page-item';
import { writeGiving, writeKeeping } from './page-return';
import { createPageShards } from './page-shards';
import { type PageUpdate, writeNewPage, writeTake } from './page-take';

const SLOW_TIMEOUT_MS = 5_000;
/** Each further try means that another process changed the same page in between. */
const MOST_TRIES = 12;
const { name: DUE_INDEX } = TABLES.counters.indexes.due;

/**
 * The counters table's pages.
 *
 * @param table name of the counters table
 */
export function createPageStore(connector: DynamoDbConnector, table: string): PageStore {
  function write(key: string, change: PageUpdate, options: CallOptions, returns: 'ALL_NEW' | 'NONE'): Promise<UpdateResult> {
    const sets = setting(change.set);
    const removes = removing(change.remove);
    return conditionalUpdate(
      connector,
      {
        TableName: table,
        Key: { pk: { S: key } },
        UpdateExpression: sets === '' || removes === '' ? sets || removes : both([sets, removes]),
        ConditionExpression: all(change.conditions),
        ExpressionAttributeNames: unlessEmpty(change.names),
        ExpressionAttributeValues: unlessEmpty(change.values),
        ReturnValues: returns,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
      options,
    );
  }

  const update = (key: string, change: PageUpdate, timeoutMs: number): Promise<UpdateResult> => write(key, change, { timeoutMs }, 'NONE');

  async function read(keys: readonly string[], timeoutMs = SLOW_TIMEOUT_MS): Promise<readonly (PageState | undefined)[]> {
    const found = await batchGet(connector, table, [...new Set(keys)], timeoutMs);
    return keys.map((key) => {
      const item = found.get(key);
      return item === undefined ? undefined : new StoredPage(item);
    });
  }

  return {
    read,
    shards: createPageShards(update, (item, timeoutMs) => create(connector, table, item, { timeoutMs })),

    async reserve(take, attemptId, entry, timeoutMs): Promise<PageReserveResult> {
      try {
        const partition = partitionOf(take.key);
        // A try has one number, and two that bear the same cannot be told apart once one of them is closed.
        const options = { timeoutMs, once: true };
        const result =
          take.seenGeneration === undefined
            ? await create(connector, table, writeNewPage(take, partition, attemptId, entry), options)
            : await write(take.key, writeTake(take, partition, attemptId, entry), options, 'ALL_NEW');
        if ('done' in result) return { kind: 'reserved', page: new StoredPage(result.done) };
        const { failed } = result;
        if (failed === undefined) return { kind: 'refused', page: undefined };
        const page = new StoredPage(failed);
        switch (holdsAttempt(failed, attemptId)) {
          case 'open':
            return { kind: 'found', page, entry: page.open.get(attemptId) as PageEntry };
          case 'kept':
            return { kind: 'missing', error: undefined };
          default:
            return { kind: 'refused', page };
        }
      } catch (error) {
        if (isThrottle(error)) return { kind: 'not_applied', throttled: true, error };
        if (error instanceof Error && error.name === 'ValidationException') return { kind: 'not_applied', throttled: false, error };
        return { kind: 'missing', error };
      }
    },

    async close(key, attemptId, entry, back, timeoutMs = SLOW_TIMEOUT_MS) {
      let held = entry;
      let seen: PageState | undefined;
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const result = await update(key, writeGiving(givingOf(held, back, seen), held, attemptId), timeoutMs);
        if ('done' in result) return true;
        if (result.failed === undefined) return false;
        // What moves, moves from the open entries to the kept ones; what stands there knows best what it took.
        seen = new StoredPage(result.failed);
        const found = seen.open.get(attemptId) ?? seen.kept.get(attemptId);
        if (found === undefined) return false;
        if (entry.tryNumber === undefined) held = { ...found, tryNumber: undefined };
        else if (found.tryNumber === entry.tryNumber) held = found;
        else return false;
      }
      throw contended();
    },

    async keep(key, attemptId, entry, timeoutMs = SLOW_TIMEOUT_MS) {
      await update(key, writeKeeping(entry, attemptId), timeoutMs);
    },

    async undue(key, seenDueMs, timeoutMs = SLOW_TIMEOUT_MS) {
      const conditions = ['due = :due', 'size(o) = :none', 'size(k) = :none'];
      const values = { ':due': seconds(seenDueMs), ':none': number(0) };
      const result = await update(key, { set: [], remove: ['due'], conditions, names: {}, values }, timeoutMs);
      return 'done' in result;
    },

    async postpone(key, seenDueMs, dueMs, timeoutMs = SLOW_TIMEOUT_MS) {
      const values = { ':seen': seconds(seenDueMs), ':due': seconds(dueMs) };
      await update(key, { set: ['due = :due'], remove: [], conditions: ['due = :seen'], names: {}, values }, timeoutMs);
    },

    async due(partition, beforeMs, after) {
      const result = await connector.query(
        {
          TableName: table,
          IndexName: DUE_INDEX,
          KeyConditionExpression: 'ds = :ds AND due < :before',
          ExpressionAttributeValues: { ':ds': { S: partitionName(partition) }, ':before': seconds(beforeMs) },
          Limit: 100,
          ...(after === undefined ? {} : { ExclusiveStartKey: JSON.parse(after) as Item }),
        },
        { timeoutMs: SLOW_TIMEOUT_MS },
      );
      return {
        items: (result.Items ?? []).map((item) => ({ key: item['pk']?.S ?? '', dueMs: (numberOf(item['due']) ?? 0) * 1_000 })),
        ...(result.LastEvaluatedKey === undefined ? {} : { next: JSON.stringify(result.LastEvaluatedKey) }),
      };
    },

    async startFrom(page, period, spentNanoUsd, timeoutMs = SLOW_TIMEOUT_MS) {
      const found = page.periods[period];
      if (found === undefined) return;
      const before = found.spentBeforeNanoUsd;
      const values: Item = { ':s': seconds(found.startMs), ':late': number(spentNanoUsd - (before ?? 0n)), ':all': number(spentNanoUsd) };
      if (before !== undefined) values[':before'] = number(before);
      const conditions = ['p.#p.s = :s', before === undefined ? 'attribute_not_exists(p.#p.b)' : 'p.#p.b = :before'];
      const set = ['p.#p.r = p.#p.r - :late', 'p.#p.b = :all'];
      await update(page.key, { set, remove: [], conditions, names: { '#p': shortPeriod(period) }, values }, timeoutMs);
    },

    async move(spec, nowMs, timeoutMs = SLOW_TIMEOUT_MS) {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const [page] = await read([spec.key], timeoutMs);
        if (page === undefined || page.generation > spec.generation) return false;
        const take = moveOf(spec, page, nowMs);
        if (take === undefined) return true;
        if ('done' in (await update(spec.key, writeTake(take, ''), timeoutMs))) return true;
      }
      throw contended();
    },
  };
}

/** The page's partition of the index. A shard is found where its root's hash would not tell. */
function partitionOf(key: string): string {
  return partitionName(spreadOf(key) % DUE_PARTITIONS);
}

function partitionName(partition: number): string {
  return partition.toString(16).padStart(2, '0');
}

const all = createJoiner(' AND ');
const both = createJoiner(' ');
const setting = createJoiner(', ', 'SET ');
const removing = createJoiner(', ', 'REMOVE ');

/** DynamoDB refuses maps that are empty. */
function unlessEmpty<T extends object>(map: T): T | undefined {
  for (const _name in map) return map;
  return undefined;
}

/** A throttle in all but name: nothing was applied, and trying again later may help. */
function contended(): Error {
  return Object.assign(new Error('the page is changed faster than it can be read'), { name: 'ThrottlingException' });
}
