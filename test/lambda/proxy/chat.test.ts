import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, streamReply, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    document: {
      providers: [compatible('up', upstream.origin)],
      routes: [route('smart', 'up/real-model')],
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'real-model-2026',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
  unknown_field: { kept: [1.5e3] },
};

const chunks = [
  '{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}',
  '{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}],"x":1}',
  '{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}',
  '{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
];
const usageChunk =
  '{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7,"total_tokens":12}}';
const sse = (data: string[]) => data.map((text) => `data: ${text}\n\n`).join('');

test('a whole answer passes byte for byte, the request with the model name spliced in', async () => {
  upstream.script(jsonReply(answer));

  const reply = await gateway.call(
    '/v1/chat/completions',
    '{"model":"smart", "messages":[{"role":"user","content":"hé"}],"x_unknown":1.0}',
  );
  await gateway.settled();

  expect(reply.status).toBe(200);
  expect(reply.text).toBe(JSON.stringify(answer));
  expect(upstream.requests[0]?.path).toBe('/v1/chat/completions');
  expect(upstream.requests[0]?.body.toString()).toBe('{"model":"real-model", "messages":[{"role":"user","content":"hé"}],"x_unknown":1.0}');
  expect(gateway.records()).toMatchObject([
    {
      state: 'settled',
      outcome: 'ok',
      status: 200,
      provider: 'up',
      requestModel: 'real-model',
      usage: { inputTokens: 5, outputTokens: 7 },
    },
  ]);
  expect(reply.headers).toMatchObject({
    'x-gateway-provider': 'up',
    'x-gateway-model': 'real-model',
    'x-gateway-route-reason': 'alias',
    'x-gateway-attempts': '1',
  });
  expect(gateway.records()[0]?.id).toBe(reply.headers['x-gateway-request-id']);
  expect(gateway.log).toHaveLength(1);
});

test('a stream passes event for event; usage that was not asked for is metered and hidden', async () => {
  upstream.script(streamReply(sse([...chunks, usageChunk, '[DONE]'])));

  const reply = await gateway.call('/v1/chat/completions', { model: 'up/m', stream: true, messages: [{ role: 'user', content: 'x' }] });
  await gateway.settled();

  expect(reply.headers['content-type']).toMatch(/^text\/event-stream/);
  expect(reply.text).toBe(sse([...chunks, '[DONE]']));
  expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toMatchObject({ model: 'm', stream_options: { include_usage: true } });
  expect(gateway.records()).toMatchObject([
    { state: 'settled', usage: { inputTokens: 5, outputTokens: 7 }, responseModel: 'm', finishReason: 'stop' },
  ]);
});

test('usage that was asked for is passed on', async () => {
  upstream.script(streamReply(sse([...chunks, usageChunk, '[DONE]'])));

  const reply = await gateway.call('/v1/chat/completions', {
    model: 'up/m',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'x' }],
  });

  expect(reply.text).toBe(sse([...chunks, usageChunk, '[DONE]']));
});
