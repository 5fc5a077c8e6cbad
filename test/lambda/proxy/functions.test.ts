/** Callers of Chat Completions that speak of functions, which tools replaced, at providers that never knew them. */
import { startEveryProvider } from '../../support/every-provider';
import type { TestGateway } from '../../support/gateway';
import { chunk, jsonReply, lastChunk, startUpstream, streamHead, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
  gateway = await startEveryProvider(upstream);
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const asked = {
  functions: [{ name: 'weather', description: 'Tells it.', parameters }],
  function_call: { name: 'weather' },
  messages: [
    { role: 'user', content: 'Rome?' },
    { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{"city":"Rome"}' } },
    { role: 'function', name: 'weather', content: 'Sunny' },
    { role: 'user', content: 'And Oslo?' },
  ],
};
const ask = (model: string, more: object = {}) => gateway.call('/v1/chat/completions', { model, ...asked, ...more });
const sent = () => JSON.parse((upstream.requests.at(-1)?.body ?? '{}').toString());

const message = (content: object[], stop_reason: string) => ({
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content,
  stop_reason,
  usage: { input_tokens: 1, output_tokens: 1 },
});
const call = (city: string) => ({ type: 'tool_use', id: `t-${city}`, name: 'weather', input: { city } });

test('a call and its history reach Anthropic as tools, one call at a time', async () => {
  upstream.script(jsonReply(message([call('Oslo')], 'tool_use')));
  const { json, status } = await ask('anthropic/claude-sonnet-4-5');

  const { tools, tool_choice, messages } = sent();
  expect(tools).toEqual([{ name: 'weather', description: 'Tells it.', input_schema: parameters }]);
  expect(tool_choice).toEqual({ type: 'tool', name: 'weather', disable_parallel_tool_use: true });
  const id = messages[1].content[0].id;
  expect(messages.slice(1, 3)).toEqual([
    { role: 'assistant', content: [{ type: 'tool_use', id, name: 'weather', input: { city: 'Rome' } }] },
    { role: 'user', content: [expect.objectContaining({ type: 'tool_result', tool_use_id: id })] },
  ]);
  expect(status).toBe(200);
  expect(json.choices[0]).toMatchObject({
    finish_reason: 'function_call',
    message: { content: null, function_call: { name: 'weather', arguments: '{"city":"Oslo"}' } },
  });
  expect(json.choices[0].message.tool_calls).toBeUndefined();
});

test.each([
  ['google-ai-studio/gemini-2.5-flash', '"functionCall":{"name":"weather"'],
  ['bedrock/amazon.nova-pro-v1:0', '"name":"weather","input":{"city":"Rome"}'],
  ['cohere/command-a-03-2025', '"tool_calls":[{'],
  ['openai/gpt-5.5', '"type":"function_call"'],
])('they reach %s as tools', async (model, written) => {
  upstream.script(jsonReply({ error: { message: 'seen' } }, 400));
  await ask(model);
  expect(JSON.stringify(sent())).toContain(written);
});

test('a streamed call comes in the older field, the first of several', async () => {
  const events = [
    { type: 'message_start', message: { ...message([], 'end_turn'), stop_reason: null } },
    ...['Oslo', 'Bergen'].flatMap((city, index) => [
      { type: 'content_block_start', index, content_block: { ...call(city), input: {} } },
      { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: `{"city":"${city}"}` } },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ];
  upstream.script([streamHead(), ...events.map((one) => chunk(`event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`)), lastChunk]);
  const { text } = await ask('anthropic/claude-sonnet-4-5', { stream: true });

  const choices = [...text.matchAll(/^data: (\{.*)$/gm)].flatMap(([, data = '']) => JSON.parse(data).choices);
  const calls = choices.flatMap(({ delta }) => delta.function_call ?? []);
  expect(calls[0].name).toBe('weather');
  expect(calls.map((one: { arguments: string }) => one.arguments).join('')).toBe('{"city":"Oslo"}');
  expect(choices.at(-1).finish_reason).toBe('function_call');
  expect(text).not.toContain('tool_calls');
});

test.each([
  [{ tools: [{ type: 'function', function: { name: 'f' } }] }, 'functions'],
  [{ messages: [{ role: 'function', name: 'unknown', content: 'x' }] }, 'messages[0].name'],
  [{ function_call: 'always' }, 'function_call'],
])('fails by name where it makes no sense: %j', async (more, param) => {
  const { status, json } = await ask('anthropic/claude-sonnet-4-5', more);
  expect([status, json.error.param]).toEqual([400, param]);
});
