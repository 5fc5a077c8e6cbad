import { crc32 } from 'node:zlib';
import { GatewayError } from '../../../lambda/platform/error';
import { AwsEventStreamDecoder, EventStreamError, encodeEventStreamMessage, toFrame } from '../../../lambda/wire/framing/aws-event-stream';
import { encodeSse, SseParser } from '../../../lambda/wire/framing/sse';
import { WrittenText } from '../../../lambda/wire/model/written-text';
import { addValue, looksLikeObject } from '../../../lambda/wire/protocols/frame-scan';
import { FrameTemplate } from '../../../lambda/wire/protocols/frame-template';
import { bytesOf, fixtures } from '../../support/fixtures';
import type { Random } from '../random';
import { check, type Reader, refusedOr } from '../reader';

const LONGEST_SAMPLE = 1_024;

const streams = (binary: boolean): Buffer[] =>
  fixtures()
    .filter(({ streaming, wireFormat }) => streaming && (wireFormat === 'bedrock-converse') === binary)
    .map((fixture) => bytesOf(fixture).subarray(0, binary ? undefined : LONGEST_SAMPLE));

const CHUNK = '{"id":"c","choices":[{"index":0,"delta":{"content":"Hi \\"there\\""},"finish_reason":null}],"obfuscation":"xyz"}';

export const framingReaders: readonly Reader[] = [
  {
    name: 'sse',
    about: 'server-sent events of providers',
    files: ['lambda/wire/framing/sse.ts'],
    samples: () => [
      ...streams(false),
      ...streams(false).map(withReturns),
      '\ufeffevent: a\r\ndata:x\r\ndata: y\r\n\r\n: c\rdata\r\rid: 1\nretry: 5\ndata: z\n\n',
    ],
    words: [
      'data:',
      'data: ',
      'event: x',
      'data',
      ':',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      '\r\r',
      '\ufeff',
      'id: 1',
      encodeSse('message', 'a\nb'),
    ],
    read(input, random) {
      const whole = eventsOf([input]);
      const cut = eventsOf(random.cut(input));
      if (whole === undefined || cut === undefined) return;
      check(JSON.stringify(cut) === JSON.stringify(whole), 'cut otherwise, read otherwise');
      // An event whose last byte may be half of a line's end waits for the other half, or for the end of the stream.
      if (!random.oneIn(4) || input.at(-1) === 0x0d) return;
      const expected = plainEvents(input);
      check(
        JSON.stringify(whole.map(({ event, data }) => [event, data])) === JSON.stringify(expected),
        'read otherwise than the standard says',
      );
    },
  },
  {
    name: 'aws-event-stream',
    about: "Bedrock's binary messages",
    files: ['lambda/wire/framing/aws-event-stream.ts'],
    samples: () => [...streams(true), encodeEventStreamMessage({ ':message-type': 'error', ':error-code': 'x' }, Buffer.from('{}'))],
    mend: withChecksums,
    read(input, random) {
      const whole = messagesOf([input]);
      const cut = messagesOf(random.cut(input));
      check(JSON.stringify(cut) === JSON.stringify(whole), 'cut otherwise, read otherwise');
    },
  },
  {
    name: 'frame-scan',
    about: 'frames that are passed through, looked into without parsing',
    files: ['lambda/wire/protocols/frame-scan.ts'],
    samples: () => [CHUNK, ...dataOfFrames()],
    words: ['"content"', '"content":"', '"content": ', '\\"', '"', ':', '\\\\', '"delta":{', '{', '}'],
    read(input) {
      const text = input.toString('utf8');
      const written = new WrittenText();
      const found = addValue(written, text, '"content"');
      check(found === written.characters > 0 && written.characters <= text.length, 'a length beyond the text');
      looksLikeObject(text);
      const value = plainObject(text);
      if (value === undefined) return;
      check(looksLikeObject(text), 'an object that does not look like one');
    },
  },
  {
    name: 'frame-template',
    about: 'frames that are alike but for one text',
    files: ['lambda/wire/protocols/frame-template.ts'],
    samples: () => [CHUNK, ...dataOfFrames()],
    words: ['"content":"', '\\"', '"', '\\\\', '"obfuscation":"', '}', '"}'],
    read(input, random) {
      const frame = input.toString('utf8');
      const text = contentOf(plainObject(frame));
      const learned = FrameTemplate.learn(frame, text ?? 'Hi', random.oneIn(2) ? 'xyz' : undefined);
      const original = FrameTemplate.learn(CHUNK, 'Hi "there"', 'xyz') as FrameTemplate;
      for (const template of [learned, original]) {
        const found = template?.text(frame);
        if (found === undefined || plainObject(frame) === undefined || text === undefined) continue;
        if (template === original) check(found === text, 'another text than the frame holds');
      }
    },
  },
];

function withReturns(stream: Buffer, index: number): string {
  return stream.toString('utf8').replaceAll('\n', index % 2 === 0 ? '\r\n' : '\r');
}

function dataOfFrames(): string[] {
  const parser = new SseParser();
  return streams(false)
    .flatMap((bytes) => parser.push(bytes).map(({ data }) => data))
    .filter((data) => data.length < LONGEST_SAMPLE)
    .slice(0, 200);
}

interface Event {
  readonly event: string;
  readonly data: string;
}

/** Undefined when an event is too large, which depends on how the stream is cut. */
function eventsOf(pieces: readonly Buffer[]): Event[] | undefined {
  const parser = new SseParser();
  const raw: Buffer[] = [];
  const events: Event[] = [];
  const read = refusedOr([GatewayError], () => {
    for (const piece of pieces) {
      for (const { event, data, raw: bytes } of parser.push(piece)) {
        events.push({ event, data });
        raw.push(bytes);
      }
    }
    return true;
  });
  if (read === undefined) return undefined;
  check(
    Buffer.concat(pieces)
      .subarray(
        0,
        raw.reduce((sum, { length }) => sum + length, 0),
      )
      .equals(Buffer.concat(raw)),
    'bytes are lost',
  );
  return events;
}

/** Events as WHATWG defines them, from the whole text; the last line counts when it is ended. */
function plainEvents(input: Buffer): [string, string][] {
  const bytes = input.subarray(0, 3).equals(Buffer.from('\ufeff')) ? input.subarray(3) : input;
  const text = bytes.toString('latin1');
  // A CR at the very end may be the first half of CRLF, and ends its line all the same.
  const lines = text.split(/\r\n|\r|\n/).slice(0, -1);
  const events: [string, string][] = [];
  let name = '';
  let data: string[] = [];
  const utf8 = (value: string) => Buffer.from(value, 'latin1').toString('utf8');
  for (const line of lines) {
    if (line === '') {
      if (data.length > 0) events.push([name === '' ? 'message' : utf8(name), data.map(utf8).join('\n')]);
      name = '';
      data = [];
      continue;
    }
    const at = line.indexOf(':');
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') name = value;
  }
  return events;
}

function messagesOf(pieces: readonly Buffer[]): unknown[] {
  const decoder = new AwsEventStreamDecoder(64 * 1024);
  const found: unknown[] = [];
  try {
    for (const piece of pieces) {
      for (const message of decoder.push(piece)) found.push([message.headers, message.payload.toString('base64'), toFrame(message)]);
    }
    decoder.end();
  } catch (error) {
    if (!(error instanceof EventStreamError)) throw error;
    found.push(error.fault);
  }
  return found;
}

/** The input as messages of the lengths that it says, with checksums that fit: only then is the rest of them looked at. */
function withChecksums(input: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(input);
  let at = 0;
  while (bytes.length - at >= 16) {
    let length = bytes.readUInt32BE(at);
    if (length < 16 || length > bytes.length - at) {
      length = random.oneIn(4) ? length : bytes.length - at;
      bytes.writeUInt32BE(length, at);
    }
    if (length >= 16 && bytes.readUInt32BE(at + 4) > length - 16 && !random.oneIn(4))
      bytes.writeUInt32BE(random.below(length - 15), at + 4);
    bytes.writeUInt32BE(crc32(bytes.subarray(at, at + 8)), at + 8);
    if (length < 16 || length > bytes.length - at) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(at, at + length - 4)), at + length - 4);
    at += length;
  }
  return bytes;
}

function plainObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function contentOf(chunk: Record<string, unknown> | undefined): string | undefined {
  const choices = chunk?.['choices'] as { delta?: { content?: unknown } }[] | undefined;
  const content = Array.isArray(choices) ? choices[0]?.delta?.content : undefined;
  return typeof content === 'string' ? content : undefined;
}
