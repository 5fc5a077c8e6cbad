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

test.each([
  ['beside tools of its own', { tools: [{ name: 't' }] }],
  ['while it thinks', { reasoning: { effort: 'high' } }],
] as const)('%s a model that cannot is told of the schema, and that is said', (_name, fields) => {
  const { body, dropped } = fitted({ ...REQUEST, maxOutputTokens: 30_000, ...fields });

  expect(JSON.stringify([body['system'], body['messages']])).toContain('JSON Schema');
  expect(dropped).toEqual(['response_format']);
});
