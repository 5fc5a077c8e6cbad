import { createHash, randomBytes } from 'node:crypto';
import type { SubjectKeys } from '../../archive';
import { toItem } from './attributes';
import type { DynamoDbConnector } from './dynamodb';

const TIMEOUT_MS = 5_000;
const KEY_BYTES = 32;
/** Longer than anything that was written by it is kept by default. */
const KEPT_DAYS = 800;

/**
 * A key of its own for each end user, in the records table.
 *
 * @param table name of the records table
 * @param random bytes of a new key
 */
export function createSubjectKeys(
  connector: DynamoDbConnector,
  table: string,
  clock: { now(): number },
  random: (size: number) => Buffer = randomBytes,
): SubjectKeys {
  const keyOf = (endUser: string) => toItem({ pk: `subject#${createHash('sha256').update(endUser).digest('base64url')}`, sk: 'key' });
  return {
    async take(endUser) {
      const { Attributes: item } = await connector.updateItem(
        {
          TableName: table,
          Key: keyOf(endUser),
          UpdateExpression: 'SET #key = if_not_exists(#key, :own), #ttl = :ttl',
          ExpressionAttributeNames: { '#key': 'key', '#ttl': 'ttl' },
          ExpressionAttributeValues: toItem({
            ':own': random(KEY_BYTES).toString('base64'),
            ':ttl': Math.floor(clock.now() / 1_000) + KEPT_DAYS * 86_400,
          }),
          ReturnValues: 'ALL_NEW',
        },
        { timeoutMs: TIMEOUT_MS },
      );
      return Buffer.from(item?.['key']?.S ?? '', 'base64');
    },
    async destroy(endUser) {
      // No role deletes records: what is left has no key, and expires.
      const item = { ...keyOf(endUser), ...toItem({ ttl: Math.floor(clock.now() / 1_000) }) };
      await connector.putItem({ TableName: table, Item: item }, { timeoutMs: TIMEOUT_MS });
    },
  };
}
