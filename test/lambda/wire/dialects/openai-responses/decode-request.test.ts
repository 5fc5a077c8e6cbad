import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../../lambda/wire/dialects/anthropic-messages';
import { openAiResponses } from '../../../../../lambda/wire/dialects/openai-responses';
import { targetFacts } from '../../../../support/target';

const TARGET = targetFacts('claude-sonnet-4-5');

const read = (fields: JsonObject) => openAiResponses.decodeRequest({ model: 'm', input: 'hi', ...fields });

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

  const { body, dropped } = anthropicMessages.encodeRequest(request, TARGET);

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
  ['input[0]', { input: [{ type: 'something_new', call_id: 'c' }] }],
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
