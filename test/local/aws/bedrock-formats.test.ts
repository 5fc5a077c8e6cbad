import { createSigV4Signer } from '../../../lambda/aws/signing/sigv4';
import { systemClock } from '../../../lambda/platform/runtime/clock';
import type { Principal } from '../../../local/aws/authorizer';
import { type AwsEndpoint, startAwsEndpoint } from '../../../local/aws/endpoint';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';
import { startUpstream, streamReply, type Upstream } from '../../support/upstream';

/** Calls of Bedrock whose bodies name the model: Responses, Chat Completions, Messages. */

const place = { region: 'us-east-1', account: '123456789012' };
const bedrock = (resource: string) => `arn:aws:bedrock:us-east-1:${resource}`;
const PROFILE = bedrock('123456789012:inference-profile/us.anthropic.model-v1:0');
const CALLS = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
const claude = [
  { Effect: 'Allow', Action: CALLS, Resource: PROFILE },
  {
    Effect: 'Allow',
    Action: CALLS,
    Resource: 'arn:aws:bedrock:us-*::foundation-model/anthropic.model-v1:0',
    Condition: { StringLike: { 'bedrock:InferenceProfileArn': [PROFILE] } },
  },
];
const gptWhole = [
  { Effect: 'Allow', Action: 'bedrock:InvokeModel', Resource: bedrock(':foundation-model/openai.gpt-oss-20b-1:0') },
  { Effect: 'Allow', Action: 'bedrock:InvokeModel', Resource: bedrock('123456789012:project/default') },
];
const proxy = { id: 'Proxy', arn: 'arn:aws:sts::123456789012:assumed-role/p/p', statements: [...claude, ...gptWhole] } as Principal;
const credentials = { accessKeyId: 'PROXY', secretAccessKey: 'a secret' };

let callerOf = proxy;
let dynamodb: DynamoDbEngine;
let upstream: Upstream;
let endpoint: AwsEndpoint;

beforeAll(async () => {
  dynamodb = await openDynamoDb(place);
  upstream = await startUpstream();
  upstream.script(streamReply('data: first\n\ndata: second\n\n', [9]));
  endpoint = await startAwsEndpoint({
    ...place,
    dynamodb,
    bedrock: { origin: () => upstream.origin, credentials: async () => ({ accessKeyId: 'AKIAUSER', secretAccessKey: 'own' }) },
    callers: () => ({ principal: callerOf, credentials, invocation: () => undefined }),
    onDenied: () => undefined,
  });
});

afterAll(async () => {
  await endpoint.close();
  await upstream.close();
  await dynamodb.close();
});

async function call(path: string, body: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST' as const, origin: endpoint.url, path, headers, body: Buffer.from(body) };
  const signature = createSigV4Signer(systemClock).sign(request, credentials, 'bedrock', place.region);
  const answer = await fetch(endpoint.url + path, { method: 'POST', headers: { ...headers, ...signature }, body });
  return { status: answer.status, text: await answer.text() };
}

const whole = JSON.stringify({ model: 'openai.gpt-oss-20b-1:0' });
const streamed = JSON.stringify({ model: 'openai.gpt-oss-20b-1:0', stream: true });
const claudes = JSON.stringify({ model: 'us.anthropic.model-v1:0', stream: true });

test.each([
  ['/anthropic/v1/messages', claudes],
  ['/openai/v1/chat/completions', whole],
  ['/openai/v1/responses', whole],
])('a call of %s that the role allows goes out signed with the credentials of the user, and its stream comes back', async (path, body) => {
  upstream.requests.length = 0;

  const answer = await call(path, body);

  expect(answer).toEqual({ status: 200, text: 'data: first\n\ndata: second\n\n' });
  const [seen] = upstream.requests;
  expect([seen?.path, seen?.body.toString()]).toEqual([path, body]);
  expect(seen?.headers['authorization']).toMatch(/Credential=AKIAUSER\/\d{8}\/us-east-1\/bedrock\/aws4_request/);
});

test.each([
  ['another model', '/anthropic/v1/messages', '{"model":"us.meta.model"}', 403, 'inference-profile/us.meta.model'],
  ['a stream that the role may not have', '/openai/v1/responses', streamed, 403, 'bedrock:InvokeModelWithResponseStream'],
  ['no model', '/openai/v1/responses', '{"model":7}', 400, 'names no model'],
  ['no JSON', '/openai/v1/responses', 'no', 400, 'no JSON'],
  ['no such path', '/openai/v1/models', '{}', 404, 'does not know POST /openai/v1/models'],
])('fails for %s', async (_name, path, body, status, words) => {
  expect(await call(path, body)).toEqual({ status, text: expect.stringContaining(words) });
});

test.each(['/openai/v1/responses', '/openai/v1/chat/completions'])('fails at %s where the role lacks the default project', async (path) => {
  const [model] = gptWhole;
  callerOf = { ...proxy, statements: [model] } as Principal;

  const answer = await call(path, whole);

  callerOf = proxy;
  expect(answer).toEqual({ status: 403, text: expect.stringContaining('project/default') });
});
