import { UsageReader, usageOf, writeUsage } from '../../../../../lambda/wire/dialects/anthropic-messages/usage';
import { tokenClasses } from '../../../../../lambda/wire/model/usage';

test('F16 the input excludes the cache, the writes split by their life', () => {
  const usage = usageOf({
    usage: {
      input_tokens: 2,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 4 },
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
      service_tier: 'priority',
    },
  });

  expect(usage).toEqual({
    inputTokens: 152,
    cacheReadInputTokens: 100,
    cacheCreationInputTokens: 50,
    cacheCreation1hInputTokens: 30,
    outputTokens: 9,
    reasoningOutputTokens: 4,
    toolCalls: { web_search: 2 },
    serviceTier: 'priority',
  });
  expect(tokenClasses(usage ?? {})).toMatchObject({
    input: 2,
    cacheRead: 100,
    cacheWrite5m: 20,
    cacheWrite1h: 30,
    output: 5,
    reasoning: 4,
  });
  expect(writeUsage(usage)).toMatchObject({
    input_tokens: 2,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 50,
    output_tokens: 9,
  });
});

test('E17 message_delta is cumulative: the last value of each field, never a sum', () => {
  const reader = new UsageReader();
  reader.add({ input_tokens: 565, cache_read_input_tokens: 0, output_tokens: 7 });
  reader.add({ input_tokens: 565, output_tokens: 20, cache_read_input_tokens: null });
  reader.add({ output_tokens: 48 });

  expect(reader.usage).toEqual({ inputTokens: 565, cacheReadInputTokens: 0, outputTokens: 48 });
});

test.each([
  ['E16 nothing reported', {}, undefined],
  ['E18 explicit zero', { input_tokens: 0, output_tokens: 0 }, { inputTokens: 0, outputTokens: 0 }],
  ['E19 impossible counts', { input_tokens: -4, output_tokens: 'many' }, { malformed: true }],
])('%s', (_name, usage, expected) => {
  expect(usageOf({ usage })).toEqual(expected);
});
