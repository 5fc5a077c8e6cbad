import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';
import type { StreamRecord, TableDefinition } from '../../../local/dynamodb/types';

const START = 1_800_000_000_000;

const TABLE: TableDefinition = {
  TableName: 'records',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'feed', 'feed_at'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'feed',
      KeySchema: [
        { AttributeName: 'feed', KeyType: 'HASH' },
        { AttributeName: 'feed_at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
};

const key = (pk: string, sk = 'a') => ({ pk: { S: pk }, sk: { S: sk } });

let now = START;
let engine: DynamoDbEngine;
let records: StreamRecord[];

beforeEach(async () => {
  now = START;
  engine = await openDynamoDb({ region: 'eu-west-1', account: '123456789012', now: () => now });
  await engine.createTable(TABLE);
  records = [];
  engine.onRecords('records', (batch) => records.push(...batch));
});

afterEach(() => engine.close());

const put = (item: object, more: object = {}) => engine.call('PutItem', { TableName: 'records', Item: item, ...more });
const get = async (pk: string, sk?: string) => (await engine.call('GetItem', { TableName: 'records', Key: key(pk, sk) })).Item;
const update = (pk: string, expression: string, values?: object, more: object = {}) =>
  engine.call('UpdateItem', {
    TableName: 'records',
    Key: key(pk),
    UpdateExpression: expression,
    ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
    ...more,
  });

describe('single items', () => {
  test('an update creates the item, counts and answers new values', async () => {
    const values = { ':one': { N: '1' }, ':zero': { N: '0' } };

    await update('a', 'SET b = if_not_exists(b, :zero) ADD n :one', values);
    const answer = await update('a', 'ADD n :one', { ':one': { N: '1' } }, { ReturnValues: 'ALL_NEW' });

    expect(answer.Attributes).toEqual({ ...key('a'), b: { N: '0' }, n: { N: '2' } });
  });

  test('fails a condition with the item when asked, without it when not', async () => {
    await put({ ...key('a'), n: { N: '5' } });
    const condition = { ConditionExpression: 'n < :most', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };

    const refused = update('a', 'ADD n :most', { ':most': { N: '5' } }, condition);
    const bare = update('a', 'ADD n :most', { ':most': { N: '5' } }, { ConditionExpression: 'n < :most' });

    await expect(refused).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      body: { Item: { n: { N: '5' } } },
    });
    await expect(bare).rejects.not.toHaveProperty('body.Item');
  });

  test('fails with the texts of the service for what is not valid', async () => {
    await expect(engine.call('GetItem', { TableName: 'records', Key: { pk: { S: 'a' } } })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The provided key element does not match the schema',
    });
    await expect(engine.call('GetItem', { TableName: 'absent', Key: key('a') })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(engine.call('Frobnicate', {})).rejects.toMatchObject({ name: 'UnknownOperationException' });
    await expect(put({ ...key('a'), big: { S: 'x'.repeat(410_000) } })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('what a caller does to an answer or an input does not reach the table', async () => {
    const item = { ...key('a'), list: { L: [{ S: 'x' }] } };
    await put(item);
    item.list.L.push({ S: 'y' });
    const read = (await get('a')) as typeof item;
    read.list.L.length = 0;

    expect(await get('a')).toEqual({ ...key('a'), list: { L: [{ S: 'x' }] } });
  });

  test('forty parallel conditional updates let through exactly the limit', async () => {
    const values = { ':one': { N: '1' }, ':most': { N: '25' } };
    const condition = { ConditionExpression: 'attribute_not_exists(n) OR n < :most' };

    const answers = await Promise.allSettled(Array.from({ length: 40 }, () => update('a', 'ADD n :one', values, condition)));

    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(25);
    expect(await get('a')).toMatchObject({ n: { N: '25' } });
  });
});

describe('queries', () => {
  beforeEach(async () => {
    for (let index = 0; index < 25; index += 1) {
      await put({ ...key(`r${index}`), feed: { S: 'requests' }, feed_at: { S: String(index).padStart(3, '0') } });
    }
    await put(key('outside'));
  });

  const query = (more: object) =>
    engine.call('Query', {
      TableName: 'records',
      IndexName: 'feed',
      KeyConditionExpression: 'feed = :feed',
      ExpressionAttributeValues: { ':feed': { S: 'requests' } },
      ...more,
    });

  test('an index is sparse, ordered and read in pages in both directions', async () => {
    for (const forward of [true, false]) {
      const seen: string[] = [];
      let start: unknown;
      do {
        const page = await query({ Limit: 10, ScanIndexForward: forward, ...(start === undefined ? {} : { ExclusiveStartKey: start }) });
        seen.push(...(page.Items as { feed_at: { S: string } }[]).map((item) => item.feed_at.S));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);

      const expected = Array.from({ length: 25 }, (_, index) => String(index).padStart(3, '0'));
      expect(seen).toEqual(forward ? expected : expected.reverse());
    }
  });

  test('a range of sort keys, a filter and a projection', async () => {
    const page = await query({
      KeyConditionExpression: 'feed = :feed AND feed_at BETWEEN :from AND :to',
      FilterExpression: 'sk = :sk',
      ProjectionExpression: 'feed_at',
      ExpressionAttributeValues: { ':feed': { S: 'requests' }, ':from': { S: '003' }, ':to': { S: '005' }, ':sk': { S: 'a' } },
    });

    expect(page.Items).toEqual([{ feed_at: { S: '003' } }, { feed_at: { S: '004' } }, { feed_at: { S: '005' } }]);
  });

  test('an item leaves the index with its attribute', async () => {
    await update('r3', 'REMOVE feed, feed_at');

    expect((await query({})).Count).toBe(24);
  });

  test('a scan sees every item', async () => {
    expect((await engine.call('Scan', { TableName: 'records' })).Count).toBe(26);
  });
});

describe('streams', () => {
  test('records carry keys, both images and growing sequence numbers, in the order of the writes', async () => {
    await put({ ...key('a'), n: { N: '1' } });
    await update('a', 'SET n = :n', { ':n': { N: '2' } });
    await engine.call('DeleteItem', { TableName: 'records', Key: key('a') });

    expect(records.map(({ eventName, dynamodb }) => [eventName, dynamodb.OldImage?.n, dynamodb.NewImage?.n])).toEqual([
      ['INSERT', undefined, { N: '1' }],
      ['MODIFY', { N: '1' }, { N: '2' }],
      ['REMOVE', { N: '2' }, undefined],
    ]);
    expect(records[0]).toMatchObject({
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      eventSourceARN: expect.stringMatching(/^arn:aws:dynamodb:eu-west-1:123456789012:table\/records\/stream\//),
      dynamodb: { Keys: key('a'), ApproximateCreationDateTime: START / 1_000, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    const numbers = records.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber));
    expect(numbers).toEqual([...numbers].sort((left, right) => (left < right ? -1 : 1)));
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(3);
  });

  test('a write that changes nothing makes no record', async () => {
    await put({ ...key('a'), tags: { SS: ['x', 'y'] } });
    await put({ tags: { SS: ['y', 'x'] }, ...key('a') });
    await engine.call('DeleteItem', { TableName: 'records', Key: key('absent') });

    expect(records).toHaveLength(1);
  });

  test('a listener that stopped hears nothing more', async () => {
    const heard: unknown[] = [];
    const stop = engine.onRecords('records', (batch) => heard.push(batch));
    stop();

    await put(key('a'));

    expect(heard).toEqual([]);
  });

  test('every item of a batch has its record', async () => {
    await engine.call('BatchWriteItem', {
      RequestItems: {
        records: [{ PutRequest: { Item: key('a') } }, { PutRequest: { Item: key('b') } }, { DeleteRequest: { Key: key('c') } }],
      },
    });

    expect(records.map(({ dynamodb }) => dynamodb.Keys.pk?.S).sort()).toEqual(['a', 'b']);
  });
});

describe('time to live', () => {
  test('a sweep removes what expired as the service, with a record and without touching the rest', async () => {
    const at = (seconds: number) => ({ N: String(START / 1_000 + seconds) });
    await put({ ...key('old'), ttl: at(-1), feed: { S: 'f' }, feed_at: { S: '1' } });
    await put({ ...key('soon'), ttl: at(60) });
    await put({ ...key('ancient'), ttl: { N: '1000' } });
    await put({ ...key('text'), ttl: { S: '1' } });
    records.length = 0;

    const removed = engine.sweepExpired();

    expect(removed).toBe(1);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      dynamodb: { Keys: key('old') },
    });
    const feed = { KeyConditionExpression: 'feed = :f', ExpressionAttributeValues: { ':f': { S: 'f' } } };
    expect((await engine.call('Query', { TableName: 'records', IndexName: 'feed', ...feed })).Count).toBe(0);
    now += 61_000;
    expect(engine.sweepExpired()).toBe(1);
  });

  test('is described and changed by its own calls', async () => {
    const described = await engine.call('DescribeTimeToLive', { TableName: 'records' });
    await engine.call('UpdateTimeToLive', { TableName: 'records', TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: false } });
    await put({ ...key('old'), ttl: { N: String(START / 1_000 - 1) } });

    expect(described.TimeToLiveDescription).toEqual({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
    expect(engine.sweepExpired()).toBe(0);
  });
});

describe('tables', () => {
  test('the handle names the ARNs that the template refers to', async () => {
    const handle = await engine.createTable({ ...TABLE, TableName: 'other', StreamSpecification: undefined });

    expect(handle).toEqual({ tableName: 'other', tableArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/other' });
    expect((await engine.call('DescribeTable', { TableName: 'records' })).Table).toMatchObject({
      TableStatus: 'ACTIVE',
      LatestStreamArn: expect.stringContaining('/stream/'),
    });
  });

  test('are made, listed and removed through the API', async () => {
    await engine.call('CreateTable', {
      TableName: 'made',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    await engine.call('PutItem', { TableName: 'made', Item: { pk: { S: 'a' } } });
    expect((await engine.call('ListTables', {})).TableNames).toEqual(['made', 'records']);

    await engine.call('DeleteTable', { TableName: 'made' });

    await expect(engine.call('GetItem', { TableName: 'made', Key: { pk: { S: 'a' } } })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

test('a scan comes in pages of 1 MB', async () => {
  for (let index = 0; index < 30; index += 1) await put({ ...key(`p${index}`), text: { S: 'x'.repeat(100_000) } });
  const counts: unknown[] = [];
  let start: unknown;
  do {
    const page = await engine.call('Scan', { TableName: 'records', ...(start === undefined ? {} : { ExclusiveStartKey: start }) });
    counts.push(page.Count);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);

  expect(counts).toEqual([11, 11, 8]);
});

describe('conditions', () => {
  const value = { M: { list: { L: [{ N: '1' }, { BOOL: false }] }, set: { SS: ['x', 'y'] } } };
  const same = { M: { set: { SS: ['y', 'x'] }, list: { L: [{ N: '1' }, { BOOL: false }] } } };
  const holds = async (condition: string, values: object) => {
    const more = { ConditionExpression: condition, ExpressionAttributeValues: values };
    return engine.call('DeleteItem', { TableName: 'records', Key: key('a'), ...more }).then(
      () => true,
      (error: Error) => (error.name === 'ConditionalCheckFailedException' ? false : error.message),
    );
  };

  beforeEach(() => put({ ...key('a'), doc: value, flag: { BOOL: false } }));

  test('equal maps, lists and false are equal', async () => {
    expect(await holds('doc <> :v', { ':v': same })).toBe(false);
    expect(await holds('NOT flag IN (:false)', { ':false': { BOOL: false } })).toBe(false);
    expect(await holds('absentee = :v', { ':v': same })).toBe(false);
    const named = { ConditionExpression: 'doc = :v AND flag IN (:v, :false) AND size(doc) = :two AND absentee <> :v' };
    await engine.call('UpdateItem', {
      TableName: 'records',
      Key: key('a'),
      UpdateExpression: 'SET finished = :false',
      ...named,
      ExpressionAttributeValues: { ':v': same, ':false': { BOOL: false }, ':two': { N: '2' } },
    });
    expect(await get('a')).toMatchObject({ finished: { BOOL: false } });
  });
});
