import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createAwsJsonCall } from '../../../lambda/aws/aws-json';
import type { DynamoDbConnector } from '../../../lambda/aws/dynamodb/dynamodb';
import { createLeanDynamoDb } from '../../../lambda/aws/dynamodb/dynamodb-lean';
import { createPageStore } from '../../../lambda/aws/dynamodb/pages';
import { createSdkDynamoDb } from '../../../lambda/aws/dynamodb-sdk';
import { createSigV4Signer } from '../../../lambda/aws/signing/sigv4';
import type { PageEntry, PageTake } from '../../../lambda/money/ports';
import { createTransport } from '../../../lambda/platform/http/transport';
import { systemClock } from '../../../lambda/platform/runtime/clock';
import { reply, type Step, startUpstream, type Upstream } from '../../support/upstream';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
let table: Upstream;
let transport: ReturnType<typeof createTransport>;
let client: DynamoDBClient;
let lean: DynamoDbConnector;
let sdk: DynamoDbConnector;

beforeEach(async () => {
  table = await startUpstream();
  transport = createTransport();
  client = new DynamoDBClient({ region: 'us-east-1', endpoint: table.origin, credentials, maxAttempts: 1 });
  lean = createLeanDynamoDb(
    createAwsJsonCall({ transport, signer: createSigV4Signer(systemClock), credentials: async () => credentials, region: 'us-east-1' }),
    table.origin,
  );
  sdk = createSdkDynamoDb(client);
});

afterEach(async () => {
  transport.close();
  client.destroy();
  await table.close();
});

const answer = (status: number, body: object): Step[] =>
  reply(status, { 'content-type': 'application/x-amz-json-1.0' }, JSON.stringify(body));
const key = { pk: { S: 'a' } };

const CALLS: readonly [string, (connector: DynamoDbConnector) => Promise<unknown>][] = [
  ['GetItem', (connector) => connector.getItem({ TableName: 't', Key: key, ConsistentRead: true })],
  [
    'PutItem',
    (connector) => connector.putItem({ TableName: 't', Item: { ...key, n: { N: '1' }, l: { L: [{ BOOL: true }, { NULL: true }] } } }),
  ],
  [
    'UpdateItem',
    (connector) =>
      connector.updateItem({
        TableName: 't',
        Key: key,
        UpdateExpression: 'SET #a = :a',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#a': 'a' },
        ExpressionAttributeValues: { ':a': { M: { x: { SS: ['y'] } } } },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
  ],
  ['DeleteItem', (connector) => connector.deleteItem({ TableName: 't', Key: key })],
  [
    'Query',
    (connector) => connector.query({ TableName: 't', IndexName: 'i', KeyConditionExpression: 'a = :a', Limit: 3, ScanIndexForward: false }),
  ],
  ['Scan', (connector) => connector.scan({ TableName: 't', ExclusiveStartKey: key })],
  ['TransactWriteItems', (connector) => connector.transactWriteItems({ TransactItems: [{ Put: { TableName: 't', Item: key } }] })],
];

test.each(CALLS)('%s is the same call and gives the same answer as through the SDK', async (operation, call) => {
  table.script(answer(200, { Item: { ...key, m: { M: {} } }, Items: [key], Attributes: key, Count: 1 }));

  const own = (await call(lean)) as Record<string, unknown>;
  const theirs = (await call(sdk)) as Record<string, unknown>;

  const [first, second] = table.requests;
  // The SDK adds a token so that it may retry; nothing here retries.
  const { ClientRequestToken: _token, ...sent } = JSON.parse(second?.body.toString() ?? '');
  expect(JSON.parse(first?.body.toString() ?? '')).toEqual(sent);
  for (const header of ['x-amz-target', 'content-type']) expect(first?.headers[header]).toBe(second?.headers[header]);
  expect(first?.headers['x-amz-target']).toBe(`DynamoDB_20120810.${operation}`);
  expect(first?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/dynamodb\/aws4_request/);
  expect(first?.headers['x-amz-security-token']).toBe('token');
  const known = Object.fromEntries(Object.entries(theirs).filter(([name, value]) => name !== '$metadata' && value !== undefined));
  expect(own).toMatchObject(known);
});

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: Error & { Item?: unknown; CancellationReasons?: unknown }) => ({
      name: error.name,
      Item: error.Item,
      reasons: error.CancellationReasons,
    }),
  );

test.each([
  [400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'no', Item: { pk: { S: 'a' } } }],
  [400, { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', message: 'slow' }],
  [400, { __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException', message: 'x', CancellationReasons: [{ Code: 'None' }] }],
  [400, { __type: 'com.amazon.coral.availability#ThrottlingException', message: 'slow' }],
  [500, { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'x' }],
])('an error of %i %j is the SDK’s error', async (status, body) => {
  table.script(answer(status, body));
  const call = (connector: DynamoDbConnector) => failureOf(connector.updateItem({ TableName: 't', Key: key }));

  expect(await call(lean)).toEqual(await call(sdk));
  expect(table.requests).toHaveLength(2);
});

test('without an answer both time out', async () => {
  table.script([{ hang: true }]);
  const call = (connector: DynamoDbConnector) => failureOf(connector.getItem({ TableName: 't', Key: key }, { timeoutMs: 40 }));

  expect([(await call(lean))?.name, (await call(sdk))?.name]).toEqual(['TimeoutError', 'TimeoutError']);
});

describe('a kept connection that is reset', () => {
  const LOST: Step[] = [{ reset: true }];
  const targets = () => table.requests.map(({ headers }) => headers['x-amz-target']?.toString().split('.')[1]);

  test('is replaced for a call that may be repeated', async () => {
    table.script((_seen, number) => (number === 2 ? LOST : answer(200, { Item: key })));
    await lean.getItem({ TableName: 't', Key: key });

    expect(await lean.getItem({ TableName: 't', Key: key })).toEqual({ Item: key });
    expect(targets()).toEqual(['GetItem', 'GetItem', 'GetItem']);
  });

  test('R20 leaves a reserve unheard: it may have been applied, and a copy that comes late would be charged once more', async () => {
    table.script((_seen, number) => (number === 2 ? LOST : answer(200, { Attributes: key })));
    const pages = createPageStore(lean, 't');
    const take: PageTake = {
      ...{ key: 'page#key#k#*', generation: 1, seenGeneration: 1, nanoUsd: 5n, periods: [], marks: [], tokens: [] },
      ...{ slot: undefined, dueMs: 0 },
    };
    const entry: PageEntry = { nanoUsd: 5n, heardByMs: 0, expiresAtMs: 0, starts: {}, slot: false, tokens: {} };
    const reserve = (shown: PageTake) => pages.reserve(shown, 'attempt', entry, 1_000);

    expect(await reserve(take)).toMatchObject({ kind: 'reserved' });
    expect(await reserve(take)).toMatchObject({ kind: 'missing' });
    expect(targets()).toEqual(['UpdateItem', 'UpdateItem']);

    // The put of a page that is not there likewise; and whoever tries again meets no connection that was used before.
    table.script((_seen, number) => (number === 4 ? LOST : answer(200, { Attributes: key })));
    expect(await reserve(take)).toMatchObject({ kind: 'reserved' });
    expect(await reserve({ ...take, seenGeneration: undefined })).toMatchObject({ kind: 'missing' });
    expect(targets()).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem', 'PutItem']);
    expect(table.requests.map(({ connection }) => connection)).toEqual([1, 1, 2, 2]);
  });
});
