import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { createSigV4Signer } from '../../../lambda/aws/signing/sigv4';
import { systemClock } from '../../../lambda/platform/runtime/clock';
import type { Principal } from '../../../local/aws/authorizer';
import { type AwsEndpoint, startAwsEndpoint } from '../../../local/aws/endpoint';
import { createEvents, type Events } from '../../../local/aws/events';
import { createObjects, type Objects } from '../../../local/aws/objects';
import { createQueues, type Queues } from '../../../local/aws/queues';
import { openSecrets, type Secrets } from '../../../local/aws/secrets';
import { AwsError } from '../../../local/aws/service';
import { createTopics, type Topics } from '../../../local/aws/topics';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';

const place = { region: 'us-east-1', account: '123456789012' };
const TABLE_ARN = 'arn:aws:dynamodb:us-east-1:123456789012:table/counters';
const PROFILE_ARN = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.model-v1:0';

const root: Principal = {
  id: 'Root',
  arn: 'arn:aws:sts::123456789012:assumed-role/tester/tester',
  statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};
const proxy: Principal = {
  id: 'Proxy',
  arn: 'arn:aws:sts::123456789012:assumed-role/proxy-role/proxy',
  statements: [
    { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], Resource: TABLE_ARN },
    { Effect: 'Allow', Action: 'dynamodb:Query', Resource: `${TABLE_ARN}/index/by-kind` },
    { Effect: 'Allow', Action: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'], Resource: PROFILE_ARN },
    {
      Effect: 'Allow',
      Action: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
      Resource: 'arn:aws:bedrock:us-*::foundation-model/anthropic.model-v1:0',
      Condition: { StringLike: { 'bedrock:InferenceProfileArn': [PROFILE_ARN] } },
    },
  ],
};

let dynamodb: DynamoDbEngine;
let secrets: Secrets;
let queues: Queues;
let events: Events;
let topics: Topics;
let objects: Objects;
let endpoint: AwsEndpoint;
let denied: string[];
let encrypted: Principal = root;
let bedrockOrigin = 'http://127.0.0.1:1';
let ownCredentials: { accessKeyId: string; secretAccessKey: string } | undefined;

beforeAll(async () => {
  dynamodb = await openDynamoDb(place);
  await dynamodb.createTable({
    TableName: 'counters',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: ['pk', 'kind'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      { IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
    ],
  });
  secrets = openSecrets({ ...place, values: { given: 'by hand' } });
  queues = createQueues(place);
  events = createEvents(place);
  topics = createTopics();
  objects = createObjects();
  endpoint = await startAwsEndpoint({
    ...place,
    dynamodb,
    secrets,
    queues,
    events,
    topics,
    objects,
    bedrock: { origin: () => bedrockOrigin, credentials: async () => ownCredentials, onNoCredentials: (advice) => denied.push(advice) },
    callers: (accessKeyId) => {
      const principal = new Map([
        ['ROOT', root],
        ['PROXY', proxy],
        ['ENCRYPTED', encrypted],
      ]).get(accessKeyId);
      return principal === undefined ? undefined : { principal, credentials: credentialsOf(accessKeyId), invocation: () => undefined };
    },
    onDenied: (advice) => denied.push(advice),
  });
});

beforeEach(() => {
  denied = [];
});

afterAll(async () => {
  await endpoint.close();
  await dynamodb.close();
});

const credentialsOf = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: 'a secret', sessionToken: `token of ${accessKeyId}` });

/** Configured as a function's clients are: by the variables that the SDK reads, here as their options. */
const settings = (accessKeyId = 'ROOT') => ({
  region: place.region,
  endpoint: endpoint.url,
  credentials: credentialsOf(accessKeyId),
  maxAttempts: 1,
});

/** A signed request without an SDK. */
function call(
  service: string,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body: string,
  headers: Record<string, string> = {},
  accessKeyId = 'ROOT',
) {
  const signature = createSigV4Signer(systemClock).sign(
    { method: method as 'GET' | 'POST', origin: endpoint.url, path, headers, body: Buffer.from(body) },
    credentialsOf(accessKeyId),
    service,
    place.region,
  );
  return raw(method, path, body, { ...headers, ...signature });
}

function raw(method: string, path: string, body: string | Buffer, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const outgoing = request(`${endpoint.url}${path}`, { method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('DynamoDB through the SDK', () => {
  test('items are updated, read and queried by index', async () => {
    const client = new DynamoDBClient(settings());

    await client.send(
      new PutItemCommand({ TableName: 'counters', Item: { pk: { S: 'a' }, kind: { S: 'key' }, data: { B: Buffer.from([0, 255]) } } }),
    );
    const updated = await client.send(
      new UpdateItemCommand({
        TableName: TABLE_ARN,
        Key: { pk: { S: 'a' } },
        UpdateExpression: 'ADD spent :amount',
        ExpressionAttributeValues: { ':amount': { N: '12345678901234567890' } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    const found = await client.send(
      new QueryCommand({
        TableName: 'counters',
        IndexName: 'by-kind',
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': { S: 'key' } },
      }),
    );
    const batch = await client.send(new BatchGetItemCommand({ RequestItems: { counters: { Keys: [{ pk: { S: 'a' } }] } } }));

    expect(updated.Attributes?.spent).toEqual({ N: '12345678901234567890' });
    expect(found.Items?.[0]?.data?.B).toEqual(new Uint8Array([0, 255]));
    expect(batch.Responses?.counters).toHaveLength(1);
    client.destroy();
  });

  test('a refused condition and a cancelled transaction arrive as the SDK knows them', async () => {
    const client = new DynamoDBClient(settings());
    const put = { TableName: 'counters', Item: { pk: { S: 'taken' } } };
    await client.send(new PutItemCommand(put));
    const once = { ...put, ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };

    const refused = await client.send(new PutItemCommand(once)).catch((error: unknown) => error);
    const cancelled = await client
      .send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { ...put, Item: { pk: { S: 'free' } } } }, { Put: once }] }))
      .catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(ConditionalCheckFailedException);
    expect((refused as ConditionalCheckFailedException).Item).toEqual({ pk: { S: 'taken' } });
    expect(cancelled).toBeInstanceOf(TransactionCanceledException);
    expect((cancelled as TransactionCanceledException).CancellationReasons).toMatchObject([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'taken' } } },
    ]);
    expect((await client.send(new GetItemCommand({ TableName: 'counters', Key: { pk: { S: 'free' } } }))).Item).toBeUndefined();
    client.destroy();
  });
});

describe('Secrets Manager through the SDK', () => {
  test('values given, generated and rotated', async () => {
    const client = new SecretsManagerClient(settings());
    secrets.create({ name: 'given', GenerateSecretString: {} });
    const arn = secrets.create({
      name: 'pepper',
      GenerateSecretString: {
        SecretStringTemplate: '{"version":"1"}',
        GenerateStringKey: '1',
        PasswordLength: 64,
        ExcludePunctuation: true,
      },
    });

    const given = await client.send(new GetSecretValueCommand({ SecretId: 'given' }));
    const before = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: 'rotated' }));
    const after = await client.send(new GetSecretValueCommand({ SecretId: 'pepper', VersionStage: 'AWSCURRENT' }));
    const previous = await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: 'AWSPREVIOUS' }));

    expect(given.SecretString).toBe('by hand');
    expect(JSON.parse(before.SecretString ?? '')).toEqual({ version: '1', 1: expect.stringMatching(/^[A-Za-z0-9]{64}$/) });
    expect(after).toMatchObject({ ARN: arn, Name: 'pepper', SecretString: 'rotated' });
    expect(previous.SecretString).toBe(before.SecretString);
    client.destroy();
  });

  test('fails for a secret that is not there', async () => {
    const client = new SecretsManagerClient(settings());

    await expect(client.send(new GetSecretValueCommand({ SecretId: 'absent' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
    client.destroy();
  });
});

describe('SQS through the SDK', () => {
  test('messages are sent, received once, and gone when deleted', async () => {
    const client = new SQSClient(settings());
    queues.create({ name: 'settlements' });
    const QueueUrl = endpoint.queueUrl('settlements');
    const attribute = { kind: { DataType: 'String', StringValue: 'x' } };

    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one', MessageAttributes: attribute }));
    await client.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: ['two', 'three'].map((body) => ({ Id: body, MessageBody: body })) }),
    );
    const received = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
    const hidden = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    const entries = (received.Messages ?? []).map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));

    expect(received.Messages?.map(({ Body }) => Body)).toEqual(['one', 'two', 'three']);
    expect(received.Messages?.[0]?.MessageAttributes).toMatchObject(attribute);
    expect(hidden.Messages).toBeUndefined();
    expect(queues.size('settlements')).toBe(0);
    client.destroy();
  });

  test('a client that knows only AWS_ENDPOINT_URL reaches the queue by its URL', async () => {
    process.env.AWS_ENDPOINT_URL = endpoint.url;
    const client = new SQSClient({ region: place.region, credentials: settings().credentials });
    queues.create({ name: 'by-environment' });

    await client.send(new SendMessageCommand({ QueueUrl: endpoint.queueUrl('by-environment'), MessageBody: 'x' }));

    expect(queues.size('by-environment')).toBe(1);
    delete process.env.AWS_ENDPOINT_URL;
    client.destroy();
  });

  test('fails for a queue that is not there', async () => {
    const client = new SQSClient(settings());

    await expect(client.send(new SendMessageCommand({ QueueUrl: endpoint.queueUrl('absent'), MessageBody: 'x' }))).rejects.toMatchObject({
      name: expect.stringMatching(/QueueDoesNotExist/),
    });
    client.destroy();
  });
});

test('EventBridge through the SDK: events are remembered by bus, malformed ones reported', async () => {
  const client = new EventBridgeClient(settings());
  const heard: unknown[] = [];
  events.onEvent(({ bus }) => heard.push(bus));
  const entry = { EventBusName: 'governance', Source: 'llm-gateway', DetailType: 'budget-exceeded' };

  const answer = await client.send(
    new PutEventsCommand({
      Entries: [
        { ...entry, Detail: '{"key":"k1"}' },
        { ...entry, Detail: 'no' },
      ],
    }),
  );

  expect(answer.FailedEntryCount).toBe(1);
  expect(events.published).toEqual([expect.objectContaining({ bus: 'governance', detailType: 'budget-exceeded', detail: { key: 'k1' } })]);
  expect(heard).toEqual(['governance']);
  client.destroy();
});

test('SNS over the query protocol: messages are remembered', async () => {
  const form = 'Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3Aalarms&Subject=Hi&Message=a+%26+b';

  const answer = await call('sns', 'POST', '/', form, { 'content-type': 'application/x-www-form-urlencoded' });

  expect(answer.status).toBe(200);
  expect(answer.body).toMatch(/<MessageId>[0-9a-f-]{36}<\/MessageId>/);
  expect(topics.published).toEqual([expect.objectContaining({ subject: 'Hi', message: 'a & b' })]);
});

test('S3: objects are put, read and missed', async () => {
  objects.create('archive');

  await call('s3', 'PUT', '/archive/a/b-c.json', '{}', { 'content-type': 'application/json' });
  const read = await call('s3', 'GET', '/archive/a/b-c.json', '');
  const missed = await call('s3', 'GET', '/archive/absent', '');

  expect(read).toMatchObject({ status: 200, body: '{}', headers: { 'content-type': 'application/json' } });
  expect(objects.read('archive', 'a/b-c.json')?.body.toString()).toBe('{}');
  expect(objects.keys('archive')).toEqual(['a/b-c.json']);
  expect(missed.status).toBe(404);
  expect(missed.body).toContain('<Code>NoSuchKey</Code>');
});

describe('permissions', () => {
  test('what the role does not allow is refused as AWS refuses it, and the missing statement is named', async () => {
    const client = new DynamoDBClient(settings('PROXY'));

    const refused = client.send(new PutItemCommand({ TableName: 'counters', Item: { pk: { S: 'x' } } }));

    await expect(refused).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        `User: ${proxy.arn} is not authorized to perform: dynamodb:PutItem on resource: ${TABLE_ARN} ` +
        'because no identity-based policy allows the dynamodb:PutItem action',
    });
    expect(denied).toEqual([
      `Proxy was refused dynamodb:PutItem on ${TABLE_ARN}: its role lacks the statement ` +
        `{"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"${TABLE_ARN}"}`,
    ]);
    expect((await dynamodb.call('GetItem', { TableName: 'counters', Key: { pk: { S: 'x' } } })).Item).toBeUndefined();
    client.destroy();
  });

  test('a transaction needs the permissions of its parts, a query that of its index', async () => {
    const client = new DynamoDBClient(settings('PROXY'));
    const key = { TableName: 'counters', Key: { pk: { S: 'b' } } };
    const update = { ...key, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '1' } } };
    const query = { TableName: 'counters', ExpressionAttributeValues: { ':v': { S: 'key' } } };

    await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: update }] }));
    await client.send(new QueryCommand({ ...query, IndexName: 'by-kind', KeyConditionExpression: 'kind = :v' }));
    const withDelete = client.send(
      new TransactWriteItemsCommand({ TransactItems: [{ Update: update }, { Delete: { ...key, Key: { pk: { S: 'c' } } } }] }),
    );
    const onTable = client.send(new QueryCommand({ ...query, KeyConditionExpression: 'pk = :v' }));

    await expect(withDelete).rejects.toThrow(/dynamodb:DeleteItem/);
    await expect(onTable).rejects.toThrow(/dynamodb:Query on resource: .*table\/counters because/);
    client.destroy();
  });

  test('what a customer’s key encrypts needs the key too', async () => {
    const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/key-1';
    await dynamodb.createTable({
      TableName: 'encrypted',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KMSMasterKeyId: 'key-1',
    });
    secrets.create({ name: 'encrypted', SecretString: 'x', KmsKeyId: keyArn });
    const keyless = [{ Effect: 'Allow' as const, Action: ['dynamodb:GetItem', 'secretsmanager:GetSecretValue'], Resource: '*' }];
    const get = new GetItemCommand({ TableName: 'encrypted', Key: { pk: { S: 'a' } } });
    const read = new GetSecretValueCommand({ SecretId: 'encrypted' });
    const [table, manager] = [new DynamoDBClient(settings('ENCRYPTED')), new SecretsManagerClient(settings('ENCRYPTED'))];

    encrypted = { ...proxy, id: 'Keyless', statements: keyless };
    await expect(table.send(get)).rejects.toThrow(`kms:Decrypt on resource: ${keyArn}`);
    await expect(manager.send(read)).rejects.toThrow(`kms:Decrypt on resource: ${keyArn}`);
    encrypted = { ...proxy, id: 'Keyholder', statements: [...keyless, { Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn }] };
    await table.send(get);
    expect((await manager.send(read)).SecretString).toBe('x');
    for (const client of [table, manager]) client.destroy();
  });

  test('every service answers a refusal in its own protocol', async () => {
    const nobody = settings('PROXY');
    const sqs = new SQSClient(nobody);
    const secretsManager = new SecretsManagerClient(nobody);
    const eventBridge = new EventBridgeClient(nobody);

    await expect(sqs.send(new SendMessageCommand({ QueueUrl: endpoint.queueUrl('settlements'), MessageBody: 'x' }))).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied/),
    });
    await expect(secretsManager.send(new GetSecretValueCommand({ SecretId: 'pepper' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(eventBridge.send(new PutEventsCommand({ Entries: [{ Detail: '{}' }] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(await call('sns', 'POST', '/', 'Action=Publish&TopicArn=t', {}, 'PROXY')).toMatchObject({ status: 403 });
    expect((await call('s3', 'GET', '/archive/streamed', '', {}, 'PROXY')).body).toContain('<Code>AccessDenied</Code>');
    for (const client of [sqs, secretsManager, eventBridge]) client.destroy();
  });

  test('an unknown access key and an unknown service are refused', async () => {
    const client = new DynamoDBClient(settings('STRANGER'));

    await expect(client.send(new GetItemCommand({ TableName: 'counters', Key: { pk: { S: 'a' } } }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    expect(await call('kinesis', 'POST', '/', '{}')).toMatchObject({
      status: 400,
      body: expect.stringContaining('does not stand in for kinesis'),
    });
    expect(await raw('GET', '/', '', {})).toMatchObject({ status: 403 });
    client.destroy();
  });

  test('the log names the statement that allowed each kind of call, and takes what AWS does in a role’s name', () => {
    const stream = { action: 'dynamodb:GetRecords', resource: `${TABLE_ARN}/stream/2026` };

    const refused = endpoint.authorize(proxy, [stream]);

    const used = endpoint.calls.filter(({ principal, allowed }) => principal === 'Proxy' && allowed);
    expect(used.map(({ action, statement }) => [action, statement])).toEqual([
      ['dynamodb:UpdateItem', 0],
      ['dynamodb:Query', 1],
    ]);
    expect(refused?.access).toEqual(stream);
    expect(endpoint.calls).toContainEqual(expect.objectContaining({ principal: 'Proxy', action: 'dynamodb:GetRecords', allowed: false }));
  });
});

describe('Bedrock', () => {
  const path = '/model/us.anthropic.model-v1%3A0/converse-stream';

  test('fails with what to set when the user has no credentials', async () => {
    ownCredentials = undefined;

    const answer = await call('bedrock', 'POST', path, '{}', {}, 'PROXY');

    expect(answer).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } });
    expect(answer.body).toMatch(/AWS_ACCESS_KEY_ID.*AWS_PROFILE/);
    expect(denied).toEqual([(JSON.parse(answer.body) as { message: string }).message]);
  });

  test('an allowed call is signed with the user’s credentials and streamed both ways', async () => {
    const seen: Record<string, unknown>[] = [];
    const upstream = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk) => {
        body += chunk;
      });
      incoming.on('end', () => {
        seen.push({ path: incoming.url, body, authorization: incoming.headers.authorization, type: incoming.headers['content-type'] });
        outgoing.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
        outgoing.write('first ');
        setImmediate(() => outgoing.end('second'));
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    bedrockOrigin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    ownCredentials = { accessKeyId: 'AKIAUSER', secretAccessKey: 'secret' };

    const answer = await call('bedrock', 'POST', path, '{"messages":[]}', { 'content-type': 'application/json' }, 'PROXY');

    expect(answer).toMatchObject({ status: 200, body: 'first second', headers: { 'content-type': 'application/vnd.amazon.eventstream' } });
    expect(seen).toEqual([
      {
        path,
        body: '{"messages":[]}',
        authorization: expect.stringMatching(/Credential=AKIAUSER\/\d{8}\/us-east-1\/bedrock\/aws4_request/),
        type: 'application/json',
      },
    ]);
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
  });

  test('a model that no statement names is refused before any call', async () => {
    const direct = await call('bedrock', 'POST', '/model/anthropic.model-v1%3A0/converse', '{}', {}, 'PROXY');
    const other = await call('bedrock', 'POST', '/model/us.meta.model/converse', '{}', {}, 'PROXY');

    expect(direct).toMatchObject({ status: 403, body: expect.stringContaining('foundation-model/anthropic.model-v1:0') });
    expect(other).toMatchObject({ status: 403, body: expect.stringContaining('inference-profile/us.meta.model') });
  });

  test('an object that the role may not read is refused before any call', async () => {
    const video = { format: 'mp4', source: { s3Location: { uri: 's3://payroll/a.mp4' } } };

    const answer = await call('bedrock', 'POST', path, JSON.stringify({ messages: [{ role: 'user', content: [{ video }] }] }), {}, 'PROXY');

    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('arn:aws:s3:::payroll/a.mp4') });
  });
});

describe('disturbances', () => {
  const key = { TableName: 'counters', Key: { pk: { S: 'disturbed' } } };
  const add = new UpdateItemCommand({ ...key, UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': { N: '1' } } });
  const count = async () => ((await dynamodb.call('GetItem', key)).Item as { n?: { N: string } } | undefined)?.n?.N;
  let client: DynamoDBClient;
  let stop: () => void = () => undefined;

  beforeEach(async () => {
    client = new DynamoDBClient(settings());
    await dynamodb.call('DeleteItem', key);
  });

  afterEach(() => {
    stop();
    client.destroy();
  });

  test('an error is answered in place of the call, for whom it is meant, until it stops', async () => {
    const error = new AwsError('ProvisionedThroughputExceededException', 'slow down');
    stop = endpoint.disturb(({ principal, accesses }) =>
      principal === 'Root' && accesses.some(({ action }) => action === 'dynamodb:UpdateItem') ? { error } : undefined,
    );

    await expect(client.send(add)).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    await client.send(new GetItemCommand(key));
    expect(await count()).toBeUndefined();
    stop();
    await client.send(add);
    expect(await count()).toBe('1');
  });

  test('a lost answer leaves the write undone or done, as told', async () => {
    stop = endpoint.disturb(() => ({ lost: 'before' }));
    await expect(client.send(add)).rejects.toThrow();
    expect(await count()).toBeUndefined();

    stop();
    stop = endpoint.disturb(() => ({ lost: 'after' }));
    await expect(client.send(add)).rejects.toThrow();
    expect(await count()).toBe('1');
  });

  test.each(['cut', 'hang'] as const)('R16 a refusal is an answer, and is lost like any other: %s', async (manner) => {
    stop = endpoint.disturb(() => ({ lost: 'after', manner }));
    const condition = { ...key, ConditionExpression: 'attribute_exists(pk)' };
    const part = { ...condition, UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': { N: '1' } } };
    const calls = [
      new UpdateItemCommand(part),
      new TransactWriteItemsCommand({ TransactItems: [{ Update: part }] }),
      new GetItemCommand({ ...key, TableName: 'absent' }),
    ];

    for (const one of calls) {
      const error = await client.send(one as UpdateItemCommand, { abortSignal: AbortSignal.timeout(300) }).then(
        () => undefined,
        (reason: Error) => reason.name,
      );
      expect(error).not.toMatch(/ConditionalCheckFailed|TransactionCanceled|ResourceNotFound|undefined/);
    }
    expect(await count()).toBeUndefined();
  });

  test('a hanging call ends when its caller gives up', async () => {
    stop = endpoint.disturb(() => ({ lost: 'before', manner: 'hang' }));
    const abort = new AbortController();
    const hanging = client.send(add, { abortSignal: abort.signal });
    abort.abort();

    await expect(hanging).rejects.toMatchObject({ name: 'AbortError' });
    expect(await count()).toBeUndefined();
  });
});
