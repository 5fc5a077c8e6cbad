import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import fc from 'fast-check';
import type { EventStreamMessage } from '../../../../lambda/wire/framing/aws-event-stream';
import {
  AwsEventStreamDecoder,
  EventStreamError,
  encodeEventStreamMessage,
  toFrame,
} from '../../../../lambda/wire/framing/aws-event-stream';

const oracle = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

const recorded = join(__dirname, '../../../../../shared/fixtures/bedrock/converse-stream-text.response.eventstream.bin');
const whenRecorded = existsSync(recorded) ? test : test.skip;

function decode(...chunks: Buffer[]): EventStreamMessage[] {
  const decoder = new AwsEventStreamDecoder();
  const messages = chunks.flatMap((chunk) => decoder.push(chunk));
  decoder.end();
  return messages;
}

function faultOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof EventStreamError) return error.fault;
    throw error;
  }
}

function message(event: string, data: string): Buffer {
  return encodeEventStreamMessage({ ':message-type': 'event', ':event-type': event }, Buffer.from(data));
}

const headersArbitrary = fc.dictionary(
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).filter((name) => name !== '__proto__'),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  { maxKeys: 5 },
);

describe('AWS event stream', () => {
  test('writes what the SDK reads and reads what the SDK writes', () => {
    fc.assert(
      fc.property(headersArbitrary, fc.uint8Array({ maxLength: 300 }), (headers, payload) => {
        const ours = encodeEventStreamMessage(headers, Buffer.from(payload));
        const typed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]));
        const theirs = Buffer.from(oracle.encode({ headers: typed, body: payload }));

        expect(ours).toEqual(theirs);
        expect({ ...oracle.decode(ours).headers }).toEqual(typed);
        const [read] = decode(theirs);
        expect({ ...read?.headers }).toEqual({ ...headers });
        expect(Buffer.from(read?.payload ?? [])).toEqual(Buffer.from(payload));
      }),
    );
  });

  test('skips headers of every other type', () => {
    const bytes = Buffer.from(
      oracle.encode({
        headers: {
          yes: { type: 'boolean', value: true },
          no: { type: 'boolean', value: false },
          byte: { type: 'byte', value: 7 },
          short: { type: 'short', value: 300 },
          integer: { type: 'integer', value: 70_000 },
          binary: { type: 'binary', value: Buffer.from('abc') },
          time: { type: 'timestamp', value: new Date(0) },
          id: { type: 'uuid', value: '01234567-89ab-cdef-0123-456789abcdef' },
          ':event-type': { type: 'string', value: 'metadata' },
        },
        body: Buffer.from('{}'),
      }),
    );

    expect(decode(bytes)[0]?.headers).toEqual({ ':event-type': 'metadata' });
  });

  test('gives the same messages wherever the bytes are cut', () => {
    const bytes = Buffer.concat([message('messageStart', '{"role":"assistant"}'), message('contentBlockDelta', '{"text":"grüß 👋"}')]);
    const whole = decode(bytes).map(toFrame);

    for (let at = 0; at <= bytes.length; at++) {
      expect(decode(bytes.subarray(0, at), bytes.subarray(at)).map(toFrame)).toEqual(whole);
    }
    expect(decode(...Array.from(bytes, (byte) => Buffer.from([byte]))).map(toFrame)).toEqual(whole);
  });

  test('joins a long message that comes in many small pieces once', () => {
    const payload = Buffer.alloc(900_000, 'x');
    const bytes = encodeEventStreamMessage({ ':event-type': 'chunk' }, payload);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 10) }, (_, index) => bytes.subarray(index * 10, index * 10 + 10));

    expect(decode(...pieces)[0]?.payload.length).toBe(payload.length);
  });

  test('E28 a wrong checksum anywhere is a fault', () => {
    const bytes = message('messageStart', '{"role":"assistant"}');
    for (let at = 0; at < bytes.length; at++) {
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] as number) ^ 0x10;
      expect(faultOf(() => decode(broken))).toMatch(/^bad-(prelude-)?checksum$/);
    }
  });

  test('E28 messages before a broken one are given first', () => {
    const broken = message('b', '{}');
    broken[20] = (broken[20] as number) ^ 1;
    const decoder = new AwsEventStreamDecoder();

    expect(decoder.push(Buffer.concat([message('a', '{}'), broken])).map(toFrame)).toEqual([{ event: 'a', data: '{}' }]);
    expect(faultOf(() => decoder.push(Buffer.alloc(0)))).toBe('bad-checksum');
    expect(faultOf(() => decoder.end())).toBe('bad-checksum');
  });

  test('E28 a stream that ends inside a message is a fault', () => {
    const bytes = Buffer.concat([message('a', '{}'), message('b', '{}')]);
    const first = message('a', '{}').length;
    for (let at = 1; at < bytes.length; at++) {
      if (at !== first) expect(faultOf(() => decode(bytes.subarray(0, at)))).toBe('truncated');
    }
  });

  test('E23 a message above the cap is a fault before it is buffered', () => {
    const decoder = new AwsEventStreamDecoder(1_000);
    const bytes = encodeEventStreamMessage({}, Buffer.alloc(2_000));

    expect(faultOf(() => decoder.push(bytes.subarray(0, 12)))).toBe('too-large');
  });

  test('E28 random bytes are a fault or wait for more, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(faultOf(() => decode(Buffer.from(bytes)))).toEqual(bytes.length === 0 ? undefined : expect.any(String));
      }),
    );
  });

  test('names exceptions and errors', () => {
    const exception = encodeEventStreamMessage(
      { ':message-type': 'exception', ':exception-type': 'throttlingException' },
      Buffer.from('{"message":"slow down"}'),
    );
    const error = encodeEventStreamMessage(
      { ':message-type': 'error', ':error-code': 'internalServerException', ':error-message': 'broken' },
      Buffer.alloc(0),
    );

    expect(decode(exception, error).map(toFrame)).toEqual([
      { event: 'throttlingException', data: '{"message":"slow down"}', exception: true },
      { event: 'internalServerException', data: '{"message":"broken"}', exception: true },
    ]);
  });

  whenRecorded('reads a recorded answer as the SDK does', () => {
    const bytes = readFileSync(recorded);
    const frames = decode(bytes).map(toFrame);

    let rest = bytes;
    const expected: string[] = [];
    while (rest.length > 0) {
      const length = rest.readUInt32BE(0);
      const { headers, body } = oracle.decode(rest.subarray(0, length));
      expected.push(`${headers[':event-type']?.value} ${Buffer.from(body).toString('utf8')}`);
      rest = rest.subarray(length);
    }
    expect(frames.map(({ event, data }) => `${event} ${data}`)).toEqual(expected);
  });
});
