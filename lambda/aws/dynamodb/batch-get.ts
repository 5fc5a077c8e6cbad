import type { KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../../platform/runtime';
import type { Item } from './attributes';
import type { DynamoDbConnector } from './dynamodb';

/** DynamoDB's limit on the items of one call. */
const MOST_KEYS = 100;
const MOST_TRIES = 20;

/**
 * Reads items consistently, again where the table left some out, while the time allows.
 *
 * @returns those that there are, by their partition key
 * @throws what the table says, or a throttle when it does not read all of them
 */
export async function batchGet(
  connector: Pick<DynamoDbConnector, 'batchGetItem'>,
  table: string,
  keys: readonly string[],
  timeoutMs: number,
  projection: Omit<KeysAndAttributes, 'Keys' | 'ConsistentRead'> = {},
): Promise<ReadonlyMap<string, Item>> {
  const found = new Map<string, Item>();
  const deadlineMs = systemClock.monotonic() + timeoutMs;
  for (let first = 0; first < keys.length; first += MOST_KEYS) {
    let wanted: Record<string, KeysAndAttributes> | undefined = {
      [table]: { Keys: keys.slice(first, first + MOST_KEYS).map((pk) => ({ pk: { S: pk } })), ConsistentRead: true, ...projection },
    };
    for (let tries = 0; wanted !== undefined; tries++) {
      const leftMs = deadlineMs - systemClock.monotonic();
      if (tries > 0 && (leftMs <= 0 || tries >= MOST_TRIES)) throw throttled();
      const answer = await connector.batchGetItem({ RequestItems: wanted }, { timeoutMs: Math.max(1, leftMs) });
      for (const item of answer.Responses?.[table] ?? []) found.set(item['pk']?.S ?? '', item);
      const left: Record<string, KeysAndAttributes> = answer.UnprocessedKeys ?? {};
      wanted = left[table] === undefined ? undefined : left;
    }
  }
  return found;
}

function throttled(): Error {
  return Object.assign(new Error('the table did not read all rows'), { name: 'ThrottlingException' });
}
