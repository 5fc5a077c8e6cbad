import type { IdempotencyStore } from '../../money/ports';
import { conditionFailure, type Item, toItem } from './attributes';
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
      try {
        await connector.putItem(
          {
            TableName: table,
            Item: { ...keyOf(scope, idempotencyKey), ...toItem({ ...claim, ttl }) },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
          { timeoutMs },
        );
        return 'claimed';
      } catch (error) {
        const failure = conditionFailure(error);
        if (failure?.item === undefined) throw error;
        const answer = failure.item['answer']?.S;
        return {
          id: failure.item['id']?.S ?? '',
          fingerprint: failure.item['fingerprint']?.S ?? '',
          ...(answer === undefined ? {} : { answer }),
        };
      }
    },

    async takeOver(scope, idempotencyKey, from, claim, ttl, timeoutMs = 1_500) {
      try {
        await connector.putItem(
          {
            TableName: table,
            Item: { ...keyOf(scope, idempotencyKey), ...toItem({ ...claim, ttl }) },
            ConditionExpression: '#id = :from',
            ExpressionAttributeNames: { '#id': 'id' },
            ExpressionAttributeValues: { ':from': { S: from } },
          },
          { timeoutMs },
        );
        return true;
      } catch (error) {
        if (conditionFailure(error) === undefined) throw error;
        return false;
      }
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
