import { Writable } from 'node:stream';
import { HANDLER_STREAMING } from './handler-loader';

/** Bytes that a function may write before it must wait for the consumer. */
const WINDOW_BYTES = 128 * 1024;
const HIGH_WATER_MARK = 16 * 1024;
const DELIMITER = new Uint8Array(8);

/** What Lambda's Node.js runtime offers of a response stream, and nothing more: what is missing here is missing there. */
const METHODS = [
  'cork',
  'destroy',
  'end',
  'uncork',
  'write',
  'addListener',
  'on',
  'once',
  'prependListener',
  'prependOnceListener',
  'off',
  'removeListener',
  'removeAllListeners',
  'setMaxListeners',
  'getMaxListeners',
  'listeners',
  'rawListeners',
  'listenerCount',
  'eventNames',
  'emit',
  'setContentType',
] as const;
const READ_WRITE = ['destroyed', '_onBeforeFirstWrite'] as const;
const READ_ONLY = [
  'writableFinished',
  'writableObjectMode',
  'writableEnded',
  'writableNeedDrain',
  'writableHighWaterMark',
  'writableCorked',
  'writableLength',
  'writable',
] as const;

export interface ResponseSinkOptions {
  chunk(bytes: Uint8Array): void;
  end(): void;
}

type WritePrelude = (write: (bytes: string | Uint8Array) => void) => void;

/**
 * The answer of one invocation. The first `write()` sends the prelude; an `end(body)` without one sends none, so that status and
 * headers are lost, exactly as in Lambda.
 */
export class ResponseSink extends Writable {
  public _onBeforeFirstWrite: WritePrelude | undefined;
  private started = false;
  private outstanding = 0;
  private blocked: (() => void) | undefined;

  public constructor(private readonly options: ResponseSinkOptions) {
    super({ highWaterMark: HIGH_WATER_MARK, decodeStrings: true });
  }

  /** Part of the runtime's contract; the media type itself matters to nobody here. @throws after the first write */
  public setContentType(_contentType: string): void {
    if (this.started) throw new Error('Cannot set content-type, too late.');
  }

  public override write(
    chunk: unknown,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    callback?: (error?: Error | null) => void,
  ): boolean {
    const data = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
    if (!this.started) {
      this.started = true;
      this._onBeforeFirstWrite?.((bytes) => super.write(bytes));
    }
    return typeof encoding === 'function' ? super.write(data, encoding) : super.write(data, encoding ?? 'utf8', callback);
  }

  public override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (chunk.length > 0) {
      this.outstanding += chunk.length;
      this.options.chunk(chunk);
    }
    if (this.outstanding < WINDOW_BYTES) callback();
    else this.blocked = callback;
  }

  public override _final(callback: (error?: Error | null) => void): void {
    this.options.end();
    callback();
  }

  /** The consumer took so many bytes. */
  public credit(bytes: number): void {
    this.outstanding -= bytes;
    if (this.blocked === undefined || this.outstanding >= WINDOW_BYTES) return;
    const resume = this.blocked;
    this.blocked = undefined;
    resume();
  }
}

/** What a handler gets: the runtime hands out a plain object with the stream's members, not the stream. */
export function responseStreamFacade(sink: ResponseSink): Writable {
  const facade: Record<string, unknown> = {};
  for (const name of METHODS) facade[name] = (sink[name] as (...args: unknown[]) => unknown).bind(sink);
  for (const name of READ_WRITE) {
    Object.defineProperty(facade, name, {
      get: () => sink[name],
      set: (value: unknown) => {
        Reflect.set(sink, name, value);
      },
    });
  }
  for (const name of READ_ONLY) Object.defineProperty(facade, name, { get: () => sink[name] });
  return facade as unknown as Writable;
}

interface MetadataStream {
  setContentType(contentType: string): void;
  _onBeforeFirstWrite: WritePrelude;
}

/** `awslambda.HttpResponseStream`. */
export class HttpResponseStream {
  /** The stream, set to send `prelude` as JSON and eight NULs ahead of the first write. */
  public static from(stream: MetadataStream, prelude: unknown): MetadataStream {
    stream.setContentType('application/vnd.awslambda.http-integration-response');
    const metadata = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(metadata);
      write(DELIMITER);
    };
    return stream;
  }
}

/** `awslambda.streamifyResponse`: marks a handler as one that takes a response stream. */
export function streamifyResponse<T extends object>(handler: T): T {
  Object.defineProperty(handler, HANDLER_STREAMING, { value: true, configurable: true });
  return handler;
}
