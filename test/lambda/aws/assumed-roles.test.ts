/** Roles of other accounts: by the local STS, which proves signatures and policies, and by answers that are not what they should be. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AssumeRole, createAssumedRoles } from '../../../lambda/aws/assumed-roles';
import { createSigV4Signer } from '../../../lambda/aws/signing';
import { createTransport } from '../../../lambda/platform/http/transport';
import { systemClock } from '../../../lambda/platform/runtime/clock';
import { type AwsEndpoint, startAwsEndpoint } from '../../../local/aws/endpoint';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';

const place = { region: 'us-east-1', account: '123456789012' };
const ROLE = 'arn:aws:iam::444455556666:role/llm';
const GUARDED = 'arn:aws:iam::444455556666:role/guarded';
const own = { accessKeyId: 'PROXY', secretAccessKey: 'a secret', sessionToken: 'a token' };
const transport = createTransport();

let dynamodb: DynamoDbEngine;
let aws: AwsEndpoint;

beforeAll(async () => {
  dynamodb = await openDynamoDb(place);
  const statements = [
    { Effect: 'Allow' as const, Action: 'sts:AssumeRole', Resource: ROLE },
    { Effect: 'Allow' as const, Action: 'sts:AssumeRole', Resource: GUARDED, Condition: { StringEquals: { 'sts:ExternalId': ['ours'] } } },
  ];
  const principal = { id: 'Proxy', arn: 'arn:aws:sts::123456789012:assumed-role/proxy/proxy', statements };
  const callers = (id: string) => (id === 'PROXY' ? { principal, credentials: own, invocation: () => undefined } : undefined);
  aws = await startAwsEndpoint({ ...place, dynamodb, callers, bedrock: { credentials: async () => undefined } });
});

afterAll(async () => {
  transport.close();
  await aws.close();
  await dynamodb.close();
});

function roles(endpoint: string, now = systemClock.now): AssumeRole {
  const clock = { ...systemClock, now };
  return createAssumedRoles({
    transport,
    signer: createSigV4Signer(systemClock),
    credentials: async () => own,
    region: place.region,
    endpoint,
    clock,
  });
}

test('the role is taken on with credentials of its own, which open Bedrock and nothing else', async () => {
  const credentials = await roles(aws.url)({ arn: ROLE });
  const signer = createSigV4Signer(systemClock);
  const call = async (service: string, path: string, headers: Record<string, string> = {}) => {
    const request = { method: 'POST' as const, origin: aws.url, path, headers, body: Buffer.from('{}') };
    const signed = signer.sign(request, credentials, service, place.region);
    return fetch(`${aws.url}${path}`, { method: 'POST', headers: { ...headers, ...signed } as Record<string, string>, body: '{}' });
  };

  const model = await call('bedrock', '/model/anthropic.claude/converse');
  const table = await call('dynamodb', '/', {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.ListTables',
  });

  // Allowed; only that nobody's own credentials are at hand to make the call with.
  expect(await model.text()).toContain('found no AWS credentials of yours');
  expect(await table.text()).toContain('AccessDenied');
});

test('an external id is told, and a role that is not the gateway’s to take on is refused', async () => {
  const assume = roles(aws.url);

  await expect(assume({ arn: GUARDED, externalId: 'ours' })).resolves.toMatchObject({ sessionToken: expect.any(String) });
  await expect(roles(aws.url)({ arn: GUARDED })).rejects.toMatchObject({ code: 'upstream_auth', cause: { name: 'AccessDenied' } });
  await expect(assume({ arn: 'arn:aws:iam::444455556666:role/other' })).rejects.toMatchObject({ code: 'upstream_auth' });
});

describe('of answers that a script gives', () => {
  let server: Server;
  let asked: number;
  let answers: (number: number) => { readonly status?: number; readonly body: string };

  beforeEach(async () => {
    asked = 0;
    server = createServer((request, response) => {
      request.resume();
      asked += 1;
      const { status = 200, body } = answers(asked);
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });

  afterEach(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issued = (number: number, expiration: string) =>
    `<Credentials><AccessKeyId>A${number}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials>`;

  test('they are kept, shared by calls at the same time, and renewed five minutes before they expire', async () => {
    let now = Date.parse('2026-11-30T10:00:00Z');
    answers = (number) => ({ body: issued(number, new Date(now + 3_600_000).toISOString()) });
    const assume = roles(url(), () => now);

    const first = await Promise.all([assume({ arn: ROLE }), assume({ arn: ROLE })]);
    now += 54 * 60_000;
    const kept = await assume({ arn: ROLE });
    now += 2 * 60_000;
    const renewed = await assume({ arn: ROLE });

    expect([...first, kept, renewed].map(({ accessKeyId }) => accessKeyId)).toEqual(['A1', 'A1', 'A1', 'A2']);
    expect(asked).toBe(2);
  });

  test('while AWS does not answer those that still hold are used', async () => {
    let now = Date.parse('2026-11-30T10:00:00Z');
    answers = (number) => (number === 1 ? { body: issued(1, new Date(now + 3_600_000).toISOString()) } : { status: 503, body: '' });
    const assume = roles(url(), () => now);
    await assume({ arn: ROLE });

    now += 57 * 60_000;
    expect(await assume({ arn: ROLE })).toMatchObject({ accessKeyId: 'A1' });
    now += 5 * 60_000;
    await expect(assume({ arn: ROLE })).rejects.toMatchObject({ code: 'upstream_auth' });
  });

  test.each([
    ['no credentials', '<AssumeRoleResponse/>'],
    ['no end', '<AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>'],
    ['white space in a credential', issued(1, '2026-11-30T11:00:00Z').replace('A1', 'A 1')],
    ['nothing', ''],
  ])('an answer that holds %s is refused, and shows nothing of it', async (_what, body) => {
    answers = () => ({ body });

    const refused = await roles(url())({ arn: ROLE }).catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: 'upstream_auth', message: "AWS did not give the gateway the role of the provider's account." });
  });
});
