import type { ProviderConfig } from '../../../lib/private/contract';
import { compatible, route, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, streamReply, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

const openAiAnswer = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
};
const anthropicAnswer = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [{ type: 'text', text: 'Hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 5, output_tokens: 7 },
};
const anthropicEvents: [string, object][] = [
  [
    'message_start',
    {
      type: 'message_start',
      message: { ...anthropicAnswer, content: [], stop_reason: null, usage: { input_tokens: 5, output_tokens: 1 } },
    },
  ],
  ['content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }],
  ['content_block_delta', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } }],
  ['content_block_stop', { type: 'content_block_stop', index: 0 }],
  ['message_delta', { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 7 } }],
  ['message_stop', { type: 'message_stop' }],
];
const anthropicStream = anthropicEvents.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');
const messages = [{ role: 'user', content: 'x' }];

const claude = (changes: Partial<ProviderConfig> = {}): ProviderConfig => ({
  id: 'claude',
  kind: 'anthropic-compatible',
  baseUrl: { value: upstream.origin },
  network: 'loopback',
  free: true,
  ...changes,
});

beforeEach(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    document: {
      providers: [compatible('up', upstream.origin, { models: ['declared-1'] }), claude()],
      routes: [route('smart', 'up/m')],
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const records = async () => {
  await gateway.settled();
  return gateway.records();
};

test('Chat in, Messages out: the answer comes back as a chat completion', async () => {
  upstream.script(jsonReply(anthropicAnswer));

  const reply = await gateway.call('/v1/chat/completions', { model: 'claude/x', messages });

  expect(upstream.requests[0]?.path).toBe('/v1/messages');
  expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toMatchObject({ model: 'x', messages: [{ role: 'user' }] });
  expect(reply.json).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: 7 },
  });
  expect(await records()).toMatchObject([{ state: 'settled', usage: { inputTokens: 5, outputTokens: 7 }, responseModel: 'claude-x' }]);
});

test('Chat in, Messages out, streamed: chunks, one [DONE], usage metered though not asked for', async () => {
  upstream.script(streamReply(anthropicStream, [40]));

  const { text } = await gateway.call('/v1/chat/completions', { model: 'claude/x', messages, stream: true });

  const events = text
    .trimEnd()
    .split('\n\n')
    .map((event) => event.replace(/^data: /, ''));
  expect(events.at(-1)).toBe('[DONE]');
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event));
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello');
  expect(chunks.some(({ usage }) => usage !== undefined && usage !== null)).toBe(false);
  expect(await records()).toMatchObject([{ usage: { inputTokens: 5, outputTokens: 7 }, finishReason: 'stop' }]);
});

test('Messages in, Messages out, streamed: byte for byte', async () => {
  upstream.script(streamReply(anthropicStream, [33]));

  const { text } = await gateway.call('/v1/messages', { model: 'claude/x', max_tokens: 9, messages, stream: true });

  expect(text).toBe(anthropicStream);
  expect(await records()).toMatchObject([{ usage: { inputTokens: 5, outputTokens: 7 }, dialect: 'anthropic-messages' }]);
});

test('Messages in, Chat out: the answer comes back as a message', async () => {
  upstream.script(jsonReply(openAiAnswer));

  const reply = await gateway.call('/v1/messages', { model: 'smart', max_tokens: 9, messages });

  expect(reply.json).toMatchObject({
    type: 'message',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 5, output_tokens: 7 },
  });
});

test('Responses in, Chat out', async () => {
  upstream.script(jsonReply(openAiAnswer));

  const reply = await gateway.call('/v1/responses', { model: 'smart', input: 'x' });

  expect(reply.json).toMatchObject({
    object: 'response',
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }],
  });
});

test('references to what a provider stores, and background work, are refused by name', async () => {
  const stored = await gateway.call('/v1/responses', { model: 'smart', input: 'x', previous_response_id: 'resp_1' });
  const background = await gateway.call('/v1/responses', { model: 'smart', input: 'x', background: true });

  expect([stored.status, stored.json.error.param]).toEqual([400, 'previous_response_id']);
  expect([background.status, background.json.error.param]).toEqual([400, 'background']);
  expect(upstream.connections()).toBe(0);
});

test('count_tokens goes to a provider that counts, and is estimated for one that does not', async () => {
  upstream.script(jsonReply({ input_tokens: 42 }));

  const counted = await gateway.call('/v1/messages/count_tokens', { model: 'claude/x', messages });
  const estimated = await gateway.call('/v1/messages/count_tokens', { model: 'smart', messages });

  expect(counted.json).toEqual({ input_tokens: 42 });
  expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/messages/count_tokens']);
  expect(estimated.status).toBe(200);
  expect(estimated.json.input_tokens).toBeGreaterThan(0);
  expect(await records()).toMatchObject([
    { operation: 'count-tokens', costNanoUsd: 0n },
    { operation: 'count-tokens', costNanoUsd: 0n },
  ]);
});

test('counting the tokens of a body that asks for a stream answers a count', async () => {
  upstream.script(jsonReply({ input_tokens: 42 }));

  const counted = await gateway.call('/v1/messages/count_tokens', { model: 'claude/x', stream: true, messages });

  expect([counted.status, counted.json]).toEqual([200, { input_tokens: 42 }]);
});

test('embeddings pass through', async () => {
  const vectors = {
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
    model: 'e',
    usage: { prompt_tokens: 3, total_tokens: 3 },
  };
  upstream.script(jsonReply(vectors));

  const reply = await gateway.call('/v1/embeddings', { model: 'up/e', input: 'x' });

  expect(upstream.requests[0]?.path).toBe('/v1/embeddings');
  expect(reply.json).toEqual(vectors);
  expect(await records()).toMatchObject([{ operation: 'embeddings', usage: { inputTokens: 3 } }]);
});

test('the list of models has both vendors’ fields, only what the key may use, and ids with slashes', async () => {
  const auth = { authorization: `Bearer ${gateway.key}` };
  const narrow = { 'x-api-key': await gateway.addKey({ models: ['smart'] }) };

  const all = await gateway.send('GET', '/v1/models?limit=1000', auth);
  const few = await gateway.send('GET', '/v1/models', narrow);
  const codex = await gateway.send('GET', '/v1/models?client_version=0.169.0', auth);
  const one = await gateway.send('GET', '/v1/models/up%2Fanything', auth);

  expect(all.json.data.map(({ id }: { id: string }) => id)).toEqual(['smart', 'up/declared-1']);
  expect(all.json).toMatchObject({
    object: 'list',
    has_more: false,
    data: [{ object: 'model', type: 'model', display_name: 'smart', owned_by: 'up' }, {}],
  });
  expect(few.json.data.map(({ id }: { id: string }) => id)).toEqual(['smart']);
  expect(codex.json.models).toEqual([]);
  expect(one.json).toMatchObject({ id: 'up/anything' });
  expect((await gateway.send('GET', '/v1/models/up/declared-1', narrow)).status).toBe(404);
});

test('me tells what binds the caller', async () => {
  const key = await gateway.addKey({
    name: 'mine',
    budgets: [{ limit_usd: '5.00', period: 'month' }],
    limits: { requests_per_minute: 10 },
  });

  const me = await gateway.send('GET', '/v1/me', { authorization: `Bearer ${key}` });

  expect(me.json).toMatchObject({
    key: { name: 'mine', last_four: key.slice(-4) },
    budgets: [{ scope: 'key', limit_usd: '5.00', spent_usd: '0.00', reserved_usd: '0.00', remaining_usd: '5.00', period: 'month' }],
    limits: [{ scope: 'key', limit: 'requests_per_minute', value: 10 }],
  });
  expect(me.text).not.toContain('hmac');
});

test('a spent budget has the status of each dialect, and is not to be retried', async () => {
  const priced = await startGateway({
    document: {
      providers: [compatible('up', upstream.origin, { free: false })],
      unknownPrice: { policy: 'ceiling', ceilingUsd: '1.00' },
    },
  });
  const key = await priced.addKey({ budgets: [{ limit_usd: '0.50', period: 'month' }] });
  const as = (path: string, body: object) => priced.call(path, { model: 'up/m', ...body }, { authorization: `Bearer ${key}` });

  const replies = [
    await as('/v1/chat/completions', { messages }),
    await as('/v1/responses', { input: 'x' }),
    await as('/v1/messages', { messages, max_tokens: 5 }),
  ];
  await priced.close();

  expect(replies.map(({ status }) => status)).toEqual([402, 429, 429]);
  expect(replies.map(({ headers }) => headers['x-gateway-budget-scope'])).toEqual(['key', 'key', 'key']);
  expect(replies.map(({ headers }) => headers['x-should-retry'])).toEqual(['false', 'false', 'false']);
  expect([replies[0]?.json.error.code, replies[1]?.json.error.code, replies[2]?.json.error.type]).toEqual([
    'insufficient_quota',
    'insufficient_quota',
    'billing_error',
  ]);
  expect(upstream.connections()).toBe(0);
});

test('D10 without a cap one is injected; x-gateway-max-cost-usd lowers it or refuses', async () => {
  upstream.script(jsonReply(openAiAnswer));
  const priced = await startGateway({
    document: {
      providers: [{ id: 'sim', kind: 'simulated', baseUrl: { value: upstream.origin }, network: 'loopback' }],
      defaultMaxOutputTokens: 1_000,
    },
  });
  const ask = (headers: Record<string, string> = {}) => priced.call('/v1/chat/completions', { model: 'sim/m', messages }, headers);
  const sentCap = () => JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '').max_completion_tokens;

  const free = await ask();
  expect([free.status, sentCap()]).toEqual([200, 1_000]);
  await ask({ 'x-gateway-max-cost-usd': '0.003' });
  expect(sentCap()).toBeLessThan(1_000);
  const refused = await ask({ 'x-gateway-max-cost-usd': '0.000001' });
  await priced.close();

  expect([refused.status, refused.json.error.code]).toEqual([400, 'max_cost_exceeded']);
});

test('a rate limit answers with its headers and a whole-second wait', async () => {
  upstream.script(jsonReply(openAiAnswer));
  const key = await gateway.addKey({ limits: { requests_per_minute: 1 } });
  const ask = () => gateway.call('/v1/chat/completions', { model: 'smart', messages }, { authorization: `Bearer ${key}` });

  const first = await ask();
  const second = await ask();

  expect(first.headers).toMatchObject({ 'x-ratelimit-limit-requests': '1', 'x-ratelimit-remaining-requests': '0' });
  expect([second.status, second.json.error.code]).toEqual([429, 'rate_limit_exceeded']);
  expect(Number(second.headers['retry-after'])).toBeGreaterThan(50);
  expect(second.headers).toMatchObject({
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': `${second.headers['retry-after']}s`,
  });
});
