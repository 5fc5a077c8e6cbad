import { shardAnswerOf } from '../../money/ledger';
import type { CounterState, EscrowStore } from '../../money/ports';
import { conditionFailure, type Item } from './attributes';
import { readCounter, reserved, writeEntry } from './counter-item';
import type { DynamoDbConnector } from './dynamodb';

const NAMES = { '#limit': 'limit', '#open': 'open' } as const;

/**
 * @param table name of the counters table
 */
export function createEscrowStore(connector: DynamoDbConnector, table: string): EscrowStore {
  const keyOf = (key: string) => ({ TableName: table, Key: { pk: { S: key } } });

  async function read(key: string, timeoutMs: number): Promise<CounterState | undefined> {
    const { Item: item } = await connector.getItem({ ...keyOf(key), ConsistentRead: true }, { timeoutMs });
    return item === undefined ? undefined : readCounter(item);
  }

  async function recall(root: string, shard: CounterState, generation: number, timeoutMs: number): Promise<bigint | undefined> {
    const left = shard.remainingNanoUsd;
    try {
      await connector.transactWriteItems(
        {
          TransactItems: [
            {
              Update: {
                ...keyOf(shard.key),
                UpdateExpression: 'SET remaining = :none, #limit = #limit - :left, generation = :generation',
                ConditionExpression: 'remaining = :left AND generation <= :generation',
                ExpressionAttributeNames: { '#limit': 'limit' },
                ExpressionAttributeValues: {
                  ':none': { N: '0' },
                  ':left': { N: String(left) },
                  ':generation': { N: String(generation) },
                },
              },
            },
            {
              Update: {
                ...keyOf(root),
                UpdateExpression: 'SET remaining = remaining + :left, lent = lent - :left',
                ConditionExpression: 'attribute_exists(lent)',
                ExpressionAttributeValues: { ':left': { N: String(left) } },
              },
            },
          ],
        },
        { timeoutMs },
      );
      return left;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') throw error;
      return undefined;
    }
  }
  return {
    read,
    recall,

    async reserve(key, generation, attemptId, entry, timeoutMs) {
      try {
        const { Attributes: attributes } = await connector.updateItem(
          {
            ...keyOf(key),
            UpdateExpression: 'SET remaining = remaining - :take, #open.#id = :entry',
            ConditionExpression: 'generation = :generation AND remaining >= :take AND attribute_not_exists(#open.#id)',
            ExpressionAttributeNames: { '#open': 'open', '#id': attemptId },
            ExpressionAttributeValues: {
              ':take': { N: String(entry.nanoUsd) },
              ':entry': writeEntry(entry),
              ':generation': { N: String(generation) },
            },
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
          { timeoutMs },
        );
        return reserved(attributes as Item);
      } catch (error) {
        const failure = conditionFailure(error);
        if (failure === undefined) throw error;
        return shardAnswerOf(failure.item === undefined ? undefined : readCounter(failure.item), generation);
      }
    },

    async lend(root, shard, nanoUsd, budget, timeoutMs) {
      const amount = { ':amount': { N: String(nanoUsd) }, ':none': { N: '0' } };
      const generation = { ':generation': { N: String(budget.generation) } };
      try {
        await connector.transactWriteItems(
          {
            TransactItems: [
              {
                Update: {
                  ...keyOf(root),
                  UpdateExpression: 'SET remaining = remaining - :amount, lent = if_not_exists(lent, :none) + :amount',
                  ConditionExpression: 'remaining >= :amount AND generation = :generation AND #limit = :limit AND shards > :none',
                  ExpressionAttributeNames: { '#limit': 'limit' },
                  ExpressionAttributeValues: { ...amount, ...generation, ':limit': { N: String(budget.limitNanoUsd) } },
                  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
                },
              },
              {
                Update: {
                  ...keyOf(shard),
                  UpdateExpression:
                    'SET remaining = if_not_exists(remaining, :none) + :amount, #limit = if_not_exists(#limit, :none) + :amount, ' +
                    'generation = :generation, #open = if_not_exists(#open, :empty), parked = if_not_exists(parked, :empty)',
                  ConditionExpression: 'attribute_not_exists(pk) OR generation = :generation',
                  ExpressionAttributeNames: { ...NAMES },
                  ExpressionAttributeValues: { ...amount, ...generation, ':empty': { M: {} } },
                },
              },
            ],
          },
          { timeoutMs },
        );
        return { kind: 'lent' };
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') throw error;
        const [reason] = (error as { CancellationReasons?: { Item?: Item }[] }).CancellationReasons ?? [];
        return { kind: 'refused', root: reason?.Item === undefined ? undefined : readCounter(reason.Item) };
      }
    },

    async resize(root, shards, spread, headroomNanoUsd, timeoutMs) {
      try {
        await connector.updateItem(
          {
            ...keyOf(root),
            UpdateExpression: 'SET shards = :shards, spread = :spread',
            ConditionExpression: 'remaining >= :headroom AND (attribute_not_exists(spread) OR spread <= :spread)',
            ExpressionAttributeValues: {
              ':shards': { N: String(shards) },
              ':spread': { N: String(spread) },
              ':headroom': { N: String(headroomNanoUsd) },
            },
          },
          { timeoutMs },
        );
        return true;
      } catch (error) {
        if (conditionFailure(error) === undefined) throw error;
        return false;
      }
    },
  };
}
