import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import type { ModelRequest } from '../../../../lambda/wire/model/request';
import { withoutFreeText } from '../../../../lambda/wire/protocols/free-text-tools';
import { targetFacts } from '../../../support/target';

const request: ModelRequest = {
  model: 'm',
  stream: true,
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    { role: 'assistant', content: [{ type: 'tool-call', id: 'c1', name: 'run', arguments: 'say "hi"\n', custom: true }] },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c1', content: [{ type: 'text', text: 'done' }] }] },
  ],
  tools: [
    { name: 'run', description: 'Runs a program.', custom: { format: { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' } } },
    { name: 'wait', parameters: { type: 'object' } },
  ],
};

test('a free-text tool becomes a function of one string, in the history as well', () => {
  const { request: plain, dropped } = withoutFreeText(anthropicMessages, request);

  expect(plain.tools).toEqual([
    {
      name: 'run',
      description: 'Runs a program.\n\nThe input must follow this lark grammar:\nstart: /.+/',
      parameters: {
        type: 'object',
        properties: { input: { type: 'string', description: expect.any(String) } },
        required: ['input'],
        additionalProperties: false,
      },
    },
    { name: 'wait', parameters: { type: 'object' } },
  ]);
  expect(plain.messages[1]?.content).toEqual([{ type: 'tool-call', id: 'c1', name: 'run', arguments: '{"input":"say \\"hi\\"\\n"}' }]);
  expect(dropped).toEqual(['tools[0].format']);
  expect(anthropicMessages.encodeRequest(plain, targetFacts('m')).body).toMatchObject({
    tools: [{ name: 'run' }, { name: 'wait' }],
  });
});

test('its calls are free text again, whole and streamed; other calls stay as they are', () => {
  const { protocol } = withoutFreeText(anthropicMessages, request);
  const decoder = protocol.streamDecoder();
  const feed = (data: { readonly type: string }) => decoder.decode({ event: data.type, data: JSON.stringify(data) });
  const block = (index: number, name: string, json: readonly string[]) => [
    { type: 'content_block_start', index, content_block: { type: 'tool_use', id: `c${index}`, name, input: {} } },
    ...json.map((partial_json) => ({ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json } })),
    { type: 'content_block_stop', index },
  ];

  const events = [...block(0, 'run', ['{"in', 'put":"a\\nb"}']), ...block(1, 'wait', ['{"ms":', '1}'])].flatMap(feed);
  const whole = protocol.decodeResponse({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'tool_use', id: 'c0', name: 'run', input: { input: 'a\nb' } }],
    stop_reason: 'tool_use',
  });

  expect(events.filter(({ type }) => type.startsWith('tool-call'))).toEqual([
    expect.objectContaining({ type: 'tool-call-start', name: 'run', custom: true }),
    { type: 'tool-call-delta', choice: 0, block: 0, text: 'a\nb' },
    expect.objectContaining({ type: 'tool-call-end', block: 0 }),
    expect.not.objectContaining({ custom: true }),
    { type: 'tool-call-delta', choice: 0, block: 1, text: '{"ms":' },
    { type: 'tool-call-delta', choice: 0, block: 1, text: '1}' },
    expect.objectContaining({ type: 'tool-call-end', block: 1 }),
  ]);
  expect(whole.choices[0]?.content).toMatchObject([{ type: 'tool-call', name: 'run', custom: true, arguments: 'a\nb' }]);
});

test('a call without free-text tools is left as it is', () => {
  const plain: ModelRequest = { model: 'm', stream: false, messages: [], tools: [{ name: 'wait' }] };

  expect(withoutFreeText(anthropicMessages, plain)).toEqual({ protocol: anthropicMessages, request: plain, dropped: [] });
});

test('arguments that do not keep to the schema are passed on as they are', () => {
  const { protocol } = withoutFreeText(anthropicMessages, request);
  const content = [{ type: 'tool_use', id: 'c0', name: 'run', input: { program: 'x' } }];

  const { choices } = protocol.decodeResponse({ type: 'message', role: 'assistant', content, stop_reason: 'tool_use' });

  expect(choices[0]?.content).toMatchObject([{ custom: true, arguments: '{"program":"x"}' }]);
});
