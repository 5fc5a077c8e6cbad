import { GatewayError } from '../../../../../lambda/platform/error';
import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../../lambda/wire/dialects/openai-responses';
import type { TargetFacts } from '../../../../../lambda/wire/protocols/protocol';

const TARGET: TargetFacts = { requestModel: 'm', defaultMaxOutputTokens: 4096, quirks: new Set() };

const read = (fields: JsonObject) => openAiResponses.decodeRequest({ model: 'm', input: 'hi', ...fields });
const inspect = (fields: JsonObject) => openAiResponses.inspect({ model: 'm', input: 'hi', ...fields });

describe('what the gateway must know of a call', () => {
  test('the plain facts', () => {
    expect(inspect({ stream: true, max_output_tokens: 9, service_tier: 'flex' })).toEqual({
      model: 'm',
      stream: true,
      maxOutputTokens: 9,
      maxOutputField: 'max_output_tokens',
      choices: 1,
      wantsStreamUsage: true,
      serverTools: [],
      storedReferences: [],
      toolUses: [],
      media: [],
      serviceTier: 'flex',
    });
  });

  test('every reference to what the provider keeps is named', () => {
    const facts = inspect({
      previous_response_id: 'resp_1',
      conversation: 'conv_1',
      prompt: { id: 'pmpt_1' },
      background: true,
      input: [
        { type: 'item_reference', id: 'msg_1' },
        { role: 'user', content: [{ type: 'input_image', file_id: 'file_1' }] },
      ],
      tools: [
        { type: 'code_interpreter', container: 'cntr_1' },
        { type: 'file_search', vector_store_ids: ['vs_1'] },
      ],
    });

    expect(facts.storedReferences).toEqual([
      'previous_response_id',
      'conversation',
      'prompt',
      'background',
      'input[0].id',
      'input[1].content[0].file_id',
      'tools[0].container',
      'tools[1].vector_store_ids',
    ]);
    expect(facts.media).toEqual([{ kind: 'image' }]);
    expect(facts.serverTools).toEqual(['code_interpreter', 'file_search']);
  });

  test('a reference to thinking is no reference that matters', () => {
    const input = [
      { role: 'user', content: 'hi' },
      { type: 'item_reference', id: 'rs_0123' },
    ];

    expect(inspect({ input }).storedReferences).toEqual([]);
    expect(openAiResponses.forwardChanges?.({ model: 'm', input })).toEqual({ input: [input[0]] });
    expect(read({ input })).toMatchObject({ messages: [{ role: 'user' }], dropped: ['input[1]'] });
  });

  test('tools that the caller runs itself are not the provider’s', () => {
    const tools = ['function', 'custom', 'namespace', 'apply_patch', 'local_shell'].map((type) => ({ type, name: 'x' }));

    expect(inspect({ tools: [...tools, { type: 'tool_search', execution: 'client' }] }).serverTools).toEqual([]);
    expect(inspect({ tools: [{ type: 'mcp', server_label: 'docs' }, { type: 'web_search' }] }).serverTools).toEqual([
      'mcp:docs',
      'web_search',
    ]);
  });

  test.each<[string, JsonObject]>([
    ['model', { model: '' }],
    ['input', { input: null }],
    ['input', { input: 7 }],
    ['max_output_tokens', { max_output_tokens: -1 }],
    ['max_output_tokens', { max_output_tokens: '5' }],
    ['tools[0].type', { tools: [{ name: 'f' }] }],
    ['stream', { stream: 'yes' }],
  ])('D09 a wrong %s is refused by name', (param, fields) => {
    expect(() => inspect(fields)).toThrow(expect.objectContaining({ status: 400, param }));
  });
});

test('the model’s own items become one assistant message, their outputs one tool message', () => {
  const { messages } = read({
    instructions: 'Be brief.',
    input: [
      { role: 'developer', content: 'Be kind.' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'weather?' }] },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'abc' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'let me see' }] },
      { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{"city":"Paris"}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: '*** Begin' },
      { type: 'function_call_output', call_id: 'c1', output: 'sunny' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'done' }] },
    ],
  });

  expect(messages).toEqual([
    { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
    { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
    { role: 'user', content: [{ type: 'text', text: 'weather?' }] },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm', id: 'rs_1', signature: { protocol: 'openai-responses', value: 'rs_1:abc' } },
        { type: 'text', text: 'let me see' },
        { type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Paris"}' },
        { type: 'tool-call', id: 'c2', name: 'patch', arguments: '*** Begin', custom: true },
      ],
    },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: 'c1', toolName: 'weather', content: [{ type: 'text', text: 'sunny' }] },
        { type: 'tool-result', toolCallId: 'c2', toolName: 'patch', content: [{ type: 'text', text: 'done' }] },
      ],
    },
  ]);
});

test('what Codex sends reaches a model of another provider, without what only OpenAI has', () => {
  const request = read({
    stream: true,
    store: false,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: 'session',
    client_metadata: { path: 'x' },
    text: { verbosity: 'low' },
    tool_choice: 'auto',
    parallel_tool_calls: false,
    input: [
      { type: 'configuration_update', model: 'm' },
      { type: 'additional_tools', tools: [{ type: 'function', name: 'late', parameters: { type: 'object' } }] },
      { role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
    ],
    tools: [
      { type: 'function', name: 'shell', parameters: { type: 'object' }, strict: false },
      { type: 'namespace', name: 'mcp', tools: [{ type: 'function', name: 'read', parameters: { type: 'object' } }] },
      { type: 'tool_search', execution: 'client' },
      { type: 'web_search', external_web_access: false },
    ],
  });

  const { body, dropped } = anthropicMessages.encodeRequest(request, { ...TARGET, requestModel: 'claude-sonnet-4-5' });

  expect((body['tools'] as JsonObject[]).map((tool) => tool['name'])).toEqual(['shell', 'mcp__read', 'late']);
  expect(dropped).toEqual(expect.arrayContaining(['client_metadata', 'tools[2]', 'tools[3]', 'input[0]']));
});

test('a namespaced tool is called by its own name', () => {
  const request = read({ tools: [{ type: 'namespace', name: 'mcp', tools: [{ type: 'function', name: 'read' }] }] });
  const answer = openAiResponses.encodeResponse(
    {
      choices: [{ content: [{ type: 'tool-call', id: 'c', name: 'mcp__read', arguments: '{}' }], finishReason: { unified: 'tool-calls' } }],
    },
    { requestId: 'r', originalModel: 'm', createdAt: 1, wantsStreamUsage: true, request },
  );

  expect((answer['output'] as JsonObject[])[0]).toMatchObject({ type: 'function_call', name: 'read', namespace: 'mcp' });
  const again = read({ input: answer['output'] as JsonObject[] });
  expect(again.messages[0]?.content).toEqual([{ type: 'tool-call', id: 'c', name: 'mcp__read', arguments: '{}' }]);
});

test.each<[string, JsonObject]>([
  ['something_new', { something_new: 1 }],
  ['tools[0]', { tools: [{ type: 'web_search' }] }],
  ['tools[0]', { tools: [{ type: 'computer_use_preview' }] }],
  ['input[0]', { input: [{ type: 'computer_call', call_id: 'c' }] }],
  ['tool_choice', { tool_choice: { type: 'web_search' } }],
])('%s cannot be carried to another provider, and is refused by name', (param, fields) => {
  expect(() => read(fields)).toThrow(expect.objectContaining({ status: 400, code: 'unsupported_parameter', param }));
});

test('only the tools that tool_choice allows are offered', () => {
  const tools = ['a', 'b'].map((name) => ({ type: 'function', name, parameters: { type: 'object' } }));
  const request = read({ tools, tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'b' }] } });

  expect(request.tools?.map(({ name }) => name)).toEqual(['b']);
  expect(request.toolChoice).toEqual({ type: 'required' });
});

describe('a call written for a provider of Responses', () => {
  const write = (fields: JsonObject) =>
    openAiResponses.encodeRequest(openAiChat.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...fields }), TARGET);

  test('leaves nothing at the provider and asks for what is needed to go on', () => {
    expect(write({ max_completion_tokens: 5, reasoning_effort: 'low' }).body).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
      max_output_tokens: 5,
      reasoning: { effort: 'low' },
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'hi' }] }],
    });
  });

  test.each<[string, JsonObject]>([
    ['stop', { stop: ['END'] }],
    ['n', { n: 2 }],
    ['logit_bias', { logit_bias: { '1': 1 } }],
    ['frequency_penalty', { frequency_penalty: 1 }],
    ['audio', { modalities: ['audio'], audio: { voice: 'x', format: 'wav' } }],
  ])('refuses %s by name', (param, fields) => {
    expect(() => write(fields)).toThrow(expect.objectContaining({ status: 400, code: 'unsupported_parameter', param }));
  });

  test('thinking that another provider signed stays behind, and is reported', () => {
    const request = anthropicMessages.decodeRequest({
      model: 'm',
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
            { type: 'text', text: 'y' },
          ],
        },
        { role: 'user', content: 'z' },
      ],
    });

    const { body, dropped } = openAiResponses.encodeRequest(request, TARGET);

    expect((body['input'] as JsonObject[]).map((item) => item['role'])).toEqual(['user', 'assistant', 'user']);
    expect(dropped).toEqual(['reasoning']);
  });
});

test('a spent budget is 429, Anthropic’s overload 503', () => {
  const error = (status: number, code: string) => new GatewayError({ status, type: 'x', code, message: 'x' });

  expect(openAiResponses.errorStatus(error(402, 'insufficient_quota'))).toBe(429);
  expect(openAiResponses.errorStatus(error(529, 'upstream_overloaded'))).toBe(503);
  expect(openAiResponses.errorStatus(error(400, 'invalid_value'))).toBe(400);
});
