import { answerOf, emptyCounter, gatherShards, holds, MONEY_PREFIX, shardKey, wholeOf } from '../../money/ledger';
import type { CounterSpec, CounterStore, OpenEntry, ReserveResult } from '../../money/ports';
import type { Item } from './attributes';
import { conditionalUpdate, type UpdateResult } from './conditional';
import { readCounter, reserved, writeEntry } from './counter-item';
import { createCounterStart } from './counter-start';
import type { DynamoDbConnector } from './dynamodb';
import { createEscrowStore } from './escrow';

const SLOW_TIMEOUT_MS = 5_000;
/** Each further try means that another process changed the same counter in between. */
const MOST_TRIES = 12;
const TAKE = 'SET remaining = remaining - :take, #open.#id = :entry';
const HEAL_AND_TAKE = `${TAKE}, #limit = :newLimit, generation = :newGeneration`;
const AS_BELIEVED = 'generation = :generation AND #limit = :limit AND attribute_not_exists(#open.#id)';
const AS_BELIEVED_WITH_ENOUGH = `${AS_BELIEVED} AND remaining >= :take`;
const NAMES = { '#limit': 'limit', '#open': 'open' } as const;

/**
 * The counters table's money.
 *
 * @param table name of the counters table
 */
export function createCounterStore(connector: DynamoDbConnector, table: string): CounterStore {
  /** One conditional update. Answers the new item, or the old one that failed the condition. */
  function update(
    key: string,
    expression: string,
    condition: string,
    names: Record<string, string>,
    values: Item,
    timeoutMs: number,
    returns: 'ALL_NEW' | 'NONE' = 'ALL_NEW',
  ): Promise<UpdateResult> {
    return conditionalUpdate(
      connector,
      {
        TableName: table,
        Key: { pk: { S: key } },
        UpdateExpression: expression,
        ConditionExpression: condition,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
        ReturnValues: returns,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
      timeoutMs,
    );
  }

  async function create(
    spec: CounterSpec,
    attemptId: string,
    entry: OpenEntry,
    spent: bigint,
    timeoutMs: number,
  ): Promise<ReserveResult | undefined> {
    const remaining = spec.limitNanoUsd - spent;
    if (!holds(spec, remaining, entry.nanoUsd)) return { kind: 'insufficient', state: emptyCounter(spec, remaining) };
    const result = await update(
      spec.key,
      'SET remaining = :remaining, #limit = :limit, generation = :generation, #open = :open, parked = :parked, spent_before = :before',
      'attribute_not_exists(pk)',
      { ...NAMES },
      {
        ':remaining': { N: String(remaining - entry.nanoUsd) },
        ':limit': { N: String(spec.limitNanoUsd) },
        ':generation': { N: String(spec.generation) },
        ':open': { M: { [attemptId]: writeEntry(entry) } },
        ':parked': { M: {} },
        ':before': { N: String(spent) },
      },
      timeoutMs,
    );
    return 'done' in result ? reserved(result.done) : undefined;
  }

  const escrow = createEscrowStore(connector, table);

  return {
    escrow,
    startFrom: createCounterStart(connector, table),

    async reserve(spec, attemptId, entry, fresh, timeoutMs) {
      // What the counter is believed to hold; corrected by each failed condition.
      let generation = spec.generation;
      let limit = spec.limitNanoUsd;
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const change = spec.limitNanoUsd - limit;
        const healed = generation !== spec.generation || change !== 0n;
        const values = {
          ':take': { N: String(entry.nanoUsd - change) },
          ':entry': writeEntry(entry),
          ':generation': { N: String(generation) },
          ':limit': { N: String(limit) },
        };
        const result = await update(
          spec.key,
          healed ? HEAL_AND_TAKE : TAKE,
          spec.soft ? AS_BELIEVED : AS_BELIEVED_WITH_ENOUGH,
          { '#limit': 'limit', '#open': 'open', '#id': attemptId },
          healed ? { ...values, ':newLimit': { N: String(spec.limitNanoUsd) }, ':newGeneration': { N: String(spec.generation) } } : values,
          timeoutMs,
        );
        if ('done' in result) return reserved(result.done);
        if (result.failed === undefined) {
          const budget = await fresh();
          if (budget === undefined || budget.spec.generation !== spec.generation) {
            return { kind: 'stale', generation: budget?.spec.generation ?? spec.generation };
          }
          const created = await create(budget.spec, attemptId, entry, budget.spentNanoUsd, timeoutMs);
          if (created !== undefined) return created;
          continue;
        }
        const found = readCounter(result.failed);
        const answer = answerOf(found, spec, attemptId, entry.nanoUsd);
        if (answer !== undefined) return answer;
        generation = found.generation;
        limit = found.limitNanoUsd;
      }
      throw contended();
    },

    async close(key, attemptId, refundNanoUsd, timeoutMs = SLOW_TIMEOUT_MS) {
      const values = { ':refund': { N: String(refundNanoUsd) } };
      const live = await update(
        key,
        'SET remaining = remaining + :refund REMOVE #open.#id',
        'attribute_exists(#open.#id)',
        { '#open': 'open', '#id': attemptId },
        values,
        timeoutMs,
        'NONE',
      );
      if ('done' in live) return true;
      if (live.failed?.['parked']?.M?.[attemptId] === undefined) return false;
      const parked = await update(
        key,
        'SET remaining = remaining + :refund REMOVE parked.#id',
        'attribute_exists(parked.#id)',
        { '#id': attemptId },
        values,
        timeoutMs,
      );
      return 'done' in parked;
    },

    async park(key, attemptId, entry) {
      await update(
        key,
        'SET parked.#id = :entry REMOVE #open.#id',
        'attribute_exists(#open.#id)',
        { '#open': 'open', '#id': attemptId },
        { ':entry': writeEntry(entry) },
        SLOW_TIMEOUT_MS,
      );
    },

    async get(key, timeoutMs = SLOW_TIMEOUT_MS) {
      const root = await escrow.read(key, timeoutMs);
      if (root === undefined || root.spread === 0) return root;
      const shards = await Promise.all(
        Array.from({ length: root.spread }, (_unused, index) => escrow.read(shardKey(key, index), timeoutMs)),
      );
      return wholeOf(root, shards);
    },

    async move(spec) {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const found = await escrow.read(spec.key, SLOW_TIMEOUT_MS);
        if (found === undefined || found.generation > spec.generation) return;
        if (found.generation === spec.generation && found.limitNanoUsd === spec.limitNanoUsd) {
          // Shards hold money under the old budget until they are recalled.
          if (found.spread > 0) await gatherShards(escrow, found, SLOW_TIMEOUT_MS);
          return;
        }
        const result = await update(
          spec.key,
          'SET remaining = remaining + :change, #limit = :newLimit, generation = :newGeneration',
          'generation = :generation AND #limit = :limit',
          { '#limit': 'limit' },
          {
            ':change': { N: String(spec.limitNanoUsd - found.limitNanoUsd) },
            ':newLimit': { N: String(spec.limitNanoUsd) },
            ':newGeneration': { N: String(spec.generation) },
            ':generation': { N: String(found.generation) },
            ':limit': { N: String(found.limitNanoUsd) },
          },
          SLOW_TIMEOUT_MS,
        );
        if ('done' in result && found.spread === 0) return;
      }
      throw contended();
    },

    async scan(after) {
      const result = await connector.scan(
        {
          TableName: table,
          ConsistentRead: true,
          FilterExpression: 'begins_with(pk, :money)',
          ExpressionAttributeValues: { ':money': { S: MONEY_PREFIX } },
          ...(after === undefined ? {} : { ExclusiveStartKey: { pk: { S: after } } }),
        },
        { timeoutMs: SLOW_TIMEOUT_MS },
      );
      const last = result.LastEvaluatedKey?.['pk']?.S;
      return { items: (result.Items ?? []).map(readCounter), ...(last === undefined ? {} : { next: last }) };
    },
  };
}

/** A throttle in all but name: nothing was applied, and trying again later may help. */
function contended(): Error {
  return Object.assign(new Error('the counter is changed faster than it can be read'), { name: 'ThrottlingException' });
}
