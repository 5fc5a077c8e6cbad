import type { Claim, IdempotencyStore } from '../../money/ports';
import { type Item, numberOf, toItem } from './attributes';
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
      const result = await create(connector, table, { ...keyOf(scope, idempotencyKey), ...writeClaim(claim, ttl) }, { timeoutMs });
      if ('done' in result) return 'claimed';
      // The condition failed, so there is one.
      return readClaim(result.failed as Item);
    },

    async takeOver(scope, idempotencyKey, from, claim, ttl, timeoutMs = 1_500) {
      const taken = await conditional(() =>
        connector.putItem(
          {
            TableName: table,
            Item: { ...keyOf(scope, idempotencyKey), ...writeClaim(claim, ttl) },
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
      const item = { ...keyOf(scope, idempotencyKey), ...writeClaim(claim, ttl) };
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

function writeClaim({ id, fingerprint, answer, first, heardByMs }: Claim, ttl: number): Item {
  return toItem({ id, fingerprint, answer, first, heard_by: heardByMs, ttl });
}

function readClaim(item: Item): Claim {
  const [answer, first, heardByMs] = [item['answer']?.S, item['first']?.S, numberOf(item['heard_by'])];
  return {
    id: item['id']?.S ?? '',
    fingerprint: item['fingerprint']?.S ?? '',
    ...(answer === undefined ? {} : { answer }),
    ...(first === undefined || heardByMs === undefined ? {} : { first, heardByMs }),
  };
}
