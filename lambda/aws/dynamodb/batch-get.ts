import type { KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../../platform/runtime';
import type { Item } from './attributes';
import type { DynamoDbConnector } from './dynamodb';

/** An item of another table that is read along now and then, without a call of its own. It may be a moment old, or not come. */
export interface Rider {
  readonly table: string;
  readonly key: string;
  /** Asked once for each batch that could take it along. */
  due(): boolean;
  took(item: Item | undefined): void;
}

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
  rider?: Rider,
): Promise<ReadonlyMap<string, Item>> {
  const found = new Map<string, Item>();
  const deadlineMs = systemClock.monotonic() + timeoutMs;
  for (let first = 0; first < keys.length; first += MOST_KEYS) {
    let wanted: Record<string, KeysAndAttributes> | undefined = {
      [table]: { Keys: keys.slice(first, first + MOST_KEYS).map((pk) => ({ pk: { S: pk } })), ConsistentRead: true, ...projection },
    };
    const riding = first === 0 && rider !== undefined && keys.length < MOST_KEYS && rider.due() ? rider : undefined;
    if (riding !== undefined) wanted[riding.table] = { Keys: [{ pk: { S: riding.key } }], ConsistentRead: false };
    for (let tries = 0; wanted !== undefined; tries++) {
      const leftMs = tries === 0 ? timeoutMs : deadlineMs - systemClock.monotonic();
      if (tries > 0 && (leftMs <= 0 || tries >= MOST_TRIES)) throw throttled();
      const answer = await connector.batchGetItem({ RequestItems: wanted }, { timeoutMs: Math.max(1, leftMs) });
      for (const item of answer.Responses?.[table] ?? []) found.set(item['pk']?.S ?? '', item);
      if (riding !== undefined && tries === 0) riding.took(answer.Responses?.[riding.table]?.[0]);
      const left = answer.UnprocessedKeys?.[table];
      wanted = left === undefined ? undefined : { [table]: left };
    }
  }
  return found;
}

function throttled(): Error {
  return Object.assign(new Error('the table did not read all rows'), { name: 'ThrottlingException' });
}
