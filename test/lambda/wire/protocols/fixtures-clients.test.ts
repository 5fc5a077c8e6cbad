import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { type LanguageModel, streamText } from 'ai';
import OpenAI from 'openai';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import type { Dialect } from '../../../../lambda/wire/protocols/protocol';
import { decode, encode, framesOf } from '../../../support/answer-grid';
import { type Fixture, fixtures, scenarioOf } from '../../../support/fixtures';

/** The vendors' own stream helpers, and the checked shapes of the AI SDK, read every streamed scenario. No socket is opened. */

/** Clients that never declared a custom tool are not told of a call of one. */
const isCustom = ({ response }: Fixture) => JSON.stringify(response).includes('"custom');
const streams = fixtures().filter((fixture) => fixture.streaming && fixture.facts !== undefined && !isCustom(fixture));
const rows = streams.map((fixture) => [fixture.id, fixture] as const);

function served(dialect: Dialect, fixture: Fixture): typeof fetch {
  const scenario = scenarioOf(fixture);
  const text = encode(dialect, decode(scenario.protocol, framesOf(scenario)));
  return async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
}

const user = [{ role: 'user' as const, content: 'Hi' }];
const options = { apiKey: 'k', maxRetries: 0 };
const callsOf = ({ facts }: Fixture) => (facts?.tool_calls ?? []).map(({ name, args }) => ({ name, args }));

test.each(rows)('the openai package reads %s', async (_id, fixture) => {
  const client = new OpenAI({ ...options, baseURL: 'http://127.0.0.1/v1', fetch: served(openAiChat, fixture) });

  const { choices } = await client.chat.completions.stream({ model: 'smart', messages: user }).finalChatCompletion();

  expect(choices[0]?.message.content ?? '').toBe(fixture.facts?.text);
  const calls = (choices[0]?.message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call.function] : []));
  expect(calls.map((call) => ({ name: call.name, args: JSON.parse(call.arguments) as unknown }))).toEqual(callsOf(fixture));
});

test.each(rows)('the openai package reads %s as a response', async (_id, fixture) => {
  const client = new OpenAI({ ...options, baseURL: 'http://127.0.0.1/v1', fetch: served(openAiResponses, fixture) });

  const response = await client.responses.stream({ model: 'smart', input: 'Hi' }).finalResponse();

  expect(response.output_text).toBe(fixture.facts?.text);
  const calls = response.output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
  expect(calls.map((call) => ({ name: call.name, args: JSON.parse(call.arguments) as unknown }))).toEqual(callsOf(fixture));
});

test.each(rows)('the @anthropic-ai/sdk package reads %s', async (_id, fixture) => {
  const client = new Anthropic({ ...options, baseURL: 'http://127.0.0.1', fetch: served(anthropicMessages, fixture) });

  const { content } = await client.messages.stream({ model: 'smart', max_tokens: 9, messages: user }).finalMessage();

  const texts = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  expect(texts).toBe(`${fixture.facts?.text ?? ''}${fixture.facts?.refusal ?? ''}`);
  const calls = content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
  expect(calls.map(({ name, input }) => ({ name, args: input }))).toEqual(callsOf(fixture));
});

describe.each<[string, (fixture: Fixture) => LanguageModel]>([
  [
    '@ai-sdk/openai-compatible',
    (fixture) => createOpenAICompatible({ name: 'gateway', baseURL: 'http://127.0.0.1/v1', fetch: served(openAiChat, fixture) })('smart'),
  ],
  [
    '@ai-sdk/openai',
    (fixture) => createOpenAI({ apiKey: 'k', baseURL: 'http://127.0.0.1/v1', fetch: served(openAiResponses, fixture) }).responses('smart'),
  ],
  [
    '@ai-sdk/anthropic',
    (fixture) => createAnthropic({ apiKey: 'k', baseURL: 'http://127.0.0.1/v1', fetch: served(anthropicMessages, fixture) })('smart'),
  ],
])('the ai package with %s', (_name, model) => {
  // The AI SDK knows one answer alone.
  test.each(rows.filter(([, { facts }]) => facts?.choices === undefined))('reads %s', async (_id, fixture) => {
    const errors: unknown[] = [];
    const result = streamText({ model: model(fixture), prompt: 'Hi', maxRetries: 0, onError: ({ error }) => void errors.push(error) });

    expect(await result.text).toBe(`${fixture.facts?.text ?? ''}${fixture.facts?.refusal ?? ''}`);
    expect((await result.toolCalls).map(({ toolName, input }) => ({ name: toolName, args: input as unknown }))).toEqual(callsOf(fixture));
    expect(errors).toEqual([]);
  });
});
