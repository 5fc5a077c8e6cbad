import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { BodyReader } from './body';
import type { InboundReply, ReplyReader } from './exchange';

/** Bytes that may lie unread before the provider is told to wait. */
const HIGH_WATER_BYTES = 65_536;

/** Where a reply comes from. */
export interface ReplySource {
  pause(): void;
  resume(): void;
  /** Ends the call. */
  abort(reason: Error): void;
}

/** An answer as it comes from a socket, handed on piece by piece: a stream of its own in between costs a chunk as much as all the rest. */
export class SocketReply implements InboundReply {
  /** What came before there was a reader. */
  #early: Buffer[] = [];
  #earlyBytes = 0;
  #complete = false;
  /** What cut the answer short. */
  #error: Error | undefined;
  #reader: ReplyReader | undefined;

  public constructor(
    public readonly status: number,
    public readonly headers: IncomingHttpHeaders,
    private readonly source: ReplySource,
  ) {}

  public read(reader: ReplyReader): void {
    const early = this.#early;
    const cutShort = this.#error;
    this.#early = [];
    this.#reader = reader;
    for (const chunk of early) {
      reader.take(chunk);
      if (this.#error !== cutShort) return;
    }
    if (cutShort !== undefined) reader.cut(cutShort);
    else if (this.#complete) reader.end();
    else if (this.#earlyBytes >= HIGH_WATER_BYTES) this.source.resume();
  }

  public whole(maxBytes: number): Promise<Buffer> {
    return new Promise((fulfil, reject) => this.read(new BodyReader(maxBytes, fulfil, reject, this)));
  }

  public pause(): void {
    this.source.pause();
  }

  public resume(): void {
    this.source.resume();
  }

  public destroy(error: Error = unwanted()): void {
    if (this.#complete || this.#error !== undefined) return;
    this.#error = error;
    this.source.abort(error);
    this.#reader?.cut(error);
  }

  public receive(chunk: Buffer): void {
    if (this.#reader !== undefined) return this.#reader.take(chunk);
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes >= HIGH_WATER_BYTES) this.source.pause();
  }

  public complete(): void {
    this.#complete = true;
    this.#reader?.end();
  }

  public cut(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#reader?.cut(error);
  }
}

/** A reply whose bytes come from a stream that somebody else made. */
export function streamReply(status: number, headers: IncomingHttpHeaders, body: Readable): InboundReply {
  return new StreamReply(status, headers, body);
}

class StreamReply implements InboundReply {
  #over = false;

  public constructor(
    public readonly status: number,
    public readonly headers: IncomingHttpHeaders,
    private readonly body: Readable,
  ) {}

  public read(reader: ReplyReader): void {
    const { body } = this;
    const cut = (error: Error = unwanted()): void => {
      if (this.#over) return;
      this.#over = true;
      reader.cut(error);
    };
    body.on('data', (chunk: Buffer) => reader.take(chunk));
    body.on('end', () => {
      this.#over = true;
      reader.end();
    });
    body.on('error', cut);
    body.on('close', () => cut());
  }

  public whole(maxBytes: number): Promise<Buffer> {
    return new Promise((fulfil, reject) => this.read(new BodyReader(maxBytes, fulfil, reject, this)));
  }

  public pause(): void {
    this.body.pause();
  }

  public resume(): void {
    this.body.resume();
  }

  public destroy(error?: Error): void {
    this.body.destroy(error);
  }
}

function unwanted(): Error {
  return new Error('the answer is not wanted any more');
}
