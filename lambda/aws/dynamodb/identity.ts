import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TABLES } from '../../../lib/private/contract';
import type { IdentityStore } from '../../identity';
import { GATEWAY_ID, type LevelKind } from '../../money/ledger';
import type { WriteResult } from '../../platform/stored';
import { numberOf, toItem } from './attributes';
import { batchGet, type Rider } from './batch-get';
import { conditional, conditionalTransaction } from './conditional';
import type { DynamoDbConnector } from './dynamodb';
import { COPIES, copyKey, hasCopies, raiseMark, readMarks, STATE_PROJECTION, writeCopies } from './level-copies';
import { levelKey, readLevel, writeLevel } from './level-item';

const DEFAULT_TIMEOUT_MS = 1_500;
const SLOW_TIMEOUT_MS = 5_000;

/**
 * The identity table's levels.
 *
 * @param table name of the identity table
 * @param rider read along with states
 */
export function createIdentityStore(connector: DynamoDbConnector, table: string, rider?: Rider): IdentityStore {
  const generationIs = (generation: number) => ({
    ConditionExpression: '#generation = :generation',
    ExpressionAttributeNames: { '#generation': 'generation' },
    ExpressionAttributeValues: { ':generation': { N: String(generation) } },
  });

  /** A write of a row, with all that is to be told of it. */
  function write(kind: LevelKind, id: string, generation: number | undefined, change: TransactWriteItem): Promise<WriteResult> {
    const { Put: put, Delete: gone } = change;
    const told = [
      ...(hasCopies(kind) ? writeCopies(table, kind, id, generation) : []),
      ...(kind === 'tag' ? raiseMark(table, 'tags') : []),
    ];
    const options = { timeoutMs: SLOW_TIMEOUT_MS };
    if (told.length > 0) return conditionalTransaction(connector, [change, ...told], SLOW_TIMEOUT_MS);
    return conditional(() => (put === undefined ? connector.deleteItem(gone as never, options) : connector.putItem(put, options)));
  }

  return {
    async get(kind, id, options = {}) {
      const { Item: item } = await connector.getItem(
        { TableName: table, Key: { pk: { S: levelKey(kind, id) } }, ConsistentRead: options.consistent === true },
        { timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS },
      );
      return item === undefined ? undefined : (readLevel(item) as never);
    },

    create: (kind, record) =>
      write(kind, record.id, record.generation, {
        Put: { TableName: table, Item: writeLevel(kind, record), ConditionExpression: 'attribute_not_exists(pk)' },
      }),

    replace: (kind, record, generationAsRead) =>
      write(kind, record.id, record.generation, {
        Put: { TableName: table, Item: writeLevel(kind, record), ...generationIs(generationAsRead) },
      }),

    remove: (kind, id, generationAsRead) =>
      write(kind, id, undefined, {
        Delete: { TableName: table, Key: { pk: { S: levelKey(kind, id) } }, ...generationIs(generationAsRead) },
      }),

    async states(names, timeoutMs) {
      const keys = names.map(([kind, id]) =>
        hasCopies(kind) ? copyKey(kind, id, Math.floor(Math.random() * COPIES)) : levelKey(kind, id),
      );
      const found = await batchGet(connector, table, keys, timeoutMs, STATE_PROJECTION, rider);
      const gateway = names.findIndex(([kind]) => kind === 'gateway');
      return {
        generations: keys.map((key) => numberOf(found.get(key)?.['generation'])),
        marks: readMarks(found.get(keys[gateway] ?? '')),
      };
    },

    async rows(names, timeoutMs) {
      const marks = names.some(([kind]) => kind === 'gateway') ? copyKey('gateway', GATEWAY_ID, 0) : undefined;
      const keys = names.map(([kind, id]) => levelKey(kind, id));
      const found = await batchGet(connector, table, marks === undefined ? keys : [...keys, marks], timeoutMs);
      return {
        records: keys.map((key) => {
          const item = found.get(key);
          return item === undefined ? undefined : readLevel(item);
        }),
        marks: marks === undefined ? undefined : readMarks(found.get(marks)),
      };
    },

    confirm: (kind, id) =>
      conditional(() =>
        connector.transactWriteItems(
          {
            TransactItems: [
              {
                ConditionCheck: {
                  TableName: table,
                  Key: { pk: { S: levelKey(kind, id) } },
                  ConditionExpression: 'attribute_exists(pk)',
                },
              },
            ],
          },
          { timeoutMs: SLOW_TIMEOUT_MS },
        ),
      ),

    async list(kind, options = {}) {
      const { byKind, byOwner } = TABLES.identity.indexes;
      const index = options.teamId === undefined ? byKind : byOwner;
      const partition = options.teamId === undefined ? kind : `${kind}#${options.teamId}`;
      const start =
        options.after === undefined
          ? {}
          : { ExclusiveStartKey: toItem({ pk: levelKey(kind, options.after), [index.partitionKey]: partition }) };
      const result = await connector.query(
        {
          TableName: table,
          IndexName: index.name,
          KeyConditionExpression: '#partition = :partition',
          ExpressionAttributeNames: { '#partition': index.partitionKey },
          ExpressionAttributeValues: { ':partition': { S: partition } },
          Limit: options.limit ?? 100,
          ...start,
        },
        { timeoutMs: SLOW_TIMEOUT_MS },
      );
      const last = result.LastEvaluatedKey?.['pk']?.S;
      return {
        items: (result.Items ?? []).map((item) => readLevel(item) as never),
        ...(last === undefined ? {} : { next: last.slice(kind.length + 1) }),
      };
    },
  };
}
