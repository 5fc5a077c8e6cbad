import { createHash } from 'node:crypto';
import { createSigV4Signer } from '../../../lambda/aws/signing/sigv4';
import { systemClock } from '../../../lambda/platform/runtime/clock';
import type { Principal } from '../../../local/aws/authorizer';
import { Callers } from '../../../local/aws/callers';
import { type AwsEndpoint, startAwsEndpoint } from '../../../local/aws/endpoint';
import { createObjects } from '../../../local/aws/objects';
import { openSecrets } from '../../../local/aws/secrets';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';
import { type RawAnswer, sendRaw } from '../../support/raw-http';

/** The stand-in as another user of the machine, or a page in the developer's browser, meets it: by raw bytes to its port. */

const place = { region: 'us-east-1', account: '000000000000' };
const PROVIDER_KEY = 'sk-the-developers-own';
const ROLE = 'arn:aws:iam::000000000000:role/Stack-Proxy';
const principal: Principal = {
  id: 'Proxy',
  arn: 'arn:aws:sts::000000000000:assumed-role/Stack-Proxy/proxy',
  statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};
const callers = new Callers();
const lease = callers.admit(principal);

let dynamodb: DynamoDbEngine;
let endpoint: AwsEndpoint;
let port: number;

beforeAll(async () => {
  dynamodb = await openDynamoDb(place);
  const secrets = openSecrets({ ...place, values: { 'openai-k': PROVIDER_KEY } });
  secrets.create({ name: 'openai-k' });
  const objects = createObjects();
  objects.create('archive');
  const bedrock = { credentials: async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'own' }), origin: () => 'http://127.0.0.1:1' };
  endpoint = await startAwsEndpoint({ ...place, dynamodb, secrets, objects, bedrock, callers: (accessKeyId) => callers.find(accessKeyId) });
  port = Number(new URL(endpoint.url).port);
});

afterAll(async () => {
  await endpoint.close();
  await dynamodb.close();
});

/** A call of each service that a caller with every permission may make. */
const CALLS = {
  secretsmanager: {
    method: 'POST',
    target: '/',
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: '{"SecretId":"openai-k"}',
  },
  dynamodb: { method: 'POST', target: '/', headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body: '{}' },
  sqs: { method: 'POST', target: '/', headers: { 'x-amz-target': 'AmazonSQS.GetQueueUrl' }, body: '{"QueueName":"q"}' },
  events: { method: 'POST', target: '/', headers: { 'x-amz-target': 'AWSEvents.PutEvents' }, body: '{"Entries":[{"Detail":"{}"}]}' },
  sns: { method: 'POST', target: '/', headers: {}, body: 'Action=Publish&TopicArn=t&Message=m' },
  s3: { method: 'GET', target: '/archive/x', headers: {}, body: '' },
  bedrock: { method: 'POST', target: '/model/m/converse', headers: {}, body: '{}' },
  sts: { method: 'POST', target: '/', headers: {}, body: 'Action=GetCallerIdentity&Version=2011-06-15' },
} as const;
type Service = keyof typeof CALLS;
const SERVICES = Object.keys(CALLS) as Service[];

interface Attack {
  readonly host?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly change?: (lines: string[]) => string[];
}

function send(
  service: Service,
  { host = `127.0.0.1:${port}`, credentials = lease.credentials, change = (lines) => lines }: Attack = {},
): Promise<RawAnswer> {
  const { method, target, headers, body } = CALLS[service];
  const signed = createSigV4Signer(systemClock).sign(
    { method, origin: `http://${host}`, path: target, headers, body: Buffer.from(body) },
    credentials,
    service,
    place.region,
  );
  const fields = Object.entries({ ...headers, ...signed }).map(([name, value]) => `${name}: ${value}`);
  return sendRaw(port, change([`${method} ${target} HTTP/1.1`, `host: ${host}`, `content-length: ${body.length}`, ...fields]), body);
}

const refused = { status: 403, text: expect.not.stringContaining(PROVIDER_KEY) };

test('the developer’s own function gets its answer', async () => {
  expect(await send('secretsmanager')).toMatchObject({ status: 200, text: expect.stringContaining(PROVIDER_KEY) });
});

test('R08 sec-07: an access key made from the role’s name opens nothing, whatever the host', async () => {
  const digest = createHash('sha256').update(ROLE).digest('hex');
  const accessKeyId = `ASIA${digest.slice(0, 16).toUpperCase()}`;
  const guessed = { accessKeyId, secretAccessKey: digest.slice(16, 56), sessionToken: `local-${digest.slice(56)}` };
  const { body, headers } = CALLS.secretsmanager;
  const authorization = `authorization: AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=00`;
  const target = `x-amz-target: ${headers['x-amz-target']}`;

  for (const host of ['evil.example', `127.0.0.1:${port}`]) {
    const lines = ['POST / HTTP/1.1', `host: ${host}`, target, authorization, `content-length: ${body.length}`];
    expect(await sendRaw(port, lines, body)).toEqual(refused);
  }
  expect(await send('secretsmanager', { credentials: guessed })).toEqual(refused);
});

test('R08 credentials are random, of full length, and end with their lease', async () => {
  const leases = Array.from({ length: 50 }, () => callers.admit(principal));
  const ended = callers.admit(principal);
  ended.end();

  expect(new Set(leases.flatMap(({ credentials }) => Object.values(credentials))).size).toBe(150);
  for (const { credentials } of leases) expect(Buffer.from(credentials.secretAccessKey, 'base64')).toHaveLength(30);
  expect(await send('secretsmanager', { credentials: (leases[0] as typeof lease).credentials })).toMatchObject({ status: 200 });
  expect(await send('secretsmanager', { credentials: ended.credentials })).toEqual(refused);
});

describe.each(SERVICES)('%s', (service) => {
  test('R08 refuses a known access key without its secret', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = lease.credentials;

    expect(await send(service, { credentials: { accessKeyId, sessionToken, secretAccessKey: 'guessed' } })).toEqual(refused);
    expect(await send(service, { credentials: { accessKeyId, sessionToken: 'guessed', secretAccessKey } })).toEqual(refused);
    expect(await send(service, { credentials: { accessKeyId, secretAccessKey } })).toEqual(refused);
  });

  test('R08 refuses what is unsigned, half signed, or signed in the URL', async () => {
    const without = (name: RegExp) => (lines: string[]) => lines.filter((line) => !name.test(line));
    const inUrl = (lines: string[]): string[] =>
      [...lines].map((line, index) =>
        index === 0
          ? line.replace(/ HTTP/, `?X-Amz-Credential=${lease.credentials.accessKeyId}&X-Amz-Signature=${'0'.repeat(64)} HTTP`)
          : line,
      );

    for (const change of [without(/^authorization/), without(/^x-amz-date/), without(/^x-amz-security-token/), inUrl]) {
      expect(await send(service, { change })).toEqual(refused);
    }
    expect(await send(service, { change: (lines) => inUrl(without(/^authorization/)(lines)) })).toEqual(refused);
  });

  test('R08 refuses a good signature that came under another name (DNS rebinding)', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1:${port + 1}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${port}`,
      `127.0.0.1:${port}.evil`,
    ]) {
      expect(await send(service, { host })).toEqual(refused);
    }
    expect((await send(service, { host: `localhost:${port}` })).status).not.toBe(403);
    expect((await send(service, { host: `LOCALHOST:${port}` })).status).not.toBe(403);
  });
});

test('R08 no trick with the request line or the header changes who is meant', async () => {
  const tricks: ((lines: string[]) => string[])[] = [
    ([, ...rest]) => [`POST http://evil.example/ HTTP/1.1`, ...rest],
    ([, ...rest]) => ['POST //evil.example/ HTTP/1.1', ...rest],
    (lines) => [...lines, 'host: evil.example'],
    (lines) => [lines[0] as string, 'host: evil.example', ...lines.slice(1)],
    (lines) => [(lines[0] as string).replace('1.1', '1.0'), ...lines.filter((line) => !line.startsWith('host'))],
    (lines) => lines.map((line) => (line.startsWith('x-amz-target') ? 'x-amz-target: secretsmanager.PutSecretValue' : line)),
    (lines) => lines.map((line) => line.replace('secretsmanager/aws4_request', 'dynamodb/aws4_request')),
  ];

  for (const change of tricks) {
    const { status, text } = await send('secretsmanager', { change });
    expect([400, 403]).toContain(status);
    expect(text).not.toContain(PROVIDER_KEY);
  }
});

test('R08 a page of another site gets no leave to read', async () => {
  const preflight = [
    'OPTIONS / HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    'origin: https://evil.example',
    'access-control-request-method: POST',
  ];

  const answer = await sendRaw(port, preflight);

  expect(answer.status).toBe(403);
  expect(answer.text.toLowerCase()).not.toContain('access-control-');
});

test('R08 who is not known is refused before its body is read', async () => {
  const lines = ['POST / HTTP/1.1', `host: 127.0.0.1:${port}`, 'content-length: 1000000000'];

  const answer = await sendRaw(port, lines, 'a first byte');

  expect(answer.status).toBe(403);
  expect(answer.text.toLowerCase()).toContain('connection: close');
});
