/** What is reserved and what is believed are held to the same figures: windows, tiers, tools, summaries. */
import { parseJsonDocument } from '../../../lambda/platform/json';
import { completion, HELLO, message, pricedGateway } from '../../support/priced-gateway';
import type { Step } from '../../support/upstream';

const gateway = pricedGateway(['openai', 'anthropic', 'perplexity'], () => ({ mediaUrls: true }));

/** Asks with an unspent budget, of one dollar unless told. */
async function ask(path: string, body: object, steps: readonly Step[], headers: Record<string, string> = {}, dollars = '1.00') {
  const authorization = await gateway.keyOf({ budgets: [{ limit_usd: dollars, period: 'lifetime' }] });
  return gateway.ask(path, body, steps, { authorization, ...headers });
}

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';
const counts = { input_tokens: 100, output_tokens: 20 };
const sonnet = (fields: object) => ({ model: 'anthropic/claude-sonnet-4-5', max_tokens: 10, messages: HELLO, ...fields });
const fetching = (fields: object) => sonnet({ tools: [{ type: 'web_fetch_20250910', name: 'web_fetch', ...fields }] });

test.each<[string, string, object, number, number]>([
  ['a search', MESSAGES, sonnet({ tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 1 }] }), 0.1, 0.16],
  ['a page of limited length', MESSAGES, fetching({ max_uses: 1, max_content_tokens: 1_000 }), 0.01, 0.03],
  ['a page of any length', MESSAGES, fetching({ max_uses: 1 }), 0.47, 0.6],
  [
    'a search of Sonar',
    CHAT,
    { model: 'perplexity/sonar-pro', max_tokens: 10, messages: HELLO, web_search_options: { search_context_size: 'low' } },
    0.014,
    0.03,
  ],
  [
    'a search of Sonar in several steps',
    CHAT,
    { model: 'perplexity/sonar-pro', max_tokens: 10, messages: HELLO, web_search_options: { search_type: 'pro' } },
    0.022,
    0.04,
  ],
])('R11 %s is reserved at what it may bring, and little more', async (_name, path, body, least, most) => {
  const steps = path === MESSAGES ? message(counts) : completion({ prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 });
  const { reply, reserved } = await ask(path, body, steps);

  expect(reply.status).toBe(200);
  expect(Number(reserved) / 1e9).toBeGreaterThanOrEqual(least);
  expect(Number(reserved) / 1e9).toBeLessThanOrEqual(most);
});

const LONG_TEXT = [{ role: 'user', content: 'x'.repeat(60_000) }];
const LONG_TOOL = { name: 'f', description: 'x'.repeat(60_000), parameters: { type: 'object', properties: {} } };
const calling = (call: object) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ type: 'function', function: { name: 'f', arguments: '{}' }, ...call }],
});
const LONG = [{ role: 'user', content: 'x'.repeat(1_500_000) }];
const WIDE = { 'anthropic-beta': 'other-2025-01-01,context-1m-2025-08-07' };

test('R11 a window that a header switches on is reserved as far as it is believed', async () => {
  const report = message({ input_tokens: 600_000, output_tokens: 10 });
  const wide = await ask(MESSAGES, sonnet({ messages: LONG }), report, WIDE, '20.00');
  expect(wide.record?.usage?.estimated).toBeUndefined();
  expect(wide.charged).toBe(600_000n * 3_000n + 10n * 15_000n);
  expect(wide.reserved).toBeGreaterThanOrEqual(wide.charged);

  const plain = await ask(MESSAGES, sonnet({ messages: LONG }), report, {}, '20.00');
  expect(plain.record?.usage?.estimated).toBe(true);
  expect(plain.reserved).toBeGreaterThanOrEqual(plain.charged);
});

test.each([
  ['flex', true],
  ['default', true],
  ['auto', false],
  [undefined, false],
])('R11 a call of tier %s that is answered as priority: believed only where the provider may choose it', async (tier, estimated) => {
  const body = { model: 'openai/gpt-4.1', max_tokens: 4_096, messages: HELLO, ...(tier === undefined ? {} : { service_tier: tier }) };
  const usage = { prompt_tokens: 20, completion_tokens: 4_096, total_tokens: 4_116 };
  const { record, reserved, charged } = await ask(CHAT, body, completion(usage, { service_tier: 'priority' }));

  expect(record?.usage?.estimated === true).toBe(estimated);
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

const COMPACTION = { context_management: { edits: [{ type: 'compact_20260112' }] } };
const summed = {
  input_tokens: 23_000,
  output_tokens: 1_000,
  iterations: [
    { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 },
    { type: 'message', input_tokens: 23_000, output_tokens: 1_000 },
  ],
};

test('R10 a conversation that is summed up may be read beyond the window, each reading within it', async () => {
  const text = [{ role: 'user', content: 'x'.repeat(400_000) }];
  const { record, reserved, charged } = await ask(MESSAGES, sonnet({ messages: text, ...COMPACTION }), message(summed), {}, '20.00');

  expect(record?.usage?.estimated).toBeUndefined();
  expect(charged).toBe(203_000n * 3_000n + 4_500n * 15_000n);
  expect(reserved).toBeGreaterThanOrEqual(203_000n * 3_000n);

  const unasked = await ask(MESSAGES, sonnet({ messages: text }), message(summed), {}, '20.00');
  expect(unasked.record?.usage?.estimated).toBe(true);
});

test.each<[string, (mark: object) => object]>([
  [
    'a document that was fetched',
    (mark) => ({
      type: 'web_fetch_tool_result',
      tool_use_id: 't',
      content: {
        type: 'web_fetch_result',
        url: 'https://example.com',
        content: { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x'.repeat(60_000) }, ...mark },
      },
    }),
  ],
  [
    'the result of a tool',
    (mark) => ({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'x'.repeat(60_000), ...mark }] }),
  ],
  [
    'a block of a document',
    (mark) => ({ type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'x'.repeat(60_000), ...mark }] } }),
  ],
])('R10 writes of an hour that a mark on %s asks for are believed and reserved', async (_name, block) => {
  const marked = [{ role: 'user', content: [block({ cache_control: { type: 'ephemeral', ttl: '1h' } }), { type: 'text', text: 'hi' }] }];
  const usage = {
    input_tokens: 10,
    output_tokens: 10,
    cache_creation_input_tokens: 50_000,
    cache_creation: { ephemeral_1h_input_tokens: 50_000 },
  };
  const { record, reserved, charged } = await ask(MESSAGES, sonnet({ messages: marked }), message(usage));

  expect(record?.usage?.estimated).toBeUndefined();
  expect(charged).toBe(50_000n * 6_000n + 10n * 3_000n + 10n * 15_000n);
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

test.each<[string, string, (mark: object) => object]>([
  ['a tool of Chat', CHAT, (mark) => ({ messages: HELLO, tools: [{ type: 'function', function: LONG_TOOL, ...mark }] })],
  [
    'a call of Chat',
    CHAT,
    (mark) => ({ messages: [...LONG_TEXT, calling({ id: 'c', ...mark }), { role: 'tool', tool_call_id: 'c', content: 'x' }] }),
  ],
  [
    'a part of Responses',
    '/v1/responses',
    (mark) => ({ input: [{ role: 'user', content: [{ type: 'input_text', text: 'x'.repeat(60_000), ...mark }] }] }),
  ],
  ['a tool of Responses', '/v1/responses', (mark) => ({ input: 'hi', tools: [{ type: 'function', ...LONG_TOOL, ...mark }] })],
  [
    'a tool that an item of Responses adds',
    '/v1/responses',
    (mark) => ({
      input: [...HELLO, { type: 'additional_tools', role: 'developer', tools: [{ type: 'function', ...LONG_TOOL, ...mark }] }],
    }),
  ],
])('writes of an hour that a mark on %s asks Claude for are reserved', async (_name, path, body) => {
  const usage = {
    input_tokens: 10,
    output_tokens: 10,
    cache_creation_input_tokens: 55_000,
    cache_creation: { ephemeral_1h_input_tokens: 55_000 },
  };
  const cap = path === CHAT ? { max_tokens: 10 } : { max_output_tokens: 16 };
  const marked = body({ cache_control: { type: 'ephemeral', ttl: '1h' } });
  const { record, reserved, charged } = await ask(path, { model: 'anthropic/claude-sonnet-4-5', ...cap, ...marked }, message(usage));

  expect(record?.usage?.estimated).toBeUndefined();
  expect(charged).toBe(55_000n * 6_000n + 10n * 3_000n + 10n * 15_000n);
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

const searching = (uses: number) => sonnet({ tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: uses }] });

test.each([1, 5, 10, 20])('R10 %d searches, each read again with all before it, cost no more than is reserved', async (uses) => {
  const lengths = Array.from({ length: uses + 1 }, (_, use) => Math.min(2_000 + use * 30_000, 200_000));
  const read = lengths.reduce((sum, length) => sum + length, 0);
  const report = message({ input_tokens: read, output_tokens: 10, server_tool_use: { web_search_requests: uses } });
  const { record, reserved, charged } = await ask(MESSAGES, searching(uses), report, {}, '40.00');

  expect(record?.usage?.estimated).toBeUndefined();
  expect(charged).toBe(BigInt(read) * 3_000n + 10n * 15_000n + BigInt(uses) * 10_000_000n);
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

test('R10 searches without a limit are reserved as the turns after which a provider ends an answer', async () => {
  const body = sonnet({ tools: [{ type: 'web_search_20250305', name: 'web_search' }] });
  const read =
    2_000 + Array.from({ length: 10 }, (_, turn) => Math.min(62_000 + turn * 60_000, 200_000)).reduce((sum, length) => sum + length, 0);
  const report = message({ input_tokens: read, output_tokens: 10, server_tool_use: { web_search_requests: 20 } });
  const { record, reserved, charged } = await ask(MESSAGES, body, report, {}, '40.00');

  expect(record?.usage?.estimated).toBeUndefined();
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

test.each<[string, unknown]>([
  ['a text', '{}[]();:'.repeat(2_000)],
  ['parts', [{ type: 'text', text: '{}[]();:'.repeat(2_000) }]],
])('R11 a prediction that is rejected is billed as output, and reserved: %s', async (_name, content) => {
  const body = {
    model: 'openai/gpt-4.1',
    service_tier: 'default',
    max_tokens: 20,
    messages: HELLO,
    prediction: { type: 'content', content },
  };
  const rejected = { rejected_prediction_tokens: 16_000, accepted_prediction_tokens: 0 };
  const usage = { prompt_tokens: 20, completion_tokens: 16_020, total_tokens: 16_040, completion_tokens_details: rejected };
  const { record, reserved, charged } = await ask(CHAT, body, completion(usage, { service_tier: 'default' }));

  expect(record?.usage?.estimated).toBeUndefined();
  expect(charged).toBe(20n * 2_000n + 16_020n * 8_000n);
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

test('R11 a tier that the book does not list for a model is reserved and charged as where it does', async () => {
  const body = { model: 'openai/gpt-4.1', service_tier: 'ultrafast', max_tokens: 1_000, messages: HELLO };
  const usage = { prompt_tokens: 20, completion_tokens: 1_000, total_tokens: 1_020 };
  const { record, reserved, charged } = await ask(CHAT, body, completion(usage, { service_tier: 'ultrafast' }));

  expect(record?.usage?.estimated).toBeUndefined();
  expect(charged).toBe(6n * (20n * 2_000n + 1_000n * 8_000n));
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

test('R11 numbers that grow when they are written anew are reserved as what is sent', async () => {
  const parameters = `{"type":"object","properties":{"a":{"examples":[${Array(5_000).fill('1e20').join(',')}]}}}`;
  const tools = [{ type: 'function', function: { name: 'f', parameters: 'SCHEMA' } }];
  const body = { model: 'anthropic/claude-sonnet-4-5', max_tokens: 5, messages: HELLO, tools };
  const written = JSON.stringify({ stream: false, ...body }).replace('"SCHEMA"', parameters);
  const document = parseJsonDocument(Buffer.from(written));

  expect(document.mostBytes).toBeGreaterThanOrEqual(JSON.stringify(document.value).length);
  expect(parseJsonDocument(Buffer.from('{"a":[true,false,null,12,-1.5,"1e20"]}')).mostBytes).toBe(38);
});
