/** Who calls in the bench: the same keys and rows for every gateway, whatever its table. */
import type { DynamoDbConnector } from '../lambda/aws/dynamodb/dynamodb';
import { createIdentityStore } from '../lambda/aws/dynamodb/identity';
import type { KeyRecord } from '../lambda/identity/entities';
import { formatKey, hashSecret } from '../lambda/identity/virtual-key';
import { systemClock } from '../lambda/platform/runtime/clock';

const PEPPER = 'bench-pepper-'.repeat(5);
const SECRET = 'b'.repeat(43);
const TEAM = 'benchteam';
const ALONE = 'benchalone'.padEnd(16, 'a');
const MEMBER = 'benchmember'.padEnd(16, 'a');
const ID_DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';
const BUDGETS = [{ limit_usd: '1000000', period: 'month' }] as const;

/** Keys that nobody has called with, for what a new one costs. */
export const NEW_KEYS = 40;

/** The secret as the gateway reads it. */
export const PEPPER_SECRET = JSON.stringify({ version: '1', '1': PEPPER });

/** Texts of the keys: of one with a budget and a rate, of another in a team with a budget, and of those that are new. */
export const KEY_TEXTS = {
  key: textOf(ALONE),
  teamKey: textOf(MEMBER),
  newKeys: Array.from({ length: NEW_KEYS }, (_, index) => textOf(newKeyId(index))),
};

/** Puts the rows of all keys into the identity table. */
export async function addKeys(connector: DynamoDbConnector, table: string): Promise<void> {
  const store = createIdentityStore(oneByOne(connector), table);
  await store.create('team', { id: TEAM, status: 'active', budgets: BUDGETS, ...made() });
  await store.create('key', rowOf(ALONE));
  await store.create('key', { ...rowOf(MEMBER), teamId: TEAM });
  for (let index = 0; index < NEW_KEYS; index++) await store.create('key', rowOf(newKeyId(index)));
}

function newKeyId(index: number): string {
  return `benchnew${ID_DIGITS[index >> 5]}${ID_DIGITS[index & 31]}`.padEnd(16, 'a');
}

function textOf(id: string): string {
  return formatKey(id, SECRET).text;
}

function rowOf(id: string): KeyRecord {
  return {
    id,
    status: 'active',
    role: 'caller',
    hashes: [{ pepperVersion: 1, hmac: hashSecret(PEPPER, id, SECRET) }],
    lastFour: SECRET.slice(-4),
    budgets: BUDGETS,
    limits: { requests_per_minute: 10_000_000 },
    ...made(),
  };
}

function made() {
  const now = new Date(systemClock.now()).toISOString();
  return { generation: 1, createdAt: now, updatedAt: now };
}

/** The table in memory knows the calls of requests and no transactions; rows, and the copies that are written with them, are put before there are any requests. */
function oneByOne(connector: DynamoDbConnector): DynamoDbConnector {
  return {
    ...connector,
    transactWriteItems: async ({ TransactItems: items = [] }, options) => {
      for (const { Put: put, Update: update } of items) {
        // Whoever shares a table puts the same rows again.
        if (put !== undefined) await connector.putItem({ TableName: put.TableName, Item: put.Item }, options);
        const generation = update?.ExpressionAttributeValues?.[':generation'];
        if (update === undefined || generation === undefined) continue;
        await connector.putItem({ TableName: update.TableName, Item: { ...update.Key, generation } }, options);
      }
      return { $metadata: {} };
    },
  };
}
