import { createSageMakerTransport } from '../../../lambda/aws/sagemaker';
import { createSageMakerEndpoints } from '../../../lambda/aws/sagemaker-endpoints';
import { createSigV4Signer } from '../../../lambda/aws/signing/sigv4';
import { createTransport } from '../../../lambda/platform/http/transport';
import { NEVER_CANCELLED } from '../../../lambda/platform/runtime';
import { systemClock } from '../../../lambda/platform/runtime/clock';
import type { Principal } from '../../../local/aws/authorizer';
import { type AwsEndpoint, startAwsEndpoint } from '../../../local/aws/endpoint';
import { type DynamoDbEngine, openDynamoDb } from '../../../local/dynamodb/engine';

/** The local SageMaker: a container that speaks OpenAI's dialect, behind the role's permissions. */

const place = { region: 'us-east-1', account: '123456789012' };
const arn = (resource: string) => `arn:aws:sagemaker:us-east-1:123456789012:${resource}`;
const statements = [
  { Effect: 'Allow', Action: 'sagemaker:InvokeEndpoint', Resource: [arn('endpoint/llama'), arn('endpoint/whole')] },
  { Effect: 'Allow', Action: 'sagemaker:InvokeEndpointWithResponseStream', Resource: arn('endpoint/llama') },
  { Effect: 'Allow', Action: 'sagemaker:DescribeEndpoint', Resource: arn('endpoint/llama') },
  { Effect: 'Allow', Action: 'sagemaker:DescribeInferenceComponent', Resource: arn('inference-component/c') },
];
const principal = { id: 'Proxy', arn: 'arn:aws:sts::123456789012:assumed-role/p/p', statements } as unknown as Principal;
const credentials = { accessKeyId: 'PROXY', secretAccessKey: 'a secret' };

let dynamodb: DynamoDbEngine;
let endpoint: AwsEndpoint;
beforeAll(async () => {
  dynamodb = await openDynamoDb(place);
  endpoint = await startAwsEndpoint({
    ...place,
    dynamodb,
    callers: () => ({ principal, credentials, invocation: () => undefined }),
    onDenied: () => undefined,
  });
});
afterAll(async () => {
  await endpoint.close();
  await dynamodb.close();
});

async function call(path: string, body: object, more: Record<string, string> = {}) {
  const headers = { 'content-type': 'application/json', ...more };
  const request = { method: 'POST' as const, origin: endpoint.url, path, headers, body: Buffer.from(JSON.stringify(body)) };
  const signature = createSigV4Signer(systemClock).sign(request, credentials, 'sagemaker', place.region);
  const sent = { ...request, headers: { ...headers, ...signature }, network: 'loopback' as const };
  const transport = createSageMakerTransport(createTransport());
  const reply = await transport.send(sent, { connectMs: 5_000, headersMs: 5_000, idleMs: 5_000 }, NEVER_CANCELLED);
  return { status: reply.status, type: reply.headers['content-type'], text: (await reply.whole(1_000_000)).toString() };
}

const CHAT = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 5 };

test('a whole answer and a streamed one come as its container gives them', async () => {
  const whole = await call('/endpoints/llama/invocations', CHAT);
  const stream = await call('/endpoints/llama/invocations-response-stream', { ...CHAT, stream: true });

  expect([whole.status, JSON.parse(whole.text).object]).toEqual([200, 'chat.completion']);
  expect([stream.status, stream.type]).toEqual([200, expect.stringContaining('text/event-stream')]);
  expect(stream.text).toMatch(/^data: \{.*\n\ndata: \[DONE\]\n\n$/s);
});

test.each([
  ['an endpoint that the role does not name', '/endpoints/other/invocations', {}],
  ['a stream that the role does not allow', '/endpoints/whole/invocations-response-stream', {}],
  ['a component that the role does not name', '/endpoints/llama/invocations', { 'x-amzn-sagemaker-inference-component': 'c' }],
])('%s is refused as AWS would', async (_what, path, headers) => {
  const { status, text } = await call(path, CHAT, headers);

  expect([status, JSON.parse(text).Message]).toEqual([403, expect.stringMatching(/sagemaker:/)]);
});

test('what the container refuses is a failure of the model', async () => {
  const { status, text } = await call('/endpoints/llama/invocations', {
    ...CHAT,
    messages: [{ role: 'user', content: '[simulate error=503]' }],
  });

  expect([status, JSON.parse(text).error]).toEqual([503, expect.anything()]);
});

test.each([
  ['llama', true],
  ['shared/c', true],
  ['other', undefined],
  ['shared/other', undefined],
])('whether %s is in service is told whom the role lets ask', async (model, isWell) => {
  const transport = createTransport();
  const ask = createSageMakerEndpoints({
    transport,
    signer: createSigV4Signer(systemClock),
    credentials: async () => credentials,
    assumeRole: async () => credentials,
    endpoint: endpoint.url,
  });

  expect(await ask({ model, region: place.region })).toBe(isWell);
  transport.close();
});
