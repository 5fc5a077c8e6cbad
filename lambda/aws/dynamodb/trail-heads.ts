import type { TrailHead, TrailHeads } from '../../archive';
import { fromItem, type Item, toItem } from './attributes';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

const TIMEOUT_MS = 5_000;

/**
 * How far each chain of the audit trail goes, in the records table.
 *
 * @param table name of the records table
 */
export function createTrailHeads(connector: DynamoDbConnector, table: string): TrailHeads {
  const keyOf = (trail: string): Item => toItem({ pk: `trail#${trail}`, sk: 'head' });
  return {
    async read(trail) {
      const { Item: item } = await connector.getItem(
        { TableName: table, Key: keyOf(trail), ConsistentRead: true },
        { timeoutMs: TIMEOUT_MS },
      );
      if (item === undefined) return undefined;
      const { sequence, hash, at } = fromItem(item) as unknown as TrailHead;
      return { sequence, hash, at };
    },
    async move(trail, from, { sequence, hash, at }) {
      const isFirst = from === 0;
      const moved = await conditional(() =>
        connector.putItem(
          {
            TableName: table,
            Item: { ...keyOf(trail), ...toItem({ sequence, hash, at }) },
            ConditionExpression: isFirst ? 'attribute_not_exists(#sequence)' : '#sequence = :from',
            ExpressionAttributeNames: { '#sequence': 'sequence' },
            ...(isFirst ? {} : { ExpressionAttributeValues: toItem({ ':from': from }) }),
          },
          { timeoutMs: TIMEOUT_MS },
        ),
      );
      return moved === 'done';
    },
  };
}
