import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';
import type { StreamRecord, TableDefinition } from '../../../local/dynamodb/types';

const TABLE: TableDefinition = {
  TableName: 'keys',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: ['pk', 'kind'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    { IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

let directory: string;
const file = () => join(directory, 'dynamodb.jsonl');
const lines = () => readFileSync(file(), 'utf8').trimEnd().split('\n');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

async function open(): Promise<DynamoDbEngine> {
  const engine = await openDynamoDb({ region: 'us-east-1', account: '123456789012', directory });
  await engine.createTable(TABLE);
  return engine;
}

const put = (engine: DynamoDbEngine, pk: string, n = '1') =>
  engine.call('PutItem', { TableName: 'keys', Item: { pk: { S: pk }, kind: { S: 'key' }, n: { N: n } } });
const scan = async (engine: DynamoDbEngine) => {
  const { Items } = await engine.call('Scan', { TableName: 'keys' });
  return (Items as { pk: { S: string }; n: { N: string } }[]).map(({ pk, n }) => `${pk.S}=${n.N}`).sort();
};

test('items, indexes and removals are there after a restart, without new stream records', async () => {
  const first = await open();
  await put(first, 'a');
  await put(first, 'b');
  await put(first, 'a', '2');
  await first.call('DeleteItem', { TableName: 'keys', Key: { pk: { S: 'b' } } });
  await put(first, 'c');
  await first.close();

  const second = await openDynamoDb({ region: 'us-east-1', account: '123456789012', directory });
  const records: StreamRecord[] = [];
  second.onRecords('keys', (batch) => records.push(...batch));
  await second.createTable(TABLE);

  expect(await scan(second)).toEqual(['a=2', 'c=1']);
  const query = { KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues: { ':kind': { S: 'key' } } };
  expect((await second.call('Query', { TableName: 'keys', IndexName: 'by-kind', ...query })).Count).toBe(2);
  expect(records).toEqual([]);
  await second.close();
});

test('opening rewrites the file without what later lines replaced', async () => {
  const first = await open();
  for (let index = 0; index < 10; index += 1) await put(first, 'a', String(index));
  await first.close();
  expect(lines()).toHaveLength(10);

  const second = await open();

  expect(lines()).toHaveLength(1);
  expect(await scan(second)).toEqual(['a=9']);
  await second.close();
});

test('a process that was killed loses nothing that was answered', async () => {
  const killed = await open();
  await put(killed, 'a');

  const next = await open();

  expect(await scan(next)).toEqual(['a=1']);
  await killed.close();
  await next.close();
});

test('a torn last line is dropped, and writing goes on after it', async () => {
  const first = await open();
  await put(first, 'a');
  await first.close();
  appendFileSync(file(), '[["keys","torn","{"pk":{"S');

  const second = await open();
  await put(second, 'b');
  await second.close();

  const third = await open();
  expect(await scan(third)).toEqual(['a=1', 'b=1']);
  await third.close();
});

test('a transaction is one line: torn, none of its writes is there', async () => {
  const first = await open();
  await first.call('TransactWriteItems', {
    TransactItems: ['a', 'b'].map((pk) => ({ Put: { TableName: 'keys', Item: { pk: { S: pk }, n: { N: '1' } } } })),
  });
  await first.close();
  expect(lines()).toHaveLength(1);
  writeFileSync(file(), readFileSync(file()).subarray(0, -3));

  const second = await open();

  expect(await scan(second)).toEqual([]);
  await second.close();
});

test('fails with file and line when the middle of the journal is damaged', async () => {
  writeFileSync(file(), '[["keys","k",null]]\nnot json\n[["keys","k",null]]\n');

  await expect(open()).rejects.toThrow(/dynamodb\.jsonl is damaged at line 2: remove that line/);
});

test('fails with the fix when the kept items do not fit the table any more', async () => {
  const first = await open();
  await put(first, 'a');
  await first.close();

  const second = await openDynamoDb({ region: 'us-east-1', account: '123456789012', directory });
  const changed = {
    ...TABLE,
    KeySchema: [...TABLE.KeySchema, { AttributeName: 'sk', KeyType: 'RANGE' as const }],
    AttributeDefinitions: ['pk', 'sk', 'kind'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  };

  await expect(second.createTable(changed)).rejects.toThrow(/do not fit its keys any more .* remove .* to start afresh/);
  await second.close();
});

test('an index that the template gained covers the kept items', async () => {
  const first = await openDynamoDb({ region: 'us-east-1', account: '123456789012', directory });
  await first.createTable({
    TableName: 'keys',
    KeySchema: TABLE.KeySchema,
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  });
  await put(first, 'a');
  await first.close();

  const second = await open();

  const query = { KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues: { ':kind': { S: 'key' } } };
  expect((await second.call('Query', { TableName: 'keys', IndexName: 'by-kind', ...query })).Count).toBe(1);
  await second.close();
});

test('items of a table that this run does not make stay in the file', async () => {
  const first = await open();
  await put(first, 'a');
  await put(first, 'a', '2');
  await first.close();
  const without = await openDynamoDb({ region: 'us-east-1', account: '123456789012', directory });
  await without.close();

  const again = await open();

  expect(await scan(again)).toEqual(['a=2']);
  await again.close();
});

describe('stream records of an earlier run', () => {
  const listen = (engine: DynamoDbEngine, consumer: string) => {
    const seen: StreamRecord[] = [];
    engine.onRecords('keys', (batch) => seen.push(...batch), consumer);
    return seen;
  };
  const names = (records: readonly StreamRecord[]) => records.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb.Keys.pk?.S}`);

  test('come first to a consumer that did not acknowledge them, and not to one that did', async () => {
    const first = await open();
    const seen = listen(first, 'rollups');
    listen(first, 'archive');
    await put(first, 'a');
    await put(first, 'b');
    await put(first, 'b', '2');
    first.acknowledge('keys', 'rollups', seen[0]?.dynamodb.SequenceNumber ?? '');
    first.acknowledge('keys', 'archive', seen[2]?.dynamodb.SequenceNumber ?? '');

    const second = await open();
    const again = listen(second, 'rollups');
    const archived = listen(second, 'archive');
    await put(second, 'c');

    expect(names(again)).toEqual(['INSERT b', 'MODIFY b', 'INSERT c']);
    expect(again[1]).toEqual(seen[2]);
    expect(names(archived)).toEqual(['INSERT c']);
    const numbers = again.map(({ dynamodb }) => dynamodb.SequenceNumber);
    expect(numbers).toEqual([...numbers].sort());
    await first.close();
    await second.close();
  });

  test('survive further restarts until they are acknowledged', async () => {
    const first = await open();
    listen(first, 'rollups');
    await put(first, 'a');
    await first.close();
    const second = await open();
    await second.close();

    const third = await open();
    const seen = listen(third, 'rollups');
    expect(names(seen)).toEqual(['INSERT a']);
    third.acknowledge('keys', 'rollups', seen[0]?.dynamodb.SequenceNumber ?? '');
    await third.close();

    const fourth = await open();
    expect(listen(fourth, 'rollups')).toEqual([]);
    expect(await scan(fourth)).toEqual(['a=1']);
    await fourth.close();
  });

  test('are not given to a consumer that is new, nor after a day', async () => {
    let now = 1_800_000_000_000;
    const openAt = async () => {
      const engine = await openDynamoDb({ region: 'us-east-1', account: '123456789012', directory, now: () => now });
      await engine.createTable(TABLE);
      return engine;
    };
    const first = await openAt();
    listen(first, 'rollups');
    await put(first, 'a');
    await first.close();

    now += 3_600_000;
    const second = await openAt();
    expect(listen(second, 'new')).toEqual([]);
    await second.close();

    now += 86_400_000;
    const third = await openAt();
    expect(listen(third, 'rollups')).toEqual([]);
    await third.close();
  });
});

test('a journal that is condensed while in use keeps items and undelivered records', async () => {
  const first = await openDynamoDb({ region: 'us-east-1', account: '123456789012', directory, condenseBytes: 5_000 });
  await first.createTable(TABLE);
  const seen: StreamRecord[] = [];
  first.onRecords('keys', (batch) => seen.push(...batch), 'rollups');
  for (let index = 0; index < 200; index += 1) {
    await put(first, 'a', String(index));
    if (index < 195) first.acknowledge('keys', 'rollups', seen.at(-1)?.dynamodb.SequenceNumber ?? '');
  }
  await first.close();
  expect(lines().length).toBeLessThan(100);

  const second = await open();
  const again: StreamRecord[] = [];
  second.onRecords('keys', (batch) => again.push(...batch), 'rollups');

  expect(await scan(second)).toEqual(['a=199']);
  expect(again.map(({ dynamodb }) => dynamodb.NewImage?.n?.N)).toEqual(['195', '196', '197', '198', '199']);
  await second.close();
});
