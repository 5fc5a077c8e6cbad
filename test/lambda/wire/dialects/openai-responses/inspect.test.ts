import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { openAiResponses } from '../../../../../lambda/wire/dialects/openai-responses';

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

    expect(facts.storedReferences).toEqual(['prompt', 'input[0].id']);
    expect(facts.media).toEqual([{ kind: 'image' }]);
    expect(facts.serverTools).toEqual(['code_interpreter', 'file_search']);
  });

  test('a reference to thinking is no reference that matters', () => {
    const input = [
      { role: 'user', content: 'hi' },
      { type: 'item_reference', id: 'rs_0123' },
    ];

    expect(inspect({ input }).storedReferences).toEqual([]);
    expect(openAiResponses.forwardChanges?.({ model: 'm', input })?.changes).toEqual({ input: [input[0]] });
    expect(openAiResponses.decodeRequest({ model: 'm', input })).toMatchObject({ messages: [{ role: 'user' }], dropped: ['input[1]'] });
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
