import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { BodyTooLargeError, readBody } from './body';
import type { InboundReply } from './exchange';

/** Bytes that may lie unread before the provider is told to wait. */
const HIGH_WATER_BYTES = 65_536;

/** Where a reply comes from. */
export interface ReplySource {
  pause(): void;
  resume(): void;
  /** Ends the call. */
  abort(reason: Error): void;
}

interface WholeReader {
  readonly maxBytes: number;
  readonly fulfil: (body: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** An answer as it comes from a socket: as a stream for whoever asks for one, else collected. */
export class SocketReply implements InboundReply {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #complete = false;
  /** What cut the answer short. */
  #error: Error | undefined;
  #stream: ReplyStream | undefined;
  #reader: WholeReader | undefined;

  public constructor(
    public readonly status: number,
    public readonly headers: IncomingHttpHeaders,
    private readonly source: ReplySource,
  ) {}

  public get body(): Readable {
    this.#stream ??= this.#open();
    return this.#stream;
  }

  public whole(maxBytes: number): Promise<Buffer> {
    return new Promise((fulfil, reject) => {
      this.#reader = { maxBytes, fulfil, reject };
      this.source.resume();
      this.#advance();
    });
  }

  public destroy(error?: Error): void {
    if (this.#stream !== undefined) this.#stream.destroy(error);
    else if (!this.#complete && this.#error === undefined) this.#stop(error ?? unwanted());
  }

  public receive(chunk: Buffer): void {
    if (this.#stream !== undefined) return this.#stream.receive(chunk);
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#reader !== undefined) this.#advance();
    else if (this.#bytes >= HIGH_WATER_BYTES) this.source.pause();
  }

  public complete(): void {
    this.#complete = true;
    if (this.#stream === undefined) this.#advance();
    else this.#stream.complete();
  }

  public cut(error: Error): void {
    this.#error ??= error;
    if (this.#stream === undefined) this.#advance();
    else this.#stream.cut(error);
  }

  #open(): ReplyStream {
    const stream = new ReplyStream(this.source);
    for (const chunk of this.#chunks) stream.receive(chunk);
    this.#chunks = [];
    if (this.#error !== undefined) stream.cut(this.#error);
    else if (this.#complete) stream.complete();
    return stream;
  }

  /** Tells who waits for the whole what there is to tell. */
  #advance(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    if (this.#error !== undefined) reader.reject(this.#error);
    else if (this.#bytes > reader.maxBytes) this.#stop(new BodyTooLargeError(reader.maxBytes));
    else if (this.#complete) {
      const [only] = this.#chunks;
      reader.fulfil(this.#chunks.length === 1 ? (only as Buffer) : Buffer.concat(this.#chunks, this.#bytes));
    }
  }

  #stop(error: Error): void {
    this.#error = error;
    this.#reader?.reject(error);
    if (!this.#complete) this.source.abort(error);
  }
}

/** A reply whose bytes come from a stream that somebody else made. */
export function streamReply(status: number, headers: IncomingHttpHeaders, body: Readable): InboundReply {
  return { status, headers, body, whole: (maxBytes) => readBody(body, maxBytes), destroy: (error) => void body.destroy(error) };
}

/** Destroying it before its end ends the call. */
class ReplyStream extends Readable {
  #complete = false;

  public constructor(private readonly source: ReplySource) {
    super({ highWaterMark: HIGH_WATER_BYTES });
  }

  public override _read(): void {
    this.source.resume();
  }

  public override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#complete) this.source.abort(error ?? unwanted());
    callback(error);
  }

  public receive(chunk: Buffer): void {
    if (!this.push(chunk)) this.source.pause();
  }

  public complete(): void {
    this.#complete = true;
    this.push(null);
  }

  public cut(error: Error): void {
    this.#complete = true;
    this.destroy(error);
  }
}

function unwanted(): Error {
  return new Error('the answer is not wanted any more');
}
