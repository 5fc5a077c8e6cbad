import type { IdempotencyStore } from '../../money/ports';
import { type Item, toItem } from './attributes';
import { conditional, create } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

/**
 * Idempotency keys, kept in the records table.
 *
 * @param table name of the records table
 */
export function createIdempotencyStore(connector: DynamoDbConnector, table: string): IdempotencyStore {
  const keyOf = (scope: string, idempotencyKey: string): Item => ({
    pk: { S: `idempotency#${scope}` },
    sk: { S: Buffer.from(idempotencyKey).toString('base64url') },
  });
  return {
    async claim(scope, idempotencyKey, claim, ttl, timeoutMs = 1_500) {
      const result = await create(connector, table, { ...keyOf(scope, idempotencyKey), ...toItem({ ...claim, ttl }) }, timeoutMs);
      if ('done' in result) return 'claimed';
      // The condition failed, so there is one.
      const held = result.failed as Item;
      const answer = held['answer']?.S;
      return { id: held['id']?.S ?? '', fingerprint: held['fingerprint']?.S ?? '', ...(answer === undefined ? {} : { answer }) };
    },

    async takeOver(scope, idempotencyKey, from, claim, ttl, timeoutMs = 1_500) {
      const taken = await conditional(() =>
        connector.putItem(
          {
            TableName: table,
            Item: { ...keyOf(scope, idempotencyKey), ...toItem({ ...claim, ttl }) },
            ConditionExpression: '#id = :from',
            ExpressionAttributeNames: { '#id': 'id' },
            ExpressionAttributeValues: { ':from': { S: from } },
          },
          { timeoutMs },
        ),
      );
      return taken === 'done';
    },

    async complete(scope, idempotencyKey, claim, ttl) {
      const item = { ...keyOf(scope, idempotencyKey), ...toItem({ ...claim, ttl }) };
      await connector.putItem(
        {
          TableName: table,
          Item: item,
          ConditionExpression: '#id = :id',
          ExpressionAttributeNames: { '#id': 'id' },
          ExpressionAttributeValues: { ':id': { S: claim.id } },
        },
        { timeoutMs: 5_000 },
      );
    },
  };
}
