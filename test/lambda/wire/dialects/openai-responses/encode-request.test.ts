import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../../lambda/wire/dialects/openai-responses';
import { targetFacts } from '../../../../support/target';

const TARGET = targetFacts('m');

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

  test('what the assistant said goes back as text, and its refusal as the item that the API itself would have made', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'assistant', content: null, refusal: 'No.' },
    ];

    const [, said, refused] = write({ messages }).body['input'] as JsonObject[];

    expect(said).toEqual({ role: 'assistant', content: 'b' });
    expect(refused).toEqual({
      type: 'message',
      id: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'refusal', refusal: 'No.' }],
    });
  });

  test('a grammar stands one deeper in Chat Completions, and comes back there', () => {
    const grammar = { syntax: 'lark', definition: 'start: "a"' };
    const tools = [{ type: 'custom', custom: { name: 'patch', format: { type: 'grammar', grammar } } }];

    expect(write({ tools }).body['tools']).toEqual([{ type: 'custom', name: 'patch', format: { type: 'grammar', ...grammar } }]);
    const decoded = openAiChat.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }], tools });
    expect(openAiChat.encodeRequest(decoded, TARGET).body['tools']).toEqual(tools);
  });

  test('what came of a free-text tool is an item of its own type; of two results of one call the last counts', () => {
    const called = (id: string, type: string) => ({
      id,
      type,
      [type]: { name: 'a', ...(type === 'custom' ? { input: 'x' } : { arguments: '{}' }) },
    });
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: null, tool_calls: [called('c1', 'custom'), called('c2', 'function')] },
      { role: 'tool', tool_call_id: 'c1', content: 'one' },
      { role: 'tool', tool_call_id: 'c2', content: 'two' },
      { role: 'tool', tool_call_id: 'c2', content: 'three' },
    ];

    expect((write({ messages }).body['input'] as JsonObject[]).slice(1)).toEqual([
      { type: 'custom_tool_call', call_id: 'c1', name: 'a', input: 'x' },
      { type: 'function_call', call_id: 'c2', name: 'a', arguments: '{}' },
      { type: 'custom_tool_call_output', call_id: 'c1', output: 'one' },
      { type: 'function_call_output', call_id: 'c2', output: 'three' },
    ]);
  });

  test('refuses sound, for which there is no place', () => {
    const content = [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }];

    expect(() => write({ messages: [{ role: 'user', content }] })).toThrow(expect.objectContaining({ status: 400, param: 'messages[0]' }));
  });

  test('whoever hides thoughts asks for no summary', () => {
    const thinking = { type: 'enabled', budget_tokens: 2_000, display: 'omitted' };
    const request = anthropicMessages.decodeRequest({
      model: 'm',
      max_tokens: 9_000,
      thinking,
      messages: [{ role: 'user', content: 'x' }],
    });

    expect(openAiResponses.encodeRequest(request, TARGET).body['reasoning']).toEqual({ effort: 'low' });
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
