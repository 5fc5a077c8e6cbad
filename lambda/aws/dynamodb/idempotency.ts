import { conditionFailure, type Item, toItem } from './attributes';
import type { DynamoDbConnector } from './dynamodb';

/** A caller's idempotency key, already taken. */
export interface Claim {
  /** The id of what was made for it: a request's or an entity's. */
  readonly id: string;
  /** Digest of the body it was taken with. */
  readonly fingerprint: string;
  /** The answer's text, once there is one. */
  readonly answer?: string;
}

/** Caller-chosen keys that make a call happen at most once. */
export interface IdempotencyStore {
  /**
   * Takes a key for a call, or tells who has it.
   *
   * @param scope whose keys these are: a key's id, or `admin`
   * @param ttl epoch seconds until which the claim is kept at least
   */
  claim(scope: string, idempotencyKey: string, claim: Claim, ttl: number, timeoutMs?: number): Promise<'claimed' | Claim>;
  /** Gives a key to another call, if it is still held by `from`. Answers whether it was. */
  takeOver(scope: string, idempotencyKey: string, from: string, claim: Claim, ttl: number, timeoutMs?: number): Promise<boolean>;
  /** Keeps the answer for later calls with the same key. */
  complete(scope: string, idempotencyKey: string, claim: Claim, ttl: number): Promise<void>;
}

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
