import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { AnthropicMessagesMeter } from '../../../../../lambda/wire/dialects/anthropic-messages/meter';

function meter() {
  const made = new AnthropicMessagesMeter();
  const see = (event: string, fields: JsonObject) => made.observe({ event, data: JSON.stringify({ type: event, ...fields }) }).kind;
  return { made, see };
}

test('a stream from preamble to terminator', () => {
  const { made, see } = meter();

  expect(see('message_start', { message: { model: 'claude-x', usage: { input_tokens: 9, output_tokens: 1 } } })).toBe('preamble');
  expect(see('ping', {})).toBe('preamble');
  expect(see('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })).toBe('forward');
  expect(see('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello' } })).toBe('forward');
  expect(see('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '{"a"' } })).toBe('forward');
  expect(made.complete).toBe(false);
  expect(see('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 4 } })).toBe('forward');
  expect(see('message_stop', {})).toBe('forward');

  expect(made).toMatchObject({
    usage: { inputTokens: 9, outputTokens: 4 },
    finishReason: { unified: 'stop', raw: 'end_turn' },
    responseModel: 'claude-x',
    terminated: true,
    complete: true,
  });
  expect(made.written.characters).toBeGreaterThanOrEqual(9);
});

test('E08 damaged frames are dropped and counted, E25 unknown ones forwarded', () => {
  const { made, see } = meter();

  expect(made.observe({ event: 'content_block_delta', data: '{"type":"content_b' }).kind).toBe('drop');
  expect(made.observe({ event: 'message', data: '[]' }).kind).toBe('drop');
  expect(made.malformed).toBe(2);
  expect(see('something_new', { value: 1 })).toBe('forward');
});

test('E10 an error event says how the provider failed', () => {
  const verdict = new AnthropicMessagesMeter().observe({
    event: 'error',
    data: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
  });

  expect(verdict).toMatchObject({ kind: 'error', error: { type: 'overloaded_error', status: 503 } });
});
