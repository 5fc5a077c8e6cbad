import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { streamText } from 'ai';
import OpenAI from 'openai';
import { GatewayError } from '../../../../lambda/platform/error';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import type { StreamEvent } from '../../../../lambda/wire/model/response';
import type { Dialect } from '../../../../lambda/wire/protocols/protocol';

/** The vendors' own stream helpers, which throw on a wrong order of events, read what the codecs write. No socket is opened. */

const signature = { protocol: 'gemini', value: 'c2ln' } as const;
const at = (block: number) => ({ choice: 0, block });
const loop: readonly StreamEvent[] = [
  { type: 'start', id: 'answer_1', model: 'model-1', createdAt: 1_700_000_000 },
  { type: 'reasoning-start', ...at(0) },
  { type: 'reasoning-delta', ...at(0), text: 'Let me ' },
  { type: 'reasoning-delta', ...at(0), text: 'think.' },
  { type: 'reasoning-end', ...at(0), signature },
  { type: 'reasoning-start', ...at(1) },
  { type: 'reasoning-end', ...at(1), redacted: { protocol: 'openai-responses', value: 'cmVk' } },
  { type: 'text-start', ...at(2) },
  { type: 'text-delta', ...at(2), text: 'Grüße, ' },
  { type: 'text-delta', ...at(2), text: '世界' },
  { type: 'text-end', ...at(2) },
  { type: 'tool-call-start', ...at(3), id: 'call_1', name: 'weather' },
  { type: 'tool-call-delta', ...at(3), text: '{"city":' },
  { type: 'tool-call-delta', ...at(3), text: '"Paris"}' },
  { type: 'tool-call-end', ...at(3) },
  { type: 'tool-call-start', ...at(4), id: 'call_2', name: 'now' },
  { type: 'tool-call-delta', ...at(4), text: '{}' },
  { type: 'tool-call-end', ...at(4), signature },
  { type: 'finish', choice: 0, reason: { unified: 'tool-calls' } },
  { type: 'usage', usage: { inputTokens: 12, cacheReadInputTokens: 4, outputTokens: 30, reasoningOutputTokens: 10 } },
  { type: 'end' },
];
const broken: readonly StreamEvent[] = [
  ...loop.slice(0, 9),
  {
    type: 'error',
    error: new GatewayError({ code: 'upstream_incomplete', message: 'The stream was cut.' }),
  },
];

function served(dialect: Dialect, events: readonly StreamEvent[]): typeof fetch {
  const encoder = dialect.streamEncoder({
    requestId: 'req-1',
    originalModel: 'smart',
    createdAt: 1,
    wantsStreamUsage: true,
    request: { model: 'smart', messages: [], stream: true },
  });
  const text = events.map((event) => encoder.encode(event) + dialect.heartbeat.repeat(event.type === 'text-start' ? 1 : 0)).join('');
  return async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
}

const user = [{ role: 'user' as const, content: 'Hi' }];
const openai = (events: readonly StreamEvent[]) =>
  new OpenAI({ apiKey: 'k', baseURL: 'http://127.0.0.1/v1', maxRetries: 0, fetch: served(openAiChat, events) });
const anthropic = (events: readonly StreamEvent[]) =>
  new Anthropic({ apiKey: 'k', baseURL: 'http://127.0.0.1', maxRetries: 0, fetch: served(anthropicMessages, events) });

test('the openai package reads a streamed tool loop', async () => {
  const completion = await openai(loop).chat.completions.stream({ model: 'smart', messages: user }).finalChatCompletion();

  const [choice] = completion.choices;
  expect(choice?.finish_reason).toBe('tool_calls');
  expect(choice?.message.content).toBe('Grüße, 世界');
  expect(choice?.message.tool_calls).toMatchObject([
    { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
    { id: 'call_2', type: 'function', function: { name: 'now', arguments: '{}' } },
  ]);
  expect(completion.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 30, total_tokens: 42 });
});

test('what the openai package put together brings the thinking back', async () => {
  const completion = await openai(loop).chat.completions.stream({ model: 'smart', messages: user }).finalChatCompletion();
  const message = JSON.parse(JSON.stringify(completion.choices[0]?.message));
  delete message.parsed;
  for (const call of message.tool_calls) delete call.function.parsed_arguments;

  const request = openAiChat.decodeRequest({ model: 'smart', messages: [...user, message] });

  expect(request.messages[1]?.content).toMatchObject([
    { type: 'reasoning', text: 'Let me think.', signature },
    { type: 'reasoning', redacted: { protocol: 'openai-responses', value: 'cmVk' } },
    { type: 'text', text: 'Grüße, 世界' },
    { type: 'tool-call', id: 'call_1' },
    { type: 'tool-call', id: 'call_2', signature },
  ]);
});

test('the @anthropic-ai/sdk package reads a streamed tool loop, and brings the thinking back', async () => {
  const message = await anthropic(loop).messages.stream({ model: 'smart', max_tokens: 9, messages: user }).finalMessage();

  expect(message.stop_reason).toBe('tool_use');
  expect(message.content).toMatchObject([
    { type: 'thinking', thinking: 'Let me think.' },
    { type: 'redacted_thinking' },
    { type: 'text', text: 'Grüße, 世界' },
    { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Paris' } },
    { type: 'tool_use', id: 'call_2', name: 'now', input: {} },
    // The second call's signature.
    { type: 'redacted_thinking' },
  ]);
  expect(message.usage).toMatchObject({ input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 30 });

  const content = JSON.parse(JSON.stringify(message.content));
  const request = anthropicMessages.decodeRequest({ model: 'smart', max_tokens: 9, messages: [...user, { role: 'assistant', content }] });
  expect(request.messages[1]?.content.slice(0, 2)).toMatchObject([
    { signature },
    { redacted: { protocol: 'openai-responses', value: 'cmVk' } },
  ]);
  expect(request.messages[1]?.content.slice(3)).toMatchObject([
    { type: 'tool-call', id: 'call_1' },
    { type: 'tool-call', id: 'call_2', signature },
  ]);
});

test('both packages throw what the terminal error says', async () => {
  await expect(openai(broken).chat.completions.stream({ model: 'smart', messages: user }).finalChatCompletion()).rejects.toThrow(
    'The stream was cut.',
  );
  await expect(anthropic(broken).messages.stream({ model: 'smart', max_tokens: 9, messages: user }).finalMessage()).rejects.toThrow(
    'The stream was cut.',
  );
});

test.each([
  [
    '@ai-sdk/openai-compatible',
    () => createOpenAICompatible({ name: 'gateway', baseURL: 'http://127.0.0.1/v1', fetch: served(openAiChat, loop) })('smart'),
  ],
  [
    '@ai-sdk/anthropic',
    () => createAnthropic({ apiKey: 'k', baseURL: 'http://127.0.0.1/v1', fetch: served(anthropicMessages, loop) })('smart'),
  ],
])('the ai package with %s reads a streamed tool loop', async (_name, model) => {
  const result = streamText({ model: model(), prompt: 'Hi', maxRetries: 0, onError: () => undefined });

  expect(await result.text).toBe('Grüße, 世界');
  expect(await result.reasoningText).toBe('Let me think.');
  expect((await result.toolCalls).map(({ toolCallId, toolName, input }) => ({ toolCallId, toolName, input }))).toEqual([
    { toolCallId: 'call_1', toolName: 'weather', input: { city: 'Paris' } },
    { toolCallId: 'call_2', toolName: 'now', input: {} },
  ]);
  expect(await result.finishReason).toBe('tool-calls');
  expect(await result.usage).toMatchObject({ inputTokens: 12, outputTokens: 30 });
});
