import fc from 'fast-check';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';
import { type Consumption, sizeOf } from '../../../local/dynamodb/units';

/** Units by hand, after AWS's page on capacity, and against what the engine's own parser answers as ConsumedCapacity. */

let engine: DynamoDbEngine;

beforeEach(async () => {
  engine = await openDynamoDb({ region: 'us-east-1', account: '000000000000' });
  const key = { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }] };
  await engine.createTable({ TableName: 'plain', ...key, AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }] });
  await engine.createTable({
    TableName: 'indexed',
    ...key,
    AttributeDefinitions: ['pk', 'kind', 'due'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      { IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
      { IndexName: 'by-due', KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  });
});

afterEach(() => engine.close());

async function units(action: string, input: object): Promise<Consumption & { error?: string }> {
  const consumption = { readUnits: 0, writeUnits: 0 };
  const error = await engine.call(action, input, consumption).then(
    () => undefined,
    (thrown: Error) => thrown.name,
  );
  return { ...consumption, ...(error === undefined ? {} : { error }) };
}

/** An item of exactly so many bytes. */
const item = (pk: string, bytes: number, more: object = {}): object => {
  const rest = { pk: { S: pk }, ...more };
  return { ...rest, fill: { S: 'x'.repeat(Math.max(0, bytes - 4 - sizeOf(rest as never))) } };
};
const put = (table: string, bytes: number, more: object = {}): object => ({ TableName: table, Item: item('a', bytes, more) });
const key = { TableName: 'plain', Key: { pk: { S: 'a' } } };

test('R16 sizes: names and values in UTF-8, numbers by two digits, containers with their overhead', () => {
  expect(sizeOf({ pk: { S: 'é' } })).toBe(4);
  expect(sizeOf({ n: { N: '12345' }, m: { N: '-100' }, z: { N: '0' } })).toBe(1 + 4 + 1 + 3 + 1 + 1);
  expect(sizeOf({ l: { L: [{ S: 'ab' }, { BOOL: true }] }, m: { M: { a: { NULL: true } } } })).toBe(1 + 3 + 3 + 2 + 1 + 3 + 1 + 2);
  expect(sizeOf({ s: { SS: ['a', 'bc'] }, b: { B: Buffer.alloc(5).toString('base64') } })).toBe(1 + 3 + 1 + 5);
});

test('R16 a write costs by the larger of before and after, a KB at a time', async () => {
  expect(await units('PutItem', put('plain', 1_024))).toEqual({ readUnits: 0, writeUnits: 1 });
  expect(await units('PutItem', put('plain', 1_025))).toEqual({ readUnits: 0, writeUnits: 2 });
  expect(await units('PutItem', put('plain', 100))).toEqual({ readUnits: 0, writeUnits: 2 });
  expect(
    await units('UpdateItem', { ...key, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '1' } } }),
  ).toMatchObject({ writeUnits: 1 });
  expect(await units('PutItem', put('plain', 3_000))).toMatchObject({ writeUnits: 3 });
  expect(await units('DeleteItem', key)).toMatchObject({ writeUnits: 3 });
  expect(await units('DeleteItem', key)).toMatchObject({ writeUnits: 1 });
});

test('R16 a refused condition is paid for', async () => {
  const once = { ConditionExpression: 'attribute_not_exists(pk)' };
  await units('PutItem', put('plain', 2_500));

  expect(await units('PutItem', { ...put('plain', 100), ...once })).toEqual({
    readUnits: 0,
    writeUnits: 3,
    error: 'ConditionalCheckFailedException',
  });
  expect(await units('PutItem', { ...put('plain', 4_500), ...once })).toMatchObject({ writeUnits: 5 });
  expect(await units('DeleteItem', { ...key, ...once })).toMatchObject({ writeUnits: 3, error: 'ConditionalCheckFailedException' });
  expect(await units('PutItem', { TableName: 'plain', Item: {} })).toEqual({ readUnits: 0, writeUnits: 0, error: 'ValidationException' });
});

test('R16 a read costs by four KB, half when it is eventually consistent, and something when there is nothing', async () => {
  await units('PutItem', put('plain', 4_097));

  expect(await units('GetItem', { ...key, ConsistentRead: true })).toEqual({ readUnits: 2, writeUnits: 0 });
  expect(await units('GetItem', key)).toMatchObject({ readUnits: 1 });
  expect(await units('GetItem', { ...key, ProjectionExpression: 'pk' })).toMatchObject({ readUnits: 1 });
  expect(await units('GetItem', { ...key, Key: { pk: { S: 'absent' } } })).toMatchObject({ readUnits: 0.5 });
  expect(await units('GetItem', { ...key, Key: { pk: { S: 'absent' } }, ConsistentRead: true })).toMatchObject({ readUnits: 1 });
  const batch = (ConsistentRead: boolean) => ({ RequestItems: { plain: { ConsistentRead, Keys: [key.Key, { pk: { S: 'absent' } }] } } });
  expect(await units('BatchGetItem', batch(true))).toMatchObject({ readUnits: 3 });
  expect(await units('BatchGetItem', batch(false))).toMatchObject({ readUnits: 1.5 });
});

test('R16 a transaction costs twice, checks and cancelled ones too', async () => {
  await units('PutItem', put('plain', 1_500));
  const check = { ConditionCheck: { ...key, ConditionExpression: 'attribute_exists(pk)' } };
  const other = { Put: { TableName: 'plain', Item: item('b', 100) } };

  expect(await units('TransactWriteItems', { TransactItems: [check, other] })).toEqual({ readUnits: 0, writeUnits: 6 });
  const cancelled = { Put: { TableName: 'plain', Item: item('b', 100), ConditionExpression: 'attribute_not_exists(pk)' } };
  expect(await units('TransactWriteItems', { TransactItems: [check, cancelled] })).toEqual({
    readUnits: 0,
    writeUnits: 6,
    error: 'TransactionCanceledException',
  });
  expect(
    await units('TransactGetItems', { TransactItems: [{ Get: key }, { Get: { ...key, Key: { pk: { S: 'absent' } } } }] }),
  ).toMatchObject({ readUnits: 4 });
  const repeated = { TransactItems: [other], ClientRequestToken: 'token' };
  expect(await units('TransactWriteItems', repeated)).toMatchObject({ writeUnits: 2 });
  expect(await units('TransactWriteItems', repeated)).toEqual({ readUnits: 2, writeUnits: 0 });
});

test('R16 an index costs where what it holds of the item changes: once for a new or a changed entry, twice for one that moves', async () => {
  const set = (expression: string, values: object = {}) => ({
    TableName: 'indexed',
    Key: { pk: { S: 'a' } },
    UpdateExpression: expression,
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
  });
  // In neither index; in the one; in both.
  expect(await units('PutItem', put('indexed', 1_500))).toMatchObject({ writeUnits: 2 });
  expect(await units('UpdateItem', set('SET kind = :v', { ':v': { S: 'k' } }))).toMatchObject({ writeUnits: 2 + 2 });
  expect(await units('UpdateItem', set('SET due = :v', { ':v': { S: 'd' } }))).toMatchObject({ writeUnits: 2 + 2 + 1 });
  // A change that only the full index holds; a move in the small one, which the full one holds too; no change.
  expect(await units('UpdateItem', set('SET n = :v', { ':v': { N: '1' } }))).toMatchObject({ writeUnits: 2 + 2 });
  expect(await units('UpdateItem', set('SET due = :v', { ':v': { S: 'e' } }))).toMatchObject({ writeUnits: 2 + 2 + 2 });
  expect(await units('UpdateItem', set('SET due = :v', { ':v': { S: 'e' } }))).toMatchObject({ writeUnits: 2 });
  expect(await units('UpdateItem', set('REMOVE due'))).toMatchObject({ writeUnits: 2 + 2 + 1 });
  expect(await units('DeleteItem', { TableName: 'indexed', Key: { pk: { S: 'a' } } })).toMatchObject({ writeUnits: 2 + 2 });
});

test('R16 a query or scan costs what it looked at, filtered items included', async () => {
  for (const [index, pk] of ['a', 'b', 'c'].entries()) {
    await units('PutItem', { TableName: 'indexed', Item: item(pk, 3_000, { kind: { S: 'k' }, n: { N: String(index) } }) });
  }
  const query = {
    TableName: 'indexed',
    IndexName: 'by-kind',
    KeyConditionExpression: 'kind = :k',
    ExpressionAttributeValues: { ':k': { S: 'k' } },
  };

  expect(await units('Query', query)).toEqual({ readUnits: 1.5, writeUnits: 0 });
  expect(await units('Query', { ...query, ExpressionAttributeValues: { ':k': { S: 'none' } } })).toMatchObject({ readUnits: 0.5 });
  expect(await units('Query', { ...query, Limit: 1 })).toMatchObject({ readUnits: 0.5 });
  const filtered = { TableName: 'indexed', FilterExpression: 'n > :n', ExpressionAttributeValues: { ':n': { N: '9' } } };
  expect(await units('Scan', { ...filtered, ConsistentRead: true })).toMatchObject({ readUnits: 3 });
  expect(await engine.call('Scan', filtered, { readUnits: 0, writeUnits: 0 })).not.toHaveProperty('ConsumedCapacity');
});

test('R16 a batch costs the sum of its writes', async () => {
  const requests = [{ PutRequest: { Item: item('a', 1_500) } }, { DeleteRequest: { Key: { pk: { S: 'absent' } } } }];

  expect(await units('BatchWriteItem', { RequestItems: { plain: requests } })).toMatchObject({ writeUnits: 3 });
});

test('R16 without an index the units are those that the engine answers as ConsumedCapacity', async () => {
  const text = fc.integer({ min: 0, max: 9_000 }).map((length) => 'x'.repeat(length));
  const step = fc.oneof(
    fc.record({ action: fc.constant('PutItem'), fill: text }),
    fc.record({ action: fc.constantFrom('GetItem', 'DeleteItem'), consistent: fc.boolean() }),
    fc.record({ action: fc.constant('UpdateItem'), fill: text }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      for (const { action, ...detail } of steps) {
        const consumption = { readUnits: 0, writeUnits: 0 };
        const fill = { S: 'fill' in detail ? detail.fill : '' };
        const input = {
          TableName: 'plain',
          ReturnConsumedCapacity: 'TOTAL',
          ...(action === 'PutItem' ? { Item: { pk: { S: 'p' }, fill } } : { Key: { pk: { S: 'p' } } }),
          ...(action === 'GetItem' && 'consistent' in detail ? { ConsistentRead: detail.consistent } : {}),
          ...(action === 'UpdateItem' ? { UpdateExpression: 'SET fill = :f', ExpressionAttributeValues: { ':f': fill } } : {}),
        };
        const output = await engine.call(action, input, consumption);
        expect(consumption.readUnits + consumption.writeUnits).toBe((output.ConsumedCapacity as { CapacityUnits: number }).CapacityUnits);
      }
    }),
  );
});
