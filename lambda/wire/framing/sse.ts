import { GatewayError } from '../../platform/error';

/** Longest event, in bytes, that is kept while it is incomplete: a picture comes as one. Longer ones are an error. */
export const MAX_EVENT_BYTES = 32 * 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const EMPTY = Buffer.alloc(0);

/** One event of a stream, and the bytes it came in. */
export interface SseEvent {
  /** `event:` of the block; `message` when it names none. */
  readonly event: string;
  readonly data: string;
  /** Every byte since the event before, comments and the blank line included: the raw events of a stream add up to the stream. */
  readonly raw: Buffer;
}

/**
 * Cuts a byte stream into server-sent events as WHATWG defines them: CR, LF and CRLF (also split across chunks), a byte order
 * mark at the start, several `data` lines, comments, no space after the colon. `id` and `retry` are ignored.
 *
 * One object holds the state of one stream. Blocks without data (comments, keep-alives) yield no event; their bytes are the
 * beginning of the next event's `raw`.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseParser {
  /** Bytes of the block that is not complete yet, from its first byte; may be longer than `#heldBytes`. */
  #held: Buffer = EMPTY;
  #heldBytes = 0;
  /** Offsets in the held block: where the current line starts, and where the search for its end goes on. */
  #lineStart = 0;
  #searchStart = 0;
  #atStreamStart = true;
  /** Streams without any CR, nearly all, are searched for LF alone. */
  #sawCarriageReturn = false;
  #skipLineFeed = false;
  /** The last byte ends an event, and the line feed that belongs to it is still to come. */
  #awaitsLineFeed = false;
  #tooLarge = false;

  #eventName = '';
  /** Range of the first data line within the block; the text of the lines before the last one, when there are several. */
  #dataStart = -1;
  #dataEnd = -1;
  #earlierData: string | undefined;

  /**
   * Takes the next bytes and gives the events that they complete. The chunk must not be changed afterwards: events refer to it.
   *
   * @throws GatewayError 502 `event_too_large` when an event exceeds {@link MAX_EVENT_BYTES}; events before it are given first,
   * and the error comes with the next call.
   */
  public push(chunk: Buffer): SseEvent[] {
    if (this.#tooLarge) throw eventTooLarge();
    const buffer = this.#append(chunk);
    if (chunk.length > 0) this.#awaitsLineFeed = false;
    if (this.#atStreamStart && !this.#skipByteOrderMark(buffer)) return this.#keep(buffer, 0, []);
    if (!this.#sawCarriageReturn && chunk.indexOf(CARRIAGE_RETURN) !== -1) this.#sawCarriageReturn = true;

    const events: SseEvent[] = [];
    let blockStart = 0;
    let lineStart = this.#lineStart;
    let searchStart = this.#searchStart;
    if (this.#skipLineFeed && searchStart < buffer.length) {
      this.#skipLineFeed = false;
      if (buffer[searchStart] === LINE_FEED) {
        lineStart += 1;
        searchStart += 1;
      }
    }
    // Each is looked for once: a stream of the one kind is not searched to its end for the other at every line.
    let lineFeed = buffer.indexOf(LINE_FEED, searchStart);
    let carriageReturn = this.#sawCarriageReturn ? buffer.indexOf(CARRIAGE_RETURN, searchStart) : -1;
    for (;;) {
      let lineEnd = lineFeed;
      let next = lineEnd + 1;
      if (carriageReturn !== -1 && (lineEnd === -1 || carriageReturn < lineEnd)) {
        lineEnd = carriageReturn;
        next = carriageReturn + 1;
        if (next === buffer.length) {
          // An event keeps the whole of its last line end, where its lines end in two characters.
          this.#awaitsLineFeed = lineEnd === lineStart && this.#dataStart !== -1 && buffer[lineStart - 1] === LINE_FEED;
          if (this.#awaitsLineFeed) break;
          this.#skipLineFeed = true;
        } else if (buffer[next] === LINE_FEED) next += 1;
      }
      if (lineEnd === -1) break;

      if (lineEnd !== lineStart) {
        this.#readField(buffer, blockStart, lineStart, lineEnd);
      } else if (this.#dataStart !== -1) {
        if (next - blockStart > MAX_EVENT_BYTES) return this.#overflow(events);
        events.push(this.#take(buffer, blockStart, next));
        blockStart = next;
      } else {
        this.#eventName = '';
      }
      lineStart = next;
      if (lineFeed !== -1 && lineFeed < next) lineFeed = lineFeedFrom(buffer, next);
      if (carriageReturn !== -1 && carriageReturn < next) carriageReturn = buffer.indexOf(CARRIAGE_RETURN, next);
    }
    this.#lineStart = lineStart - blockStart;
    this.#searchStart = (this.#awaitsLineFeed ? lineStart : buffer.length) - blockStart;
    return this.#keep(buffer, blockStart, events);
  }

  /**
   * The stream is over. Gives the last event when only its closing blank line is missing, as some servers end their streams;
   * a block that ends within a line is a cut, and is discarded.
   */
  public finish(): SseEvent | undefined {
    const ended = this.#awaitsLineFeed;
    if (this.#tooLarge || this.#dataStart === -1 || (this.#lineStart !== this.#heldBytes && !ended)) return undefined;
    const event = this.#take(this.#held, 0, this.#heldBytes);
    this.#heldBytes = 0;
    this.#lineStart = 0;
    return ended ? event : { ...event, raw: Buffer.concat([event.raw, Buffer.from('\n')]) };
  }

  #append(chunk: Buffer): Buffer {
    if (this.#heldBytes === 0) return chunk;
    const bytes = this.#heldBytes + chunk.length;
    if (bytes > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#held.length));
      this.#held.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    chunk.copy(this.#held, this.#heldBytes);
    return this.#held.subarray(0, bytes);
  }

  /** Keeps what is left from `blockStart` on. The held bytes are never written over once an event refers to them. */
  #keep(buffer: Buffer, blockStart: number, events: SseEvent[]): SseEvent[] {
    const left = buffer.length - blockStart;
    if (left > MAX_EVENT_BYTES) return this.#overflow(events);
    if (left === 0) this.#held = EMPTY;
    else if (blockStart > 0 || this.#heldBytes === 0) this.#held = buffer.subarray(blockStart);
    this.#heldBytes = left;
    return events;
  }

  #overflow(events: SseEvent[]): SseEvent[] {
    this.#tooLarge = true;
    this.#held = EMPTY;
    this.#heldBytes = 0;
    if (events.length === 0) throw eventTooLarge();
    return events;
  }

  /** False while it cannot be told yet whether the stream begins with a mark. */
  #skipByteOrderMark(buffer: Buffer): boolean {
    const length = Math.min(buffer.length, BYTE_ORDER_MARK.length);
    const matches = buffer.compare(BYTE_ORDER_MARK, 0, length, 0, length) === 0;
    if (matches && length < BYTE_ORDER_MARK.length) return false;
    if (matches) {
      this.#lineStart = length;
      this.#searchStart = length;
    }
    this.#atStreamStart = false;
    return true;
  }

  #readField(buffer: Buffer, blockStart: number, start: number, end: number): void {
    const first = buffer[start];
    if (first === 0x64 && isNamed(buffer, start, end, 'data')) {
      if (this.#dataStart !== -1) {
        const before = buffer.toString('utf8', blockStart + this.#dataStart, blockStart + this.#dataEnd);
        this.#earlierData = this.#earlierData === undefined ? before : `${this.#earlierData}\n${before}`;
      }
      this.#dataStart = valueStart(buffer, start + 4, end) - blockStart;
      this.#dataEnd = end - blockStart;
    } else if (first === 0x65 && isNamed(buffer, start, end, 'event')) {
      this.#eventName = buffer.toString('utf8', valueStart(buffer, start + 5, end), end);
    }
  }

  #take(buffer: Buffer, blockStart: number, blockEnd: number): SseEvent {
    const last = buffer.toString('utf8', blockStart + this.#dataStart, blockStart + this.#dataEnd);
    const event = {
      event: this.#eventName === '' ? 'message' : this.#eventName,
      data: this.#earlierData === undefined ? last : `${this.#earlierData}\n${last}`,
      raw: buffer.subarray(blockStart, blockEnd),
    };
    this.#eventName = '';
    this.#dataStart = -1;
    this.#earlierData = undefined;
    return event;
  }
}

/** Text of one event. Line breaks in `data` become several `data` lines, so that no text can forge an event. */
export function encodeSse(event: string | undefined, data: string): string {
  const head = event === undefined ? 'data: ' : `event: ${event}\ndata: `;
  if (!data.includes('\n') && !data.includes('\r')) return `${head}${data}\n\n`;
  return `${head}${data.split(/\r\n|\r|\n/).join('\ndata: ')}\n\n`;
}

function eventTooLarge(): GatewayError {
  return new GatewayError({
    code: 'event_too_large',
    message: 'The provider sent a stream event larger than the gateway accepts.',
  });
}

/** Behind a line there is mostly the blank one that ends an event, or nothing: then nothing need be searched. */
function lineFeedFrom(buffer: Buffer, from: number): number {
  if (from === buffer.length) return -1;
  return buffer[from] === LINE_FEED ? from : buffer.indexOf(LINE_FEED, from);
}

/** The line is a field of this name: the name alone, or the name and a colon. */
function isNamed(buffer: Buffer, start: number, end: number, name: 'data' | 'event'): boolean {
  const nameEnd = start + name.length;
  if (nameEnd > end || (nameEnd < end && buffer[nameEnd] !== COLON)) return false;
  for (let offset = 1; offset < name.length; offset += 1) {
    if (buffer[start + offset] !== name.charCodeAt(offset)) return false;
  }
  return true;
}

/** Skips the colon after a field's name and one space. */
function valueStart(buffer: Buffer, colon: number, end: number): number {
  if (colon >= end) return end;
  return buffer[colon + 1] === SPACE && colon + 1 < end ? colon + 2 : colon + 1;
}
