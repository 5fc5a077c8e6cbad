import { usageOf, writeUsage } from '../../../../../lambda/wire/dialects/openai-chat/usage';
import { tokenClasses } from '../../../../../lambda/wire/model/usage';

test.each([
  [
    'OpenAI',
    {
      usage: {
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_tokens_details: { cached_tokens: 60, audio_tokens: 10 },
        completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 5 },
      },
    },
    { inputTokens: 100, cacheReadInputTokens: 60, audioInputTokens: 10, outputTokens: 50, reasoningOutputTokens: 30, audioOutputTokens: 5 },
  ],
  [
    'OpenAI with priced cache writes',
    {
      usage: { prompt_tokens: 4020, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 4012 } },
      service_tier: 'flex',
    },
    { inputTokens: 4020, cacheReadInputTokens: 0, cacheCreationInputTokens: 4012, outputTokens: 4, serviceTier: 'flex' },
  ],
  [
    'DeepSeek',
    { usage: { prompt_tokens: 563, completion_tokens: 116, prompt_cache_hit_tokens: 512, prompt_cache_miss_tokens: 51 } },
    { inputTokens: 563, cacheReadInputTokens: 512, outputTokens: 116 },
  ],
  [
    'xAI, reasoning outside completion',
    { usage: { prompt_tokens: 32, completion_tokens: 9, total_tokens: 135, completion_tokens_details: { reasoning_tokens: 94 } } },
    { inputTokens: 32, outputTokens: 103, reasoningOutputTokens: 94 },
  ],
  ['Groq, in its own field', { x_groq: { usage: { prompt_tokens: 304, completion_tokens: 49 } } }, { inputTokens: 304, outputTokens: 49 }],
  [
    'Mistral',
    { usage: { prompt_tokens: 77, completion_tokens: 12, num_cached_tokens: 76 } },
    { inputTokens: 77, cacheReadInputTokens: 76, outputTokens: 12 },
  ],
  [
    'Moonshot, in the choice',
    { choices: [{ usage: { prompt_tokens: 3, completion_tokens: 2, cached_tokens: 1 } }] },
    { inputTokens: 3, cacheReadInputTokens: 1, outputTokens: 2 },
  ],
  ['E18 explicit zero', { usage: { prompt_tokens: 0, completion_tokens: 0 } }, { inputTokens: 0, outputTokens: 0 }],
  ['E19 impossible counts', { usage: { prompt_tokens: -1, completion_tokens: '7', prompt_tokens_details: null } }, { malformed: true }],
  ['E16 nothing', { usage: null }, undefined],
])('%s', (_name, body, expected) => {
  expect(usageOf(body)).toEqual(expected);
});

test('F16 classes are disjoint and add up to the totals', () => {
  const usage = usageOf({
    usage: {
      prompt_tokens: 100,
      completion_tokens: 50,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 30 },
    },
  });

  expect(tokenClasses(usage ?? {})).toMatchObject({
    input: 20,
    cacheRead: 60,
    cacheWrite5m: 20,
    cacheWrite1h: 0,
    audioInput: 0,
    output: 20,
    reasoning: 30,
    audioOutput: 0,
  });
});

test('a count that is not known is left out, never zero', () => {
  expect(writeUsage({ outputTokens: 3 })).toEqual({ completion_tokens: 3 });
  expect(writeUsage({ inputTokens: 5, outputTokens: 3, reasoningOutputTokens: 1 })).toEqual({
    prompt_tokens: 5,
    completion_tokens: 3,
    total_tokens: 8,
    completion_tokens_details: { reasoning_tokens: 1 },
  });
});
