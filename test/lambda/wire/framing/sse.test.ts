import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { encodeSse, MAX_EVENT_BYTES, type SseEvent, SseParser } from '../../../../lambda/wire/framing/sse';

const sample = Buffer.from(
  '\uFEFF: welcome\r\n\r\nevent: start\ndata: {"a":"é😀"}\n\ndata:no space\r\rid: 7\nretry: 5\ndata: one\r\ndata\ndata:  two\r\n\r\nevent: empty\n\ndata:\n\nevent:last\rdata: [DONE]\r\r\n',
);

test('E01 E02 every split of a stream gives the events of the whole stream', () => {
  const whole = parse([sample]);

  for (let at = 0; at <= sample.length; at += 1) {
    expect(frames(parse([sample.subarray(0, at), sample.subarray(at)]))).toEqual(frames(whole));
  }
  expect(frames(parse(Array.from(sample, (byte) => Buffer.from([byte]))))).toEqual(frames(whole));
  expect(frames(whole)).toEqual([
    { event: 'start', data: '{"a":"é😀"}' },
    { event: 'message', data: 'no space' },
    { event: 'message', data: 'one\n\n two' },
    { event: 'message', data: '' },
    { event: 'last', data: '[DONE]' },
  ]);
});

test('E03 E04 the events are those of an independent parser, whatever the line ends and the chunks', () => {
  const line = fc.oneof(
    fc.constantFrom(
      'data: {"x":1}',
      'data:',
      'data',
      'data:y',
      'event: ping',
      'event:',
      ': note',
      'id: 1',
      'retry: 3',
      'datax: 1',
      'unknown: v',
      '',
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
  );
  const end = fc.constantFrom('\n', '\r\n', '\r');

  fc.assert(
    fc.property(
      fc.array(fc.tuple(line, end), { maxLength: 30 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 12 }),
      (lines, cuts) => {
        const text = `${lines.map(([content, lineEnd]) => content + lineEnd).join('')}data: final\n\n`;
        const bytes = Buffer.from(text);
        const expected: { event: string; data: string }[] = [];
        const oracle = createParser({ onEvent: ({ event, data }) => expected.push({ event: event ?? 'message', data }) });
        oracle.feed(text);

        const actual = parse(split(bytes, cuts));

        expect(frames(actual)).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

test('the raw bytes of the events add up to the stream', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: sample.length }), { maxLength: 10 }), (cuts) => {
      const raw = Buffer.concat(parse(split(sample, cuts)).map((event) => event.raw));

      expect(sample.subarray(0, raw.length).equals(raw)).toBe(true);
      expect(sample.length - raw.length).toBeLessThanOrEqual(1);
    }),
  );
});

test('E23 an event beyond the cap fails, after the events before it', () => {
  const parser = new SseParser();
  const chunk = Buffer.alloc(8 * 1024 * 1024, 'x');

  expect(parser.push(Buffer.concat([Buffer.from('data: ok\n\ndata: '), chunk]))).toHaveLength(1);
  const push = () => {
    for (let count = 0; count < 8; count += 1) parser.push(chunk);
  };

  expect(push).toThrow(expect.objectContaining({ code: 'event_too_large', status: 502 }));
  expect(() => parser.push(Buffer.from('\n\ndata: more\n\n'))).toThrow(expect.objectContaining({ code: 'event_too_large' }));
  expect(parser.finish()).toBeUndefined();
});

test('E23 an event just below the cap passes in one-kilobyte writes', () => {
  const data = 'x'.repeat(MAX_EVENT_BYTES - 10);
  const bytes = Buffer.from(`data: ${data}\n\n`);

  const events = parse(
    split(
      bytes,
      Array.from({ length: 1023 }, (_, index) => index * 1024),
    ),
  );

  expect(events).toHaveLength(1);
  expect(events[0]?.data.length).toBe(data.length);
});

test('a last event without its blank line counts, a cut line does not', () => {
  const ended = new SseParser();
  ended.push(Buffer.from('data: [DONE]\n'));
  const cut = new SseParser();
  cut.push(Buffer.from('data: {"a"'));

  expect(ended.finish()).toMatchObject({ data: '[DONE]' });
  expect(ended.finish()).toBeUndefined();
  expect(cut.finish()).toBeUndefined();
});

test('E22 encoded text cannot forge an event', () => {
  const text = 'a\n\ndata: {"error":1}\r\rb';

  const events = parse([Buffer.from(encodeSse('note', text))]);

  expect(frames(events)).toEqual([{ event: 'note', data: 'a\n\ndata: {"error":1}\n\nb' }]);
  expect(encodeSse(undefined, '{}')).toBe('data: {}\n\n');
});

function frames(events: readonly SseEvent[]): { event: string; data: string }[] {
  return events.map(({ event, data }) => ({ event, data }));
}

function parse(chunks: readonly Buffer[]): SseEvent[] {
  const parser = new SseParser();
  return chunks.flatMap((chunk) => parser.push(Buffer.from(chunk))).map((event) => ({ ...event, raw: Buffer.from(event.raw) }));
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const points = [0, ...cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b), bytes.length];
  return points.slice(1).map((point, index) => bytes.subarray(points[index], point));
}
