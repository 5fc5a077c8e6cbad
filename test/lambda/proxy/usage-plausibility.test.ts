/** What a provider reports is charged as far as it can be true of the call; what cannot be true is charged by estimate, and told. */
import fc from 'fast-check';
import { loadPriceBook } from '../../../lambda/money/deployed-book';
import { METRICS } from '../../../lib/private/contract';
import { completion, HELLO, message, pricedGateway } from '../../support/priced-gateway';
import { jsonReply, type Step, streamReply } from '../../support/upstream';

const NOVEMBER = Date.UTC(2026, 10, 24);
const KINDS = ['openai', 'anthropic', 'cohere', 'google-ai-studio', 'xai', 'perplexity', 'mistral', 'bedrock'] as const;

const gateway = pricedGateway(KINDS, (kind) => (kind === 'bedrock' ? { regions: ['eu-west-1'] } : {}), {
  awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
});

async function ask(path: string, body: object, steps: readonly Step[]) {
  const { reply, record, log } = await gateway.ask(path, body, steps);
  const anomalies = log.filter(({ event }) => event === 'usage-anomaly');
  const metric = log.some((line) => line.event === 'request' && line[METRICS.USAGE_ANOMALY] === 1);
  return { reply, record, anomalies, metric };
}

const response = (usage: object, more: object = {}) =>
  jsonReply({
    id: 'r',
    object: 'response',
    status: 'completed',
    model: 'm',
    output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi', annotations: [] }] }],
    usage,
    ...more,
  });
const asMessages = (fields: object) => ({ model: 'anthropic/claude-sonnet-5', max_tokens: 50, messages: HELLO, ...fields });
const asChat = (model: string, fields: object = {}) => ({ model, max_tokens: 50, messages: HELLO, ...fields });
const asResponse = (fields: object = {}) => ({ model: 'openai/gpt-4.1', max_output_tokens: 50, store: false, input: 'hello', ...fields });
const search = (fields: object = {}) => ({ tools: [{ type: 'web_search_20250305', name: 'web_search', ...fields }] });
const gemini = (usageMetadata: object) =>
  jsonReply({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }], usageMetadata });
const cohere = (usage: object) =>
  jsonReply({ id: 'c', finish_reason: 'COMPLETE', message: { role: 'assistant', content: [{ type: 'text', text: 'hi' }] }, usage });
const converse = (usage: object) =>
  jsonReply({ output: { message: { role: 'assistant', content: [{ text: 'hi' }] } }, stopReason: 'end_turn', usage });
const event = (value: { readonly type: string }) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const messageStream = (usage: object) =>
  streamReply(
    [
      {
        type: 'message_start',
        message: { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 9, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hi' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
      { type: 'message_stop' },
    ]
      .map(event)
      .join(''),
  );

const VAST = 1e12;
const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';
const RESPONSES = '/v1/responses';
const counts = { input_tokens: 100, output_tokens: 20 };
const prompt = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
const units = { inputTokens: 100, outputTokens: 20, totalTokens: 120 };

const FALSE_REPORTS: readonly [string, string, object, readonly Step[]][] = [
  [
    'money-01-tool-count: searches of a call without the tool',
    MESSAGES,
    asMessages({ tools: [] }),
    message({ ...counts, server_tool_use: { web_search_requests: VAST } }),
  ],
  ['one search of a call without the tool', MESSAGES, asMessages({}), message({ ...counts, server_tool_use: { web_search_requests: 1 } })],
  [
    'searches beyond max_uses',
    MESSAGES,
    asMessages(search({ max_uses: 2 })),
    message({ ...counts, server_tool_use: { web_search_requests: 3 } }),
  ],
  ['searches without number', MESSAGES, asMessages(search()), message({ ...counts, server_tool_use: { web_search_requests: VAST } })],
  [
    'searches in a stream',
    MESSAGES,
    asMessages({ stream: true }),
    messageStream({ ...counts, server_tool_use: { web_search_requests: VAST } }),
  ],
  ['searches as text', MESSAGES, asMessages(search()), message({ ...counts, server_tool_use: { web_search_requests: '2' } })],
  ['half a search', MESSAGES, asMessages(search()), message({ ...counts, server_tool_use: { web_search_requests: 0.5 } })],
  ['cache reads', MESSAGES, asMessages({}), message({ ...counts, cache_read_input_tokens: VAST })],
  ['cache writes', MESSAGES, asMessages({}), message({ ...counts, cache_creation_input_tokens: 9e15 })],
  [
    'writes of an hour that nobody asked for',
    MESSAGES,
    asMessages({}),
    message({ ...counts, cache_creation: { ephemeral_1h_input_tokens: 90 } }),
  ],
  ['thinking longer than the answer', MESSAGES, asMessages({}), message({ ...counts, output_tokens_details: { thinking_tokens: 21 } })],
  [
    'compaction',
    MESSAGES,
    asMessages({}),
    message({ ...counts, iterations: [{ type: 'compaction', input_tokens: VAST, output_tokens: 1 }] }),
  ],
  [
    'money-02-billed-units: billed input',
    CHAT,
    asChat('cohere/command-a-03-2025'),
    cohere({ tokens: counts, billed_units: { input_tokens: 1e15, output_tokens: 20 } }),
  ],
  [
    'billed output',
    CHAT,
    asChat('cohere/command-a-03-2025'),
    cohere({ tokens: counts, billed_units: { input_tokens: 100, output_tokens: 1e15 } }),
  ],
  [
    'billed units that are negative',
    CHAT,
    asChat('cohere/command-a-03-2025'),
    cohere({ tokens: counts, billed_units: { input_tokens: -1, output_tokens: 20 } }),
  ],
  ['input', CHAT, asChat('openai/gpt-4.1'), completion({ ...prompt, prompt_tokens: VAST })],
  ['output', CHAT, asChat('openai/gpt-4.1'), completion({ ...prompt, completion_tokens: VAST })],
  ['a number beyond all counts', CHAT, asChat('openai/gpt-4.1'), completion({ ...prompt, completion_tokens: 1e308 })],
  ['a fraction', CHAT, asChat('openai/gpt-4.1'), completion({ ...prompt, completion_tokens: 20.5 })],
  ['a negative count', CHAT, asChat('openai/gpt-4.1'), completion({ ...prompt, prompt_tokens_details: { cached_tokens: -100 } })],
  [
    'cached tokens beyond any input',
    CHAT,
    asChat('openai/gpt-4.1'),
    completion({ ...prompt, prompt_tokens_details: { cached_tokens: VAST } }),
  ],
  [
    'sound that nobody asked for',
    CHAT,
    asChat('openai/gpt-audio'),
    completion({ ...prompt, completion_tokens_details: { audio_tokens: 20 } }),
  ],
  ['sound that nobody sent', CHAT, asChat('openai/gpt-audio'), completion({ ...prompt, prompt_tokens_details: { audio_tokens: 100 } })],
  [
    'sources',
    CHAT,
    asChat('xai/grok-4', { search_parameters: { mode: 'on', max_search_results: 5 } }),
    completion({ ...prompt, num_sources_used: 6 }),
  ],
  ['research', CHAT, asChat('perplexity/sonar-deep-research'), completion({ ...prompt, num_search_queries: VAST })],
  ['citations', CHAT, asChat('perplexity/sonar-deep-research'), completion({ ...prompt, citation_tokens: VAST })],
  ['kinds of request', CHAT, asChat('openai/gpt-4.1'), completion({ ...prompt, search_context_size: 'high' })],
  [
    'containers of a call without the tool',
    RESPONSES,
    asResponse(),
    response(counts, { output: [{ type: 'code_interpreter_call', container_id: 'c' }] }),
  ],
  [
    'pictures of a call without the tool',
    RESPONSES,
    asResponse(),
    response(counts, { output: [{ type: 'image_generation_call', quality: 'high', size: '1024x1024' }] }),
  ],
  [
    'more calls than allowed',
    RESPONSES,
    asResponse({ tools: [{ type: 'file_search' }], max_tool_calls: 1 }),
    response(counts, { output: [{ type: 'file_search_call' }, { type: 'file_search_call' }] }),
  ],
  ['reasoning beyond the answer', RESPONSES, asResponse(), response({ ...counts, output_tokens_details: { reasoning_tokens: VAST } })],
  [
    'thoughts',
    CHAT,
    asChat('google-ai-studio/gemini-2.5-flash'),
    gemini({ promptTokenCount: 100, candidatesTokenCount: 20, thoughtsTokenCount: VAST }),
  ],
  [
    'sound heard where none was sent',
    CHAT,
    asChat('google-ai-studio/gemini-2.5-flash'),
    gemini({ promptTokenCount: 100, candidatesTokenCount: 20, promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 100 }] }),
  ],
  [
    'results of tools that nobody asked for',
    CHAT,
    asChat('google-ai-studio/gemini-2.5-flash'),
    gemini({ promptTokenCount: 100, candidatesTokenCount: 20, toolUsePromptTokenCount: VAST }),
  ],
  ['Converse input', CHAT, asChat('bedrock/amazon.nova-pro-v1:0'), converse({ ...units, inputTokens: VAST })],
  ['Converse cache writes', CHAT, asChat('bedrock/amazon.nova-pro-v1:0'), converse({ ...units, cacheWriteInputTokens: VAST })],
  ['Converse text', CHAT, asChat('bedrock/amazon.nova-pro-v1:0'), converse({ ...units, outputTokens: '20' })],
  ['Mistral cache', CHAT, asChat('mistral/mistral-large-latest'), completion({ ...prompt, num_cached_tokens: VAST })],
];

test.each(FALSE_REPORTS)('R10 %s: what cannot be true is charged by estimate', async (_name, path, body, steps) => {
  const { reply, record, anomalies, metric } = await ask(path, body, steps);

  expect(reply.status).toBe(200);
  expect(record).toMatchObject({ state: 'settled', usage: { estimated: true } });
  expect((record?.costNanoUsd as bigint) <= (record?.boundNanoUsd as bigint)).toBe(true);
  expect(anomalies).toHaveLength(1);
  expect(metric).toBe(true);
});

test.each([
  ['OpenAI', 'openai/text-embedding-3-small', { usage: { prompt_tokens: VAST, total_tokens: VAST } }],
  ['OpenAI, negative', 'openai/text-embedding-3-small', { usage: { prompt_tokens: -2, total_tokens: 2 } }],
  ['Cohere', 'cohere/embed-v4.0', { meta: { billed_units: { input_tokens: 1e15 } } }],
])('R10 embeddings of %s: what cannot be true is charged by estimate', async (_name, model, usage) => {
  const embeddings = model.startsWith('cohere') ? { embeddings: { float: [[0.5]] } } : { data: [{ index: 0, embedding: [0.5] }] };
  const { reply, record, anomalies } = await ask('/v1/embeddings', { model, input: 'hello' }, jsonReply({ ...embeddings, ...usage }));

  expect(reply.status).toBe(200);
  expect(record).toMatchObject({ state: 'settled', usage: { estimated: true } });
  expect(anomalies).toHaveLength(1);
});

const TRUE_REPORTS: readonly [string, string, object, readonly Step[], bigint][] = [
  [
    'two searches of three',
    MESSAGES,
    asMessages(search({ max_uses: 3 })),
    message({ ...counts, server_tool_use: { web_search_requests: 2 } }),
    20_400_000n,
  ],
  [
    'a long answer of a provider that overlooks the cap',
    CHAT,
    asChat('openai/gpt-4.1'),
    completion({ ...prompt, completion_tokens: 5_000 }),
    40_200_000n,
  ],
  [
    'more searches than are reckoned with',
    MESSAGES,
    asMessages(search()),
    message({ ...counts, server_tool_use: { web_search_requests: 100 } }),
    1_000_400_000n,
  ],
];

test.each(TRUE_REPORTS)('R10 %s: what can be true is charged in full', async (_name, path, body, steps, cost) => {
  const { record, anomalies } = await ask(path, body, steps);

  expect(record).toMatchObject({ state: 'settled', costNanoUsd: cost });
  expect(record?.usage?.estimated).toBeUndefined();
  expect(anomalies).toEqual([]);
});

test('R10 a plausible charge beyond what was reserved is charged in full', async () => {
  const { record } = await ask(CHAT, asChat('openai/gpt-4.1'), completion({ ...prompt, completion_tokens: 30_000 }));

  expect(record?.costNanoUsd).toBe(240_200_000n);
  expect((record?.costNanoUsd as bigint) > (record?.boundNanoUsd as bigint)).toBe(true);
});

/** Anything that JSON can hold where a count stands. */
const anyCount = fc.oneof(
  fc.integer({ min: -10, max: 200 }),
  fc.double(),
  fc.constantFrom(1e12, 1e15, 2 ** 53, 1e308, '12', true, null, [], {}),
);

test('R10 no report makes a call dearer than its provider can make it in truth', async () => {
  const field: { requiredKeys: [] } = { requiredKeys: [] };
  const usage = fc.record(
    {
      prompt_tokens: anyCount,
      completion_tokens: anyCount,
      total_tokens: anyCount,
      cached_tokens: anyCount,
      num_sources_used: anyCount,
      num_search_queries: anyCount,
      citation_tokens: anyCount,
      reasoning_tokens: anyCount,
      prompt_tokens_details: fc.record({ cached_tokens: anyCount, audio_tokens: anyCount, cache_write_tokens: anyCount }, field),
      completion_tokens_details: fc.record({ reasoning_tokens: anyCount, audio_tokens: anyCount }, field),
      server_tool_use: fc.record({ web_search_requests: anyCount }, field),
    },
    field,
  );
  // The longest answer of the model, and its window.
  const most = 32_768n * 8_000n + 1_047_576n * 2_000n;
  await fc.assert(
    fc.asyncProperty(usage, async (reported) => {
      const { record } = await ask(CHAT, asChat('openai/gpt-4.1'), completion(reported));
      expect((record?.costNanoUsd as bigint) <= most * 4n).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('R10 the book has the prices that this file reckons with', async () => {
  const book = await loadPriceBook();
  const price = book.lookup({ provider: 'openai', kind: 'openai', model: 'gpt-4.1' }, NOVEMBER);
  expect([price?.rates.input.base, price?.rates.output.base]).toEqual([2_000_000_000n, 8_000_000_000n]);
});
