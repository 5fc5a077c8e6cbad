import type { JsonObject } from '../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { withoutNativeSchema } from '../../../../lambda/wire/fitting';
import type { ModelRequest } from '../../../../lambda/wire/model/request';
import type { StreamEvent } from '../../../../lambda/wire/model/response';
import { targetFacts } from '../../../support/target';

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const REQUEST: ModelRequest = {
  model: 'm',
  stream: false,
  maxOutputTokens: 300,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Where?' }] }],
  responseFormat: { type: 'json-schema', name: 'place', schema: SCHEMA },
};
const OLDER = targetFacts('claude-sonnet-4-20250514');
const USAGE = { input_tokens: 1, output_tokens: 1 };

function fitted(request: ModelRequest, target = OLDER) {
  const { protocol, request: held, dropped } = withoutNativeSchema(anthropicMessages, request, target.capabilities);
  return { protocol, dropped, body: protocol.encodeRequest(held, target).body };
}

test('a model that can hold an answer to a schema is asked to', () => {
  const { body, dropped } = fitted(REQUEST, targetFacts('claude-sonnet-4-5'));

  expect([body['tools'], dropped]).toEqual([undefined, []]);
  expect(body).toMatchObject({ output_config: { format: { type: 'json_schema' } } });
});

test("one that cannot is made to use a tool with the schema, whose input is the answer's text", () => {
  const { protocol, body, dropped } = fitted(REQUEST);
  const answer = protocol.decodeResponse({
    type: 'message',
    content: [{ type: 'tool_use', id: 'a', name: 'json_answer', input: { city: 'Bergen' } }],
    stop_reason: 'tool_use',
    usage: USAGE,
  });

  expect(body).toMatchObject({ tools: [{ input_schema: SCHEMA }], tool_choice: { type: 'tool', name: 'json_answer' } });
  expect(body['output_config']).toBeUndefined();
  expect(dropped).toEqual([]);
  expect(answer.choices).toEqual([{ content: [{ type: 'text', text: '{"city":"Bergen"}' }], finishReason: { unified: 'stop' } }]);
});

test('a streamed answer is text from its first character', () => {
  const decoder = fitted({ ...REQUEST, stream: true }).protocol.streamDecoder();
  const frames = [
    { type: 'message_start', message: { id: 'a', model: 'm', usage: USAGE } },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'a', name: 'json_answer', input: {} } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"city":' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '"Bergen"}' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
    { type: 'message_stop' },
  ];
  const events: StreamEvent[] = frames.flatMap((frame) => decoder.decode({ event: frame.type, data: JSON.stringify(frame) }));

  expect(events.map(({ type }) => type).filter((type) => type !== 'usage')).toEqual([
    'start',
    'text-start',
    'text-delta',
    'text-delta',
    'text-end',
    'finish',
    'end',
  ]);
  expect(events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')).toBe('{"city":"Bergen"}');
  expect(events.find(({ type }) => type === 'finish')).toMatchObject({ reason: { unified: 'stop' } });
});

test('what the model says beside its answer is left out, streamed too, and without an answer it is one', () => {
  const { protocol } = fitted(REQUEST);
  const text = { type: 'text', text: 'Here it is:' };
  const call = { type: 'tool_use', id: 'a', name: 'json_answer', input: { city: 'Bergen' } };
  const whole = (content: JsonObject[]) =>
    protocol.decodeResponse({ type: 'message', content, stop_reason: 'end_turn', usage: USAGE }).choices[0]?.content;

  expect(whole([text, call])).toEqual([{ type: 'text', text: '{"city":"Bergen"}' }]);
  expect(whole([text])).toEqual([text]);
  const said = (blocks: object[]) => {
    const decoder = protocol.streamDecoder();
    const frames: { type: string }[] = [
      { type: 'message_start', message: { id: 'a', model: 'm', usage: USAGE } } as { type: string },
      ...(blocks as { type: string }[]),
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } } as { type: string },
      { type: 'message_stop' },
    ];
    const events = frames.flatMap((frame) => decoder.decode({ event: frame.type, data: JSON.stringify(frame) }));
    return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
  };
  const words = [
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Here it is:' } },
    { type: 'content_block_stop', index: 0 },
  ];
  const answer = [
    { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'a', name: 'json_answer', input: {} } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"city":"Bergen"}' } },
    { type: 'content_block_stop', index: 1 },
  ];
  expect([said([...words, ...answer]), said(words)]).toEqual(['{"city":"Bergen"}', 'Here it is:']);
});

test.each([
  ['beside tools of its own', { tools: [{ name: 't' }] }],
  ['while it thinks', { reasoning: { effort: 'high' } }],
] as const)('%s a model that cannot is told of the schema, and that is said', (_name, fields) => {
  const { body, dropped } = fitted({ ...REQUEST, maxOutputTokens: 30_000, ...fields });

  expect(JSON.stringify([body['system'], body['messages']])).toContain('JSON Schema');
  expect(dropped).toEqual(['response_format']);
});
