import { readAnswer, readStream } from '../../support/answers';
import { events, type Hosts, startHosts } from '../../support/hosts';
import { jsonReply, streamReply } from '../../support/upstream';

/** Newer GPT takes an effort beside tools in Responses alone: https://platform.openai.com/docs/guides/latest-model */

let hosts: Hosts;

beforeEach(async () => {
  hosts = await startHosts({ 'azure-openai': { settings: {} } });
});

afterEach(() => hosts.close());

const call = { type: 'function_call', id: 'fc_1', call_id: 'call_9', name: 'find', arguments: '{"q":"x"}', status: 'completed' };
const thought = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Look.' }], encrypted_content: 'gAAA-secret' };
const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'gpt-5.4',
  status: 'completed',
  output: [thought, call],
  usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
};
const streamed = events(
  { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
  { type: 'response.output_item.added', output_index: 0, item: { ...thought, summary: [], encrypted_content: undefined } },
  { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'Look.' },
  { type: 'response.output_item.done', output_index: 0, item: thought },
  { type: 'response.output_item.added', output_index: 1, item: { ...call, arguments: '' } },
  { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"q":"x"}' },
  { type: 'response.output_item.done', output_index: 1, item: call },
  { type: 'response.completed', response },
);

const messages = [{ role: 'user', content: 'Find x' }];
const schema = { type: 'object', properties: { q: { type: 'string' } } };
const chat = { messages, tools: [{ type: 'function', function: { name: 'find', parameters: schema } }] };
const anthropic = { messages, max_tokens: 400, tools: [{ name: 'find', input_schema: schema }] };

const ASKED = [
  ['/v1/chat/completions', 'openai-chat', { ...chat, reasoning_effort: 'high' }],
  ['/v1/chat/completions', 'openai-chat', { ...chat, reasoning: { effort: 'high' } }],
  ['/v1/chat/completions', 'openai-chat', { ...chat, thinking: { type: 'enabled', budget_tokens: 20_000 } }],
  ['/v1/messages', 'anthropic-messages', { ...anthropic, thinking: { type: 'enabled', budget_tokens: 20_000 } }],
  ['/v1/messages', 'anthropic-messages', { ...anthropic, output_config: { effort: 'high' } }],
] as const;
const HOSTED = [
  ['openai/gpt-5.4', '/openai/v1/responses'],
  ['openai/gpt-5.5-2027-01-15', '/openai/v1/responses'],
  ['openai/gpt-6', '/openai/v1/responses'],
  ['azure-openai/gpt-5.4-mini', '/azure/openai/v1/responses'],
] as const;

describe.each(ASKED)('%s as %s, case %#', (path, dialect, body) => {
  test.each(HOSTED)('to %s goes to Responses and comes back in its own dialect', async (model, place) => {
    hosts.upstream.script(jsonReply(response));

    const reply = await hosts.ask(path, { model, ...body });

    const [sent] = hosts.sent();
    expect(sent?.path).toBe(place);
    expect(sent?.body).toMatchObject({ reasoning: { effort: 'high' }, store: false, tools: [{ type: 'function', name: 'find' }] });
    const answer = readAnswer(dialect, reply.json);
    expect(answer.toolCalls).toEqual([{ id: 'call_9', name: 'find', args: '{"q":"x"}' }]);
    expect(answer.reasoning).toBe('Look.');
    expect(['tool_calls', 'tool_use']).toContain(answer.finish);
  });

  test('streamed', async () => {
    hosts.upstream.script(streamReply(streamed, [61]));

    const reply = await hosts.ask(path, { model: 'openai/gpt-5.4', stream: true, ...body });

    expect(hosts.sent()[0]?.path).toBe('/openai/v1/responses');
    const answer = readStream(dialect, reply.text);
    expect(answer.toolCalls).toEqual([{ id: 'call_9', name: 'find', args: '{"q":"x"}' }]);
    expect(answer.terminals).toHaveLength(1);
    expect(answer.error).toBeUndefined();
  });
});

test('the encrypted thinking of one turn is in the next one, for a caller of Chat', async () => {
  hosts.upstream.script(jsonReply(response));
  const asked = { model: 'openai/gpt-5.4', ...chat, reasoning_effort: 'high' };
  const first = await hosts.ask('/v1/chat/completions', asked);

  const history = [...messages, first.json.choices[0].message, { role: 'tool', tool_call_id: 'call_9', content: 'found' }];
  await hosts.ask('/v1/chat/completions', { ...asked, messages: history });

  expect(hosts.sent()[1]?.body.input).toMatchObject([
    { role: 'user' },
    { type: 'reasoning', id: 'rs_1', encrypted_content: 'gAAA-secret' },
    { type: 'function_call', call_id: 'call_9' },
    { type: 'function_call_output', call_id: 'call_9', output: 'found' },
  ]);
});

test.each([
  ['no tools', 'openai/gpt-5.4', { messages, reasoning_effort: 'high' }],
  ['no effort', 'openai/gpt-5.4', chat],
  ['no effort by name', 'openai/gpt-5.4', { ...chat, reasoning_effort: 'none' }],
  ['no effort by name, of one that thinks unasked', 'openai/gpt-5.6', { ...chat, reasoning_effort: 'none' }],
  ['an older model', 'openai/gpt-5.1', { ...chat, reasoning_effort: 'high' }],
  ['a model that nobody knows', 'openai-compatible/newco-x', { ...chat, reasoning_effort: 'high' }],
])('a call of Chat with %s stays in Chat', async (_name, model, body) => {
  hosts.upstream.script(jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }] }));

  const reply = await hosts.ask('/v1/chat/completions', { model, ...body });

  expect(reply.status).toBe(200);
  const [sent] = hosts.sent();
  expect(sent?.path).toMatch(/\/chat\/completions$/);
  expect(sent?.body).toMatchObject(body);
});

/** From GPT-5.5 on, whoever names no effort gets one: https://developers.openai.com/api/docs/guides/reasoning */
describe.each(['openai/gpt-5.5', 'openai/gpt-5.6-sol', 'openai/gpt-6-astra', 'azure-openai/gpt-5.6'])(
  '%s, which thinks unasked,',
  (model) => {
    test.each([
      ['/v1/chat/completions', chat],
      ['/v1/messages', anthropic],
    ])('is called in Responses for the tools of %s', async (path, body) => {
      hosts.upstream.script(jsonReply(response));

      const reply = await hosts.ask(path, { model, ...body });

      const [sent] = hosts.sent();
      expect(sent?.path).toMatch(/\/responses$/);
      expect(sent?.body).not.toHaveProperty('reasoning.effort');
      expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('call_9')]);
    });

    test('gets no temperature from a caller who names no effort', async () => {
      const reply = await hosts.ask('/v1/messages', { model, messages, max_tokens: 400, temperature: 0.2, top_p: 0.5 });

      expect(hosts.sent()[0]?.body).not.toHaveProperty('temperature');
      expect(reply.headers['x-gateway-warnings']).toMatch(/temperature.*top_p/);
    });

    test('gets it from one who wants none', async () => {
      await hosts.ask('/v1/responses', { model, input: 'x', temperature: 0.2, reasoning: { effort: 'none' } });

      expect(hosts.sent()[0]?.body).toMatchObject({ temperature: 0.2 });
    });
  },
);

test('an older one that thinks only where it is asked to keeps its temperature', async () => {
  await hosts.ask('/v1/messages', { model: 'openai/gpt-5.4', messages, max_tokens: 400, temperature: 0.2 });

  expect(hosts.sent()[0]?.body).toMatchObject({ temperature: 0.2 });
});

test('a model of Responses alone is called there by every dialect, on Azure too', async () => {
  hosts.upstream.script(jsonReply(response));

  await hosts.ask('/v1/chat/completions', { model: 'azure-openai/gpt-5.1-codex', messages });
  await hosts.ask('/v1/messages', { model: 'openai/gpt-5-pro', messages, max_tokens: 100 });

  expect(hosts.sent().map(({ path }) => path)).toEqual(['/azure/openai/v1/responses', '/openai/v1/responses']);
});

test('where no Responses is served, the tools go before the effort, which is named', async () => {
  await hosts.close();
  hosts = await startHosts({ 'azure-openai': { settings: { apiVersion: '2024-10-21' } } });
  hosts.upstream.script(jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }] }));

  const reply = await hosts.ask('/v1/messages', { model: 'azure-openai/gpt-5.4', ...anthropic, output_config: { effort: 'high' } });

  const [sent] = hosts.sent();
  expect(sent?.path).toBe('/azure/openai/deployments/gpt-5.4/chat/completions?api-version=2024-10-21');
  expect(sent?.body).not.toHaveProperty('reasoning_effort');
  expect(sent?.body.tools).toHaveLength(1);
  expect(reply.headers['x-gateway-warnings']).toContain('output_config.effort');

  await hosts.ask('/v1/messages', { model: 'azure-openai/gpt-5.6', ...anthropic });
  expect(hosts.sent()[1]?.body).toMatchObject({ reasoning_effort: 'none' });
});
