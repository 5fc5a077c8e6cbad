import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../../lambda/wire/dialects/anthropic-messages';
import type { StreamEvent } from '../../../../../lambda/wire/model/response';

function decode(events: readonly JsonObject[]): StreamEvent[] {
  const decoder = anthropicMessages.streamDecoder();
  const frames = events.map((event) => ({ event: event['type'] as string, data: JSON.stringify(event) }));
  return [...frames.flatMap((frame) => decoder.decode(frame)), ...decoder.end()];
}

const start = { type: 'message_start', message: { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 3, output_tokens: 1 } } };
const stop = (reason: string, fields: JsonObject = {}) => ({
  type: 'message_delta',
  delta: { stop_reason: reason, ...fields },
  usage: { output_tokens: 9 },
});

test('thinking keeps its signature, redacted thinking its data', () => {
  const events = decode([
    start,
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'ln' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'redacted_thinking', data: 'cmVk' } },
    { type: 'content_block_stop', index: 1 },
    stop('end_turn'),
    { type: 'message_stop' },
  ]);

  expect(events.filter(({ type }) => type === 'reasoning-end')).toEqual([
    { type: 'reasoning-end', choice: 0, block: 0, signature: { protocol: 'anthropic-messages', value: 'c2ln' } },
    { type: 'reasoning-end', choice: 0, block: 1, redacted: { protocol: 'anthropic-messages', value: 'cmVk' } },
  ]);
  expect(events.slice(-2)).toEqual([{ type: 'usage', usage: { inputTokens: 3, outputTokens: 9 } }, { type: 'end' }]);
});

test('blocks of server-side tools are left out and the others numbered anew', () => {
  const events = decode([
    start,
    { type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hi' } },
    { type: 'content_block_stop', index: 1 },
    stop('end_turn'),
  ]);

  expect(events.filter((event) => 'block' in event)).toEqual([
    { type: 'text-start', choice: 0, block: 0 },
    { type: 'text-delta', choice: 0, block: 0, text: 'Hi' },
    { type: 'text-end', choice: 0, block: 0 },
  ]);
});

test.each([
  ['stop_sequence', { stop_sequence: 'END' }, { unified: 'stop', raw: 'stop_sequence', stopSequence: 'END' }],
  ['model_context_window_exceeded', {}, { unified: 'length', raw: 'model_context_window_exceeded' }],
  ['pause_turn', {}, { unified: 'other', raw: 'pause_turn' }],
  ['refusal', { stop_details: { type: 'refusal' } }, { unified: 'refusal', raw: 'refusal' }],
  ['new_reason', {}, { unified: 'other', raw: 'new_reason' }],
])('E05 %s ends an answer without message_stop', (reason, fields, expected) => {
  const events = decode([start, stop(reason, fields)]);

  expect(events).toContainEqual({ type: 'finish', choice: 0, reason: expected });
  expect(events.at(-1)).toEqual({ type: 'end' });
});

test('E11 an error event ends the stream, with what was reported until then', () => {
  const events = decode([start, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, stop('end_turn')]);

  expect(events.slice(-2)).toEqual([
    { type: 'usage', usage: { inputTokens: 3, outputTokens: 1 } },
    { type: 'error', error: expect.objectContaining({ type: 'overloaded_error', status: 503 }) },
  ]);
});

test('a whole input at the start of a call stands for its deltas', () => {
  const events = decode([
    start,
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'f', input: { x: 1 } } },
    { type: 'content_block_stop', index: 0 },
    stop('tool_use'),
  ]);

  expect(events).toContainEqual({ type: 'tool-call-delta', choice: 0, block: 0, text: '{"x":1}' });
});

test('E09 an error inside a good answer is that error', () => {
  const body = { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } };

  expect(() => anthropicMessages.decodeResponse(body)).toThrow(expect.objectContaining({ status: 429 }));
  expect(() => anthropicMessages.decodeResponse({})).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
});
