/** Endpoints of Amazon SageMaker: what leaves for them, what their containers answer, and how both of them fail. */
import { encodeEventStreamMessage } from '../../../lambda/wire/framing';
import type { ProviderConfig } from '../../../lib/private/contract';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, type Step, startUpstream, type Upstream } from '../../support/upstream';

let up: Upstream;
let gateway: TestGateway;

const ANSWER = {
  model: 'llama',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
};
const EVENTS = [
  { choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' }, finish_reason: null }] },
  { choices: [{ index: 0, delta: { content: 'lo' }, finish_reason: 'stop' }] },
  { choices: [], usage: ANSWER.usage },
];
const SSE = Buffer.from(`${EVENTS.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`);

const part = (bytes: Buffer) =>
  encodeEventStreamMessage({ ':message-type': 'event', ':event-type': 'PayloadPart', ':content-type': 'application/octet-stream' }, bytes);
const exception = (name: string, fields: object) =>
  encodeEventStreamMessage({ ':message-type': 'exception', ':exception-type': name }, Buffer.from(JSON.stringify(fields)));
/** @param cuts where the transport cuts the bytes */
const streamOf = (messages: Buffer, ...cuts: number[]): Step[] => [
  {
    send: `HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\nx-amzn-sagemaker-content-type: text/event-stream\r\ncontent-length: ${messages.length}\r\n\r\n`,
  },
  ...[0, ...cuts].map((from, index): Step => ({ send: messages.subarray(from, cuts[index] ?? messages.length) })),
];
const refused = (status: number, name: string, fields: object) => jsonReply(fields, status, { 'x-amzn-errortype': `${name}:` });

async function start(changes: Partial<ProviderConfig> = {}, others: ProviderConfig[] = []): Promise<void> {
  const sageMaker: ProviderConfig = {
    id: 'sagemaker',
    kind: 'sagemaker',
    baseUrl: { value: up.origin },
    regions: ['us-east-1'],
    network: 'loopback',
    free: true,
    ...changes,
  };
  const targets = [{ provider: 'sagemaker', model: 'llama' }, ...others.map(({ id }) => ({ provider: id, model: 'm' }))];
  gateway = await startGateway({
    document: { providers: [sageMaker, ...others], routes: [{ alias: 'smart', targets }] },
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
  });
}

beforeEach(async () => {
  up = await startUpstream();
  up.script(jsonReply(ANSWER));
});
afterEach(async () => {
  await gateway.close();
  await up.close();
});

const MESSAGES = [{ role: 'user', content: 'Hi' }];
const DIALECTS = {
  '/v1/chat/completions': { messages: MESSAGES },
  '/v1/responses': { input: 'Hi' },
  '/v1/messages': { messages: MESSAGES, max_tokens: 9 },
};
const PATHS = Object.keys(DIALECTS) as (keyof typeof DIALECTS)[];
const ask = (path: keyof typeof DIALECTS, more: object = {}) =>
  gateway.call(path, { model: 'sagemaker/llama', ...DIALECTS[path], ...more });

describe.each(PATHS)('a call of %s', (path) => {
  test('is signed for SageMaker, and the container gets a chat', async () => {
    await start();

    const reply = await ask(path);

    expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('Hello')]);
    const [seen] = up.requests;
    expect(seen?.path).toBe('/endpoints/llama/invocations');
    expect(seen?.headers['authorization']).toMatch(/Credential=AKID\/\d{8}\/us-east-1\/sagemaker\/aws4_request/);
    expect(JSON.parse(seen?.body.toString() ?? '')).toMatchObject({ model: 'llama', messages: [{ role: 'user' }] });
    await gateway.settled();
    expect(gateway.records()[0]).toMatchObject({ provider: 'sagemaker', usage: { inputTokens: 10, outputTokens: 2 } });
  });

  test('is streamed, wherever messages and lines are cut', async () => {
    await start();
    const expected: string[] = [];
    for (const cut of [1, 6, 40, 80, SSE.length - 1]) {
      const messages = Buffer.concat([part(SSE.subarray(0, cut)), part(SSE.subarray(cut))]);
      up.script(streamOf(messages, 5, 30, messages.length - 3));

      const reply = await ask(path, { stream: true });

      expect([reply.status, reply.headers['content-type']]).toEqual([200, expect.stringContaining('text/event-stream')]);
      expected.push((reply.text.match(/"(?:content|delta|text)":"(?:Hel|lo)"/g) ?? []).join());
    }
    expect(up.requests[0]?.path).toBe('/endpoints/llama/invocations-response-stream');
    expect(new Set(expected).size).toBe(1);
    expect(expected[0]).toMatch(/Hel.*lo/);
    await gateway.settled();
    expect(gateway.records().map(({ usage }) => usage?.outputTokens)).toEqual([2, 2, 2, 2, 2]);
  });

  test.each([
    ['its time is over', exception('ModelStreamError', { Message: 'too slow', ErrorCode: 'ModelInvocationTimeExceeded' })],
    ['its connection broke', exception('ModelStreamError', { Message: 'broken', ErrorCode: 'StreamBroken' })],
    ['SageMaker failed', exception('InternalStreamFailure', { Message: 'failed' })],
    ['the message is damaged', Buffer.from('no message of an event stream at all')],
  ])('whose stream breaks off is told so, and another takes it before its first token: %s', async (_why, broken) => {
    await start({}, [compatible('other', up.origin)]);
    const cutAt = SSE.indexOf('\n\n') + 2;
    up.script(streamOf(Buffer.concat([part(SSE.subarray(0, cutAt)), broken])));
    const late = await ask(path, { stream: true });
    expect(late.status).toBe(200);
    expect(late.text).toMatch(/Hel/);
    expect(late.text).toMatch(/error/);
    expect(late.text).not.toMatch(/\[DONE\]|"type":"message_stop"|response\.completed/);

    up.script(({ path: asked }) =>
      asked.startsWith('/endpoints')
        ? streamOf(broken)
        : [{ send: `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${SSE.length}\r\n\r\n` }, { send: SSE }],
    );
    const early = await ask(path, { stream: true, model: 'smart' });
    expect([early.status, early.headers['x-gateway-provider']]).toEqual([200, 'other']);
    expect(early.text).not.toMatch(/"error":\{|event: error/);
  });

  test('that the container refuses is told in its words', async () => {
    await start();
    const said = { error: { message: "This model's maximum context length is 10 tokens", type: 'BadRequestError', code: 400 } };
    up.script(
      refused(424, 'ModelError', {
        Message: 'Received client error (400) from primary',
        OriginalStatusCode: 400,
        OriginalMessage: JSON.stringify(said),
        LogStreamArn: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker',
      }),
    );

    const reply = await ask(path);

    expect(reply.status).toBe(400);
    expect(reply.text).toMatch(path === '/v1/messages' ? /too long|maximum context length/ : /context_length_exceeded/);
    expect(reply.text).not.toMatch(/123456789012|arn:/);
  });
});

test.each([
  [
    'the container is overloaded',
    refused(424, 'ModelError', { OriginalStatusCode: 503, OriginalMessage: 'loading' }),
    'upstream_overloaded',
  ],
  ['the container fails', refused(424, 'ModelError', { OriginalStatusCode: 500, OriginalMessage: '{"detail":"CUDA"}' }), 'upstream_error'],
  ['a failure says nothing', refused(424, 'ModelError', {}), 'upstream_error'],
  ['the model is being loaded', refused(429, 'ModelNotReadyException', { Message: 'wait' }), 'upstream_overloaded'],
  ['calls are throttled', refused(400, 'ThrottlingException', { Message: 'slow down' }), 'rate_limit_exceeded'],
  ['the service is away', refused(503, 'ServiceUnavailable', { Message: 'away' }), 'upstream_overloaded'],
  ['a dependency failed', refused(530, 'InternalDependencyException', { Message: 'failed' }), 'upstream_error'],
  ['the role may not', refused(403, 'AccessDeniedException', { Message: 'User: arn:aws:sts::123456789012:x' }), 'upstream_auth'],
  [
    'there is no such endpoint',
    refused(400, 'ValidationError', { Message: 'Endpoint llama of account 123456789012 not found.' }),
    'model_not_found',
  ],
])('where %s another target is asked, and told of where there is none', async (_why, script, code) => {
  await start({}, [compatible('other', up.origin)]);
  up.script(({ path }) => (path.startsWith('/endpoints') ? script : jsonReply(ANSWER)));

  const reply = await ask('/v1/chat/completions', { model: 'smart' });
  const alone = await ask('/v1/chat/completions');

  expect([reply.status, reply.headers['x-gateway-provider']]).toEqual([200, 'other']);
  expect(alone.json.error.code).toBe(code);
  expect(alone.text).not.toMatch(/123456789012/);
});

test('an inference component, a variant and the name that the container knows are said', async () => {
  await start({ settings: { modelName: 'Qwen/Qwen3', targetVariant: 'b' } });

  await ask('/v1/chat/completions', { model: 'sagemaker/shared/qwen-1' });

  const [seen] = up.requests;
  expect(seen?.path).toBe('/endpoints/shared/invocations');
  expect(seen?.headers).toMatchObject({
    'x-amzn-sagemaker-inference-component': 'qwen-1',
    'x-amzn-sagemaker-target-variant': 'b',
    authorization: expect.stringContaining('x-amzn-sagemaker-inference-component'),
  });
  expect(JSON.parse(seen?.body.toString() ?? '').model).toBe('Qwen/Qwen3');
});

test('an endpoint of many models gets the name of the artifact, and no call for a stream', async () => {
  await start({ settings: { targetModel: 'a.tar.gz' } });

  const whole = await ask('/v1/chat/completions');
  const stream = await ask('/v1/chat/completions', { stream: true });

  expect([whole.status, up.requests[0]?.headers['x-amzn-sagemaker-target-model']]).toEqual([200, 'a.tar.gz']);
  expect([stream.status, stream.json.error.code]).toEqual([400, 'operation_not_supported']);
  expect(up.requests).toHaveLength(1);
});

test('vectors come from an endpoint too', async () => {
  await start();
  up.script(
    jsonReply({
      object: 'list',
      model: 'e',
      data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
      usage: { prompt_tokens: 1, total_tokens: 1 },
    }),
  );

  const reply = await gateway.call('/v1/embeddings', { model: 'sagemaker/e5', input: 'Hi' });

  expect([reply.status, reply.json.data[0].embedding]).toEqual([200, [0.5]]);
  expect(up.requests[0]?.path).toBe('/endpoints/e5/invocations');
});

test('a fenced call gets to endpoints in Regions within its fence alone', async () => {
  await start({ baseUrl: { value: `${up.origin}/{region}` }, regions: ['us-east-1', 'eu-west-1'] });
  const key = await gateway.addKey({ residency: ['eu'] });

  const reply = await gateway.call(
    '/v1/chat/completions',
    { model: 'sagemaker/llama', messages: MESSAGES },
    { authorization: `Bearer ${key}` },
  );

  expect(reply.status).toBe(200);
  expect(up.requests.map(({ path }) => path)).toEqual(['/eu-west-1/endpoints/llama/invocations']);
});
