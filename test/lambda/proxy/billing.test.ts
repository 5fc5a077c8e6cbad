/** What a call reserves and costs, as its vendor bills: tiers, tools, pictures, sound. */
import { PIXEL_PNG, png, wav } from '../../support/pictures';
import { completion, HELLO, message, pricedGateway } from '../../support/priced-gateway';
import { jsonReply, type Step } from '../../support/upstream';

const { ask, keyOf } = pricedGateway(['openai', 'anthropic', 'google-ai-studio', 'perplexity', 'xai']);

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';
const RESPONSES = '/v1/responses';
const counts = { input_tokens: 100, output_tokens: 20 };
const prompt = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
const response = (output: readonly object[], more: object = {}) =>
  jsonReply({ id: 'r', object: 'response', status: 'completed', model: 'm', output, usage: counts, ...more });
const asResponse = (tools: readonly object[]) => ({ model: 'openai/gpt-4.1', max_output_tokens: 50, store: false, input: 'hello', tools });

test.each([
  ['named by nobody', {}],
  ['left to the provider', { service_tier: 'auto' }],
])('R11 money-04-unnamed-tier: a tier %s is reserved at the dearest that the project may be set to', async (_name, fields) => {
  const usage = { prompt_tokens: 20, completion_tokens: 4_096, total_tokens: 4_116 };
  const { reserved, charged } = await ask(
    CHAT,
    { model: 'openai/gpt-4.1', max_tokens: 4_096, messages: HELLO, ...fields },
    completion(usage, { service_tier: 'priority' }),
  );

  expect(charged).toBe(((20n * 2_000n + 4_096n * 8_000n) * 175n) / 100n);
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

test('R11 money-04-unnamed-tier: the default tier, asked for by name, is reserved at the list price', async () => {
  const body = { model: 'openai/gpt-4.1', max_tokens: 4_096, messages: HELLO };
  const unnamed = await ask(CHAT, body, completion(prompt));
  const named = await ask(CHAT, { ...body, service_tier: 'default' }, completion(prompt));

  expect((named.reserved * 170n) / 100n).toBeLessThan(unnamed.reserved);
});

test('R11 money-05-web-fetch: fetching costs tokens alone', async () => {
  const body = { model: 'anthropic/claude-sonnet-5', max_tokens: 50, messages: HELLO };
  const fetching = { ...body, tools: [{ type: 'web_fetch_20250910', name: 'web_fetch', max_uses: 5 }] };
  const plain = await ask(MESSAGES, body, message(counts));
  const fetched = await ask(MESSAGES, fetching, message({ ...counts, server_tool_use: { web_search_requests: 0, web_fetch_requests: 2 } }));

  expect(fetched.charged).toBe(plain.charged);
  expect(fetched.record?.usage?.estimated).toBeUndefined();
});

test('R11 money-05-web-fetch: code that a search or a fetch runs is free; code of its own is a container', async () => {
  const body = { model: 'anthropic/claude-sonnet-5', max_tokens: 50, messages: HELLO };
  const usage = { ...counts, server_tool_use: { web_search_requests: 1, code_execution_requests: 3 } };
  const code = { type: 'code_execution_20250825', name: 'code_execution' };
  const plain = await ask(MESSAGES, body, message(counts));
  const searched = await ask(MESSAGES, { ...body, tools: [{ type: 'web_search_20260209', name: 'web_search' }] }, message(usage));
  const ran = await ask(MESSAGES, { ...body, tools: [code] }, message({ ...counts, server_tool_use: { code_execution_requests: 1 } }));

  expect(searched.charged - plain.charged).toBe(10_000_000n);
  expect(ran.charged - plain.charged).toBe(12_500_000n);
});

const MCP = { type: 'mcp', server_label: 's', server_url: 'https://example.com', require_approval: 'never' };
const CODE = { type: 'code_interpreter', container: { type: 'auto' } };
const BIG_CODE = { type: 'code_interpreter', container: { type: 'auto', memory_limit: '4g' } };
const ran = (container: string) => ({ type: 'code_interpreter_call', container_id: container });
const drawn = (quality: string, size: string) => ({ type: 'image_generation_call', quality, size });

test.each<[string, readonly object[], readonly object[], bigint]>([
  ['money-06-mcp: MCP costs tokens alone', [MCP], [{ type: 'mcp_call' }, { type: 'mcp_call' }], 0n],
  ['money-07-code-interpreter: three calls in one container', [CODE], [ran('c1'), ran('c1'), ran('c1')], 30_000_000n],
  ['money-07-code-interpreter: calls in two containers', [CODE], [ran('c1'), ran('c2'), ran('c1')], 60_000_000n],
  ['money-07-code-interpreter: a container of 4 GB', [BIG_CODE], [ran('c1')], 120_000_000n],
  ['a search', [{ type: 'web_search' }], [{ type: 'web_search_call', action: { type: 'search' } }], 10_000_000n],
  ['a page that is opened', [{ type: 'web_search' }], [{ type: 'web_search_call', action: { type: 'open_page' } }], 0n],
  ['a search of the older kind', [{ type: 'web_search_preview' }], [{ type: 'web_search_call' }], 25_000_000n],
  ['a search in files', [{ type: 'file_search' }], [{ type: 'file_search_call' }], 2_500_000n],
  ['a small picture', [{ type: 'image_generation' }], [drawn('low', '1024x1024')], 11_000_000n],
  ['a large picture', [{ type: 'image_generation' }], [drawn('high', '1536x1024')], 250_000_000n],
  ['pictures of a cheaper model', [{ type: 'image_generation', model: 'gpt-image-1-mini' }], [drawn('high', '1024x1024')], 36_000_000n],
])('R11 %s', async (_name, tools, output, fee) => {
  const { record, reserved, charged } = await ask(RESPONSES, asResponse(tools), response(output, { tools }));

  expect(record?.usage?.estimated).toBeUndefined();
  expect(charged).toBe(360_000n + fee);
  if (!_name.includes('two containers')) expect(reserved).toBeGreaterThanOrEqual(charged);
});

test.each([
  ['low', 5_000_000n],
  ['medium', 8_000_000n],
  ['high', 12_000_000n],
])('R11 a request of Sonar costs by how much it reads: %s', async (size, fee) => {
  const { reserved, charged } = await ask(
    CHAT,
    { model: 'perplexity/sonar', max_tokens: 50, messages: HELLO },
    completion({ ...prompt, search_context_size: size }),
  );

  expect(charged).toBe(120_000n + fee);
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

test('R11 pictures that a model makes cost what pictures cost', async () => {
  const made = jsonReply({
    candidates: [
      { index: 0, content: { role: 'model', parts: [{ inlineData: { mimeType: 'image/png', data: PIXEL_PNG } }] }, finishReason: 'STOP' },
    ],
    usageMetadata: {
      promptTokenCount: 10,
      candidatesTokenCount: 1_300,
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }],
    },
  });
  const body = { model: 'google-ai-studio/gemini-2.5-flash-image', max_tokens: 2_000, messages: HELLO };
  const { reserved, charged } = await ask(CHAT, body, made);
  const text = await ask(CHAT, { ...body, modalities: ['text'] }, made);

  expect(charged).toBe(10n * 300n + 10n * 2_500n + 1_290n * 30_000n);
  expect(reserved).toBeGreaterThanOrEqual(charged);
  expect(text.reserved * 5n).toBeLessThan(reserved);
});

test('R11 sound costs what sound costs, and is reserved where it is asked for', async () => {
  const body = { model: 'openai/gpt-audio', max_tokens: 500, messages: HELLO };
  const spoken = { ...prompt, completion_tokens: 400, completion_tokens_details: { audio_tokens: 300, text_tokens: 100 } };
  const sound = await ask(CHAT, { ...body, modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } }, completion(spoken));
  const text = await ask(CHAT, body, completion(prompt));

  expect(sound.charged).toBe(100n * 2_500n + 100n * 10_000n + 300n * 64_000n);
  expect(sound.reserved).toBeGreaterThanOrEqual(sound.charged);
  expect(text.reserved * 3n).toBeLessThan(sound.reserved);
});

test('R11 a recording is reserved at the price of sound, the text beside it at that of text', async () => {
  const parts = (seconds: number) => [
    { type: 'text', text: 'x'.repeat(10_000) },
    { type: 'input_audio', input_audio: { data: wav(seconds), format: 'wav' } },
  ];
  const body = (seconds: number) => ({ model: 'openai/gpt-audio', max_tokens: 20, messages: [{ role: 'user', content: parts(seconds) }] });
  const { reserved, charged } = await ask(
    CHAT,
    body(10),
    completion({ ...prompt, prompt_tokens: 2_600, prompt_tokens_details: { audio_tokens: 100 } }),
  );

  expect(charged).toBe(2_500n * 2_500n + 100n * 32_000n + 20n * 10_000n);
  expect(reserved).toBeGreaterThanOrEqual(charged);
  expect(reserved).toBeLessThan(60_000_000n);
});

const picture = (data: string) => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
const url = (data: string) => `data:image/png;base64,${data}`;
const seen = (data: string): readonly [string, string, object, readonly Step[]][] => [
  [
    'messages',
    MESSAGES,
    { model: 'anthropic/claude-opus-4-5', max_tokens: 100, messages: [{ role: 'user', content: [picture(data)] }] },
    message(counts),
  ],
  [
    'a result of a tool',
    MESSAGES,
    {
      model: 'anthropic/claude-opus-4-5',
      max_tokens: 100,
      messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [picture(data)] }] }],
    },
    message(counts),
  ],
  [
    'chat',
    CHAT,
    {
      model: 'openai/gpt-4.1',
      max_tokens: 100,
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: url(data) } }] }],
    },
    completion(prompt),
  ],
  [
    'responses',
    RESPONSES,
    {
      model: 'openai/gpt-4.1',
      max_output_tokens: 100,
      store: false,
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: url(data) }] }],
    },
    response([]),
  ],
];

test.each(seen(PIXEL_PNG))('R11 money-08-image-bound: a small picture is bounded by its pixels (%s)', async (_name, path, body, steps) => {
  const authorization = await keyOf({ budgets: [{ limit_usd: '1.00', period: 'lifetime' }] });
  const { reply, reserved, charged } = await ask(path, body, steps, { authorization });

  expect(reply.status).toBe(200);
  expect(reserved).toBeGreaterThanOrEqual(charged);
  expect(reserved).toBeLessThan(30_000_000n);
});

test.each(seen(png(1_200, 1_600, 3_000_000)))(
  'R11 money-08-image-bound: the bytes of a large picture are no text (%s)',
  async (_name, path, body, steps) => {
    const { reply, reserved } = await ask(path, body, steps);

    expect(reply.status).toBe(200);
    expect(reserved).toBeLessThan(50_000_000n);
  },
);
