import { openAiResponses } from '../../../../../lambda/wire/dialects/openai-responses';
import type { StreamEvent } from '../../../../../lambda/wire/model/response';
import { sseEvents } from '../../../../support/answers';

function decode(text: string): StreamEvent[] {
  const decoder = openAiResponses.streamDecoder();
  return [...sseEvents(text).flatMap((frame) => decoder.decode(frame)), ...decoder.end()];
}

test('what only a done event holds is said then', () => {
  const item = { type: 'function_call', id: 'fc', call_id: 'c', name: 'f', arguments: '' };
  const events = decode(
    [
      { type: 'response.created', response: { id: 'resp_1', model: 'm' } },
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'hello' },
      { type: 'response.output_item.done', output_index: 0, item: { type: 'message' } },
      { type: 'response.output_item.added', output_index: 1, item },
      { type: 'response.output_item.done', output_index: 1, item: { ...item, arguments: '{"a":1}' } },
      { type: 'response.completed', response: { status: 'completed', output: [] } },
    ]
      .map((event) => `data: ${JSON.stringify(event)}\n\n`)
      .join(''),
  );

  expect(events.filter(({ type }) => type.endsWith('-delta'))).toEqual([
    { type: 'text-delta', choice: 0, block: 0, text: 'hello' },
    { type: 'tool-call-delta', choice: 0, block: 1, text: '{"a":1}' },
  ]);
  expect(events.at(-2)).toMatchObject({ type: 'finish', reason: { unified: 'tool-calls' } });
});

test('E08 a damaged event is skipped and counted', () => {
  const decoder = openAiResponses.streamDecoder();

  expect(decoder.decode({ event: 'response.output_text.delta', data: '{"type":"resp' })).toEqual([]);
  expect(decoder.malformed).toBe(1);
});
