import type { JsonObject } from '../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { recordings, requestBody } from '../../../support/recorded';
import { describeRequests } from '../../../support/request-grid';
import { targetFacts } from '../../../support/target';

describeRequests(
  recordings('openai-chat', 'anthropic-messages')
    .filter((entry) => entry.requestFile !== null)
    .map((entry) => ({ id: entry.id, wireFormat: entry.wireFormat, body: requestBody(entry) })),
);

test('thinking in OpenRouter’s pieces, as a client kept them, is put together again', () => {
  const kept = { id: 'rs_1', format: 'openai-responses-v1', index: 0 };
  const message = {
    role: 'assistant',
    content: 'Four.',
    reasoning: 'Adding up.',
    reasoning_details: [
      { type: 'reasoning.summary', summary: 'Adding ', ...kept },
      { type: 'reasoning.summary', summary: 'up.', ...kept },
      { type: 'reasoning.encrypted', data: 'ZW5j', ...kept },
    ],
  };

  const { messages } = openAiChat.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }, message] });

  expect(messages[1]?.content).toMatchObject([
    { type: 'reasoning', text: 'Adding up.' },
    { type: 'reasoning', text: '', redacted: { protocol: 'openai-chat' } },
    { type: 'text', text: 'Four.' },
  ]);
});

test('thinking in a list of content, as Mistral answers it, may come back', () => {
  const content = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Try 4.' }] },
    { type: 'text', text: '4?' },
  ];

  const { messages } = openAiChat.decodeRequest({ model: 'm', messages: [{ role: 'assistant', content }] });

  expect(messages[0]?.content).toEqual([
    { type: 'reasoning', text: 'Try 4.' },
    { type: 'text', text: '4?' },
  ]);
});

test.each<[JsonObject, JsonObject | undefined]>([
  [{ thinking: { type: 'enabled' } }, { effort: 'medium' }],
  [{ reasoning: { enabled: true } }, { effort: 'medium' }],
  [{ thinking: { type: 'enabled', budget_tokens: 2_000 } }, { budgetTokens: 2_000 }],
  [{ reasoning: { enabled: false } }, { effort: 'none' }],
  [{ reasoning: { enabled: true, effort: 'low' } }, { effort: 'low' }],
])('%j asks for thinking', (fields, reasoning) => {
  expect(openAiChat.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }], ...fields }).reasoning).toEqual(reasoning);
});

describe('what Anthropic’s models cannot do', () => {
  test.each<[string, JsonObject]>([
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['logit_bias', { logit_bias: { '50256': -100 } }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['tools[0]', { tools: [{ type: 'custom', custom: { name: 'free' } }] }],
    ['something_new', { something_new: 1 }],
    [
      'messages[0].content[0]',
      { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }] }] },
    ],
  ])('%s is refused by name', (param, fields) => {
    expect(() => toAnthropic(fields)).toThrow(expect.objectContaining({ status: 400, code: 'unsupported_parameter', param }));
  });

  test('what does not change the meaning is dropped and reported', () => {
    const { dropped } = toAnthropic({ seed: 7, presence_penalty: 0.5, prompt_cache_key: 'k', store: true, user: 'u' });

    expect([...dropped].sort()).toEqual(['presence_penalty', 'prompt_cache_key', 'seed', 'store']);
  });
});

describe('how Claude is told to think', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['claude-sonnet-4-5', { reasoning_effort: 'low' }, { thinking: { type: 'enabled', budget_tokens: 2048 } }],
    ['claude-opus-4-8', { reasoning_effort: 'high' }, { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    ['claude-opus-5-5', { reasoning_effort: 'minimal' }, { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }],
    ['claude-3-5-haiku-20241022', { reasoning_effort: 'high' }, {}],
    ['claude-sonnet-4-5', { reasoning_effort: 'none' }, {}],
    ['claude-sonnet-4-5', { thinking: { type: 'adaptive' } }, { thinking: { type: 'enabled', budget_tokens: 8192 } }],
    ['claude-opus-4-8', { thinking: { type: 'adaptive' } }, { thinking: { type: 'adaptive' } }],
    ['claude-sonnet-4-5', { reasoning_effort: 'high', tool_choice: 'required', tools: [fn('f')] }, {}],
  ])('%s with %j', (model, fields, expected) => {
    const { body } = toAnthropic({ max_completion_tokens: 32_000, ...fields }, model);

    expect({ thinking: body['thinking'], output_config: body['output_config'] }).toEqual({
      thinking: undefined,
      output_config: undefined,
      ...expected,
    });
  });

  test('sampling settings that thinking excludes are dropped and reported', () => {
    const { body, dropped } = toAnthropic({ reasoning_effort: 'low', temperature: 0.2, max_completion_tokens: 32_000 });

    expect(body['temperature']).toBeUndefined();
    expect(dropped).toContain('temperature');
  });
});

test('system messages between the turns stay where they are: as such for models that take them, as the user says for others', () => {
  const messages = [
    { role: 'system', content: 'first' },
    { role: 'user', content: 'a' },
    { role: 'system', content: 'second' },
  ];

  expect(toAnthropic({ messages }, 'claude-opus-4-8').body['messages']).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'a' }] },
    { role: 'system', content: [{ type: 'text', text: 'second' }] },
  ]);
  for (const model of ['claude-haiku-4-5', 'claude-sonnet-5', 'claude-sonnet-5-20260601']) {
    const { body, dropped } = toAnthropic({ messages }, model);
    expect([body['system'], body['messages'], dropped]).toEqual([
      'first',
      [
        { role: 'user', content: [{ type: 'text', text: 'a' }] },
        { role: 'user', content: [{ type: 'text', text: 'second' }] },
      ],
      ['messages.role'],
    ]);
  }
});

test('parallel results of tools become one message, and failures and images reach Chat', () => {
  const { body } = toAnthropic({
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
    ],
  });
  expect((body['messages'] as JsonObject[])[2]).toEqual({
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 'a', content: '1' },
      { type: 'tool_result', tool_use_id: 'b', content: '2' },
    ],
  });

  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
  const back = toChat({
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', is_error: true, content: [{ type: 'text', text: 'boom' }, image] },
          { type: 'text', text: 'and now?' },
        ],
      },
    ],
  });
  expect(back.body['messages']).toEqual([
    { role: 'user', content: 'go' },
    { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }] },
    {
      role: 'tool',
      tool_call_id: 'a',
      content: [
        { type: 'text', text: 'The tool failed:' },
        { type: 'text', text: 'boom' },
      ],
    },
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
    { role: 'user', content: 'and now?' },
  ]);
});

test('ids of tool calls that a provider would refuse still meet their results', () => {
  const odd = `functions.weather:0#${'x'.repeat(60)}`;
  const messages = [
    { role: 'user', content: 'go' },
    { role: 'assistant', content: null, tool_calls: [call(odd)] },
    { role: 'tool', tool_call_id: odd, content: '1' },
  ];
  const sent = toAnthropic({ messages }).body['messages'] as { content: JsonObject[] }[];
  const [, called, answered] = sent.map(({ content }) => content[0]);

  expect(called?.['id']).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  expect(answered?.['tool_use_id']).toBe(called?.['id']);
});

test('what Claude Code sends reaches an OpenAI model', () => {
  const { body, dropped } = toChat({
    model: 'claude-opus-5-5',
    max_tokens: 128_000,
    stream: true,
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: a=b' },
      { type: 'text', text: 'You help.', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] },
      { role: 'system', content: 'Be brief.', output_config: { effort: 'low' } },
    ],
    tools: [{ name: 'Bash', description: 'Run', input_schema: { type: 'object', properties: {} }, defer_loading: true }],
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: { effort: 'medium' },
    context_management: { edits: [] },
    metadata: { user_id: JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's' }) },
  });

  expect(body).toEqual({
    model: 'smart',
    messages: [
      { role: 'system', content: 'You help.' },
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Be brief.' },
    ],
    stream: true,
    stream_options: { include_usage: true },
    tools: [{ type: 'function', function: { name: 'Bash', description: 'Run', parameters: { type: 'object', properties: {} } } }],
    max_completion_tokens: 128_000,
    reasoning_effort: 'medium',
  });
  expect([...dropped].sort()).toEqual(['cache_control', 'context_management', 'messages.output_config', 'tools.defer_loading', 'user']);
});

test('fields of parts and tools that nobody reads are reported, and marks for caching cross', () => {
  const { body, dropped } = toAnthropic({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } },
          { type: 'text', text: 'b', odd: 1 },
        ],
      },
    ],
    tools: [{ type: 'function', function: { name: 'f', unheard_of: true } }],
  });

  expect([...dropped].sort()).toEqual(['messages.content.odd', 'tools.function.unheard_of']);
  expect((body['messages'] as JsonObject[])[0]).toMatchObject({ content: [{ cache_control: { type: 'ephemeral' } }, { text: 'b' }] });
});

test('a schema becomes one that Anthropic accepts', () => {
  const { body, dropped } = toAnthropic({
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'n',
        schema: { type: 'object', properties: { minimum: { type: 'integer', minimum: 3 } }, required: ['minimum'] },
      },
    },
  });

  expect(body['output_config']).toEqual({
    format: {
      type: 'json_schema',
      schema: { type: 'object', properties: { minimum: { type: 'integer' } }, required: ['minimum'], additionalProperties: false },
    },
  });
  expect(dropped).toEqual(['response_format.minimum']);
});

function toAnthropic(fields: JsonObject, model = 'claude-sonnet-4-5') {
  const body = { model: 'smart', messages: [{ role: 'user', content: 'Hi' }], ...fields };
  return anthropicMessages.encodeRequest(openAiChat.decodeRequest(body), targetFacts(model));
}

function toChat(fields: JsonObject) {
  return openAiChat.encodeRequest(anthropicMessages.decodeRequest({ model: 'smart', max_tokens: 9, ...fields }), targetFacts('smart'));
}

function fn(name: string): JsonObject {
  return { type: 'function', function: { name } };
}

function call(id: string): JsonObject {
  return { id, type: 'function', function: { name: 'f', arguments: '{}' } };
}
