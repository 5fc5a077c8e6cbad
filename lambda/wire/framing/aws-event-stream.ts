import { crc32 } from 'node:zlib';
import type { Frame } from '../protocols/protocol';

/** Prelude: total length, headers length, checksum of the two. */
const PRELUDE_BYTES = 12;
/** Prelude and the checksum that ends a message. */
const OVERHEAD_BYTES = 16;
/** The format's own limits. */
const MAX_HEADERS_BYTES = 128 * 1024;
/** Default of the largest message that is buffered, in bytes. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Why bytes are not an event stream. */
export type EventStreamFault = 'bad-length' | 'too-large' | 'bad-prelude-checksum' | 'bad-checksum' | 'bad-headers' | 'truncated';

/** The stream cannot be read any further: after a fault there is no way to find the next message. */
export class EventStreamError extends Error {
  public constructor(public readonly fault: EventStreamFault) {
    super(`event stream: ${fault}`);
    this.name = 'EventStreamError';
  }
}

/** One message: its string headers (others are skipped) and its payload. */
export interface EventStreamMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/**
 * Decodes `application/vnd.amazon.eventstream` from bytes cut anywhere. Both checksums are checked.
 * Payloads are views into the received bytes where a message arrived whole.
 *
 * @see https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream
 */
export class AwsEventStreamDecoder {
  private readonly pending: Buffer[] = [];
  private pendingBytes = 0;
  /** Bytes that must be there before looking again makes sense: many small chunks are joined once, not once each. */
  private wantedBytes = PRELUDE_BYTES;
  private fault: EventStreamError | undefined;
  private readonly maxMessageBytes: number;

  /** @param maxMessageBytes longer messages are a fault, so that a bad length cannot make us buffer without end */
  public constructor(maxMessageBytes: number = MAX_MESSAGE_BYTES) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * The messages that are complete with these bytes.
   *
   * @throws EventStreamError when they are not an event stream; messages before the fault are given first, and the error comes with
   * the next call. The decoder is of no use afterwards.
   */
  public push(bytes: Buffer): EventStreamMessage[] {
    if (this.fault !== undefined) throw this.fault;
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    if (this.pendingBytes < this.wantedBytes) return [];

    let buffer = this.pending.length === 1 ? bytes : Buffer.concat(this.pending);
    const messages: EventStreamMessage[] = [];
    this.wantedBytes = PRELUDE_BYTES;
    try {
      while (buffer.length >= PRELUDE_BYTES) {
        const length = this.checkPrelude(buffer);
        if (buffer.length < length) {
          this.wantedBytes = length;
          break;
        }
        messages.push(readMessage(buffer.subarray(0, length)));
        buffer = buffer.subarray(length);
      }
    } catch (error) {
      if (messages.length === 0) throw error;
      this.fault = error as EventStreamError;
    }
    this.pending.splice(0, this.pending.length, ...(buffer.length > 0 ? [buffer] : []));
    this.pendingBytes = buffer.length;
    return messages;
  }

  /**
   * The stream is over.
   *
   * @throws EventStreamError `truncated` when it ends inside a message, or the fault that was found
   */
  public end(): void {
    if (this.fault !== undefined) throw this.fault;
    if (this.pendingBytes > 0) throw new EventStreamError('truncated');
  }

  private checkPrelude(buffer: Buffer): number {
    const length = buffer.readUInt32BE(0);
    const headersLength = buffer.readUInt32BE(4);
    if (crc32(buffer.subarray(0, 8)) !== buffer.readUInt32BE(8)) throw new EventStreamError('bad-prelude-checksum');
    if (length < OVERHEAD_BYTES || headersLength > length - OVERHEAD_BYTES) throw new EventStreamError('bad-length');
    if (length > this.maxMessageBytes || headersLength > MAX_HEADERS_BYTES) throw new EventStreamError('too-large');
    return length;
  }
}

/**
 * A message as the protocols read frames: what kind of event it is and its payload as text.
 * An `error` message has no payload; its text becomes one.
 */
export function toFrame({ headers, payload }: EventStreamMessage): Frame {
  const type = headers[':message-type'];
  if (type === 'error') {
    const data = JSON.stringify({ message: headers[':error-message'] ?? '' });
    return { event: headers[':error-code'] ?? 'unknown', data, exception: true };
  }
  const data = payload.toString('utf8');
  if (type === 'exception') return { event: headers[':exception-type'] ?? 'unknown', data, exception: true };
  return { event: headers[':event-type'] ?? 'message', data };
}

function readMessage(message: Buffer): EventStreamMessage {
  const end = message.length - 4;
  if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) throw new EventStreamError('bad-checksum');
  const headersEnd = PRELUDE_BYTES + message.readUInt32BE(4);
  return { headers: readHeaders(message, PRELUDE_BYTES, headersEnd), payload: message.subarray(headersEnd, end) };
}

/** Bytes of each fixed-size value type: true, false, byte, short, integer, long, (bytes, string), timestamp, UUID. */
const FIXED_SIZE: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
const BYTES_TYPE = 6;
const STRING_TYPE = 7;

function readHeaders(message: Buffer, start: number, end: number): Record<string, string> {
  const headers: Record<string, string> = {};
  let at = start;
  const take = (count: number): number => {
    const from = at;
    at += count;
    if (at > end) throw new EventStreamError('bad-headers');
    return from;
  };

  while (at < end) {
    const nameLength = message.readUInt8(take(1));
    const nameAt = take(nameLength);
    const name = message.toString('utf8', nameAt, nameAt + nameLength);
    const type = message.readUInt8(take(1));
    if (type === STRING_TYPE || type === BYTES_TYPE) {
      const length = message.readUInt16BE(take(2));
      const valueAt = take(length);
      if (type === STRING_TYPE) headers[name] = message.toString('utf8', valueAt, valueAt + length);
    } else {
      const size = FIXED_SIZE[type];
      if (size === undefined) throw new EventStreamError('bad-headers');
      take(size);
    }
  }
  return headers;
}

/** Writes one message with string headers. */
export function encodeEventStreamMessage(headers: Readonly<Record<string, string>>, payload: Buffer): Buffer {
  const encoded = Object.entries(headers).map(([name, value]) => encodeHeader(Buffer.from(name), Buffer.from(value)));
  const headersLength = encoded.reduce((sum, header) => sum + header.length, 0);
  const length = OVERHEAD_BYTES + headersLength + payload.length;

  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.writeUInt32BE(length, 0);
  prelude.writeUInt32BE(headersLength, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);

  const message = Buffer.concat([prelude, ...encoded, payload, Buffer.alloc(4)]);
  message.writeUInt32BE(crc32(message.subarray(0, length - 4)), length - 4);
  return message;
}

function encodeHeader(name: Buffer, value: Buffer): Buffer {
  const head = Buffer.alloc(1 + name.length + 3);
  head.writeUInt8(name.length, 0);
  name.copy(head, 1);
  head.writeUInt8(STRING_TYPE, 1 + name.length);
  head.writeUInt16BE(value.length, 2 + name.length);
  return Buffer.concat([head, value]);
}
