import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';
import type { StreamRecord } from '../../../local/dynamodb/types';

let now = 1_800_000_000_000;
let engine: DynamoDbEngine;
let records: StreamRecord[];

beforeEach(async () => {
  engine = await openDynamoDb({ region: 'us-east-1', account: '123456789012', now: () => now });
  for (const name of ['counters', 'records']) {
    await engine.createTable({
      TableName: name,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: ['pk', 'kind'].map((attribute) => ({ AttributeName: attribute, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [
        { IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    engine.onRecords(name, (batch) => records.push(...batch));
  }
  records = [];
});

afterEach(() => engine.close());

const key = (pk: string) => ({ pk: { S: pk } });
const put = (pk: string, more: object = {}, table = 'counters') => ({
  Put: { TableName: table, Item: { ...key(pk), kind: { S: 'k' } }, ...more },
});
const add = (pk: string, amount: string, more: object = {}) => ({
  Update: {
    TableName: 'counters',
    Key: key(pk),
    UpdateExpression: 'ADD n :n',
    ExpressionAttributeValues: { ':n': { N: amount } },
    ...more,
  },
});
const transact = (TransactItems: object[], more: object = {}) => engine.call('TransactWriteItems', { TransactItems, ...more });
const get = async (pk: string, table = 'counters') => (await engine.call('GetItem', { TableName: table, Key: key(pk) })).Item;

test('all kinds of write over two tables happen together, one stream record each', async () => {
  await transact([put('gone'), put('checked')]);
  records.length = 0;

  await transact([
    put('a', {}, 'records'),
    add('b', '5'),
    { Delete: { TableName: 'counters', Key: key('gone') } },
    { ConditionCheck: { TableName: 'counters', Key: key('checked'), ConditionExpression: 'attribute_exists(pk)' } },
  ]);

  expect(await get('a', 'records')).toEqual({ ...key('a'), kind: { S: 'k' } });
  expect(await get('b')).toEqual({ ...key('b'), n: { N: '5' } });
  expect(await get('gone')).toBeUndefined();
  expect(records.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb.Keys.pk?.S}`).sort()).toEqual([
    'INSERT a',
    'INSERT b',
    'REMOVE gone',
  ]);
});

test('one refused part takes everything back, indexes included, and every part has its reason', async () => {
  await transact([put('taken', { Item: { ...key('taken'), n: { N: '7' } } })]);
  records.length = 0;

  const refused = transact([
    put('fresh'),
    put('taken', { ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    add('taken-not', '1', { ConditionExpression: 'attribute_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    { ConditionCheck: { TableName: 'counters', Key: key('absent'), ConditionExpression: 'attribute_exists(pk)' } },
    add('other', '1', { UpdateExpression: 'ADD kind.deep :n' }),
  ]);

  const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
  await expect(refused).rejects.toMatchObject({
    name: 'TransactionCanceledException',
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
      '[None, ConditionalCheckFailed, ConditionalCheckFailed, ConditionalCheckFailed, ValidationError]',
    body: {
      CancellationReasons: [
        { Code: 'None' },
        { ...failed, Item: { ...key('taken'), n: { N: '7' } } },
        failed,
        failed,
        { Code: 'ValidationError', Message: expect.stringContaining('IndexKey: kind') },
      ],
    },
  });
  expect(await get('fresh')).toBeUndefined();
  const query = { KeyConditionExpression: 'kind = :k', ExpressionAttributeValues: { ':k': { S: 'k' } } };
  expect((await engine.call('Query', { TableName: 'counters', IndexName: 'by-kind', ...query })).Count).toBe(0);
  expect(records).toEqual([]);
});

test('a repeated token does nothing more within ten minutes, and cannot be used for something else', async () => {
  const token = { ClientRequestToken: 'once' };

  await transact([add('a', '1')], token);
  await transact([add('a', '1')], token);
  const other = transact([add('a', '2')], token);

  await expect(other).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  expect(await get('a')).toMatchObject({ n: { N: '1' } });
  now += 600_001;
  await transact([add('a', '1')], token);
  expect(await get('a')).toMatchObject({ n: { N: '2' } });
});

test('a token whose transaction was cancelled may be tried again', async () => {
  const token = { ClientRequestToken: 'again' };
  const request = [add('a', '1', { ConditionExpression: 'attribute_exists(pk)' })];
  await expect(transact(request, token)).rejects.toMatchObject({ name: 'TransactionCanceledException' });
  await engine.call('PutItem', { TableName: 'counters', Item: key('a') });

  await transact(request, token);

  expect(await get('a')).toMatchObject({ n: { N: '1' } });
});

test('fails for two operations on one item, none at all, too many, or a table that is not there', async () => {
  await expect(transact([put('a'), add('a', '1')])).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'Transaction request cannot include multiple operations on one item',
  });
  await expect(transact([])).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(transact(Array.from({ length: 101 }, (_, index) => put(String(index))))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(transact([{}])).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(transact([put('a', {}, 'absent')])).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('reads see one moment', async () => {
  await transact([put('a'), put('b')]);

  const answer = await engine.call('TransactGetItems', {
    TransactItems: ['a', 'absent', 'b'].map((pk) => ({ Get: { TableName: 'counters', Key: key(pk), ProjectionExpression: 'pk' } })),
  });

  expect(answer.Responses).toEqual([{ Item: key('a') }, {}, { Item: key('b') }]);
});

test('a hundred parallel transfers neither make nor lose anything', async () => {
  await engine.call('PutItem', { TableName: 'counters', Item: { ...key('from'), n: { N: '60' } } });
  const transfer = () =>
    transact([
      add('from', '-1', { ConditionExpression: 'n > :zero', ExpressionAttributeValues: { ':n': { N: '-1' }, ':zero': { N: '0' } } }),
      add('to', '1'),
    ]);

  const answers = await Promise.allSettled(Array.from({ length: 100 }, transfer));

  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(60);
  expect([await get('from'), await get('to')]).toMatchObject([{ n: { N: '0' } }, { n: { N: '60' } }]);
});
