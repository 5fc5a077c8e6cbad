import type { Writable } from 'node:stream';
import type { GatewayError } from '../../platform/error';
import type { Exchange } from '../../platform/http';
import type { Ticker, Watcher } from '../../platform/runtime';
import type { AnswerKind } from '../../wire/operations';

export interface DeliveryOptions {
  readonly exchange: Exchange;
  readonly ticker: Ticker;
  readonly kind: AnswerKind;
  /** Adds the gateway's own headers, at the moment the status goes out. */
  readonly headers: (headers: Record<string, string>) => Readonly<Record<string, string>>;
  /** Sent while the provider is silent: a whole event or comment for streams, white space for JSON. */
  readonly heartbeat: string;
  /** From the call's arrival: a silent call is committed to then. */
  readonly commitMs: number;
  readonly heartbeatMs: number;
  /** Told when the caller turns out to have closed the connection. */
  readonly onGone: () => void;
}

/** Whoever is writing an answer that has begun. */
export interface AnswerUnderWay {
  /** A slow caller can take more. */
  drained(): void;
  /** Ends the answer, in words that fit what was sent of it; undefined where the dialect's general ones do. */
  farewell(error: GatewayError): string | undefined;
}

/** Nothing between here and the caller may hold events back. */
const STREAM_HEADERS: Readonly<Record<string, string>> = { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' };

const TYPES: Readonly<Record<Exclude<AnswerKind, 'bytes'>, string>> = {
  sse: 'text/event-stream; charset=utf-8',
  json: 'application/json',
};

/** A heartbeat is early rather than late by what a tick may be late. */
const EARLY_MS = 500;

/**
 * The caller's end of one call: commits late, keeps a silent connection alive, remembers whether the caller is still there.
 * Status and headers go out with the first content, or when the provider has been silent for too long.
 */
export class Delivery implements Watcher {
  /** Status and headers are out. */
  public committed = false;
  /** Content of an answer is out, so no other provider's may follow. */
  public contentSent = false;
  /** The caller has gone, or was told the end; what is written goes nowhere. */
  public gone = false;
  /** No functions that are assigned: V8 makes such with the old, where each keeps its call until the whole heap is collected. */
  public underWay: AnswerUnderWay | undefined;
  /** Content type of an answer in bytes, known before its first. */
  public bytesType = 'application/octet-stream';
  /** Monotonic; 0 until the first byte went out. */
  public firstByteMs = 0;

  readonly #options: DeliveryOptions;
  #out: Writable | undefined;
  #lastWriteMs = 0;
  #ended = false;

  public constructor(options: DeliveryOptions) {
    this.#options = options;
    options.ticker.watch(this);
  }

  public tick(nowMs: number): void {
    const { commitMs, heartbeatMs, heartbeat, exchange } = this.#options;
    if (!this.committed) {
      if (nowMs - exchange.arrivedMs < commitMs) return;
      this.#commit();
    } else if (nowMs - this.#lastWriteMs < heartbeatMs - Math.min(EARLY_MS, heartbeatMs / 2)) return;
    if (this.#out?.writableNeedDrain !== true) this.#write(heartbeat);
  }

  /**
   * Sends content.
   *
   * @returns false when the caller reads slower than this: wait for `drained`
   */
  public content(bytes: Buffer | string): boolean {
    if (this.gone) return true;
    if (!this.committed) this.#commit();
    this.contentSent = true;
    return this.#write(bytes);
  }

  /** Ends a stream. */
  public end(): void {
    this.#close();
    this.#out?.end();
  }

  /**
   * Answers with a whole body: as it is when nothing went out yet, else behind the white space of the heartbeats.
   *
   * @param headers of this answer alone: the gateway's own are added to them
   */
  public endWith(status: number, headers: Record<string, string>, body: Buffer): void {
    this.#close();
    if (this.gone) return;
    if (this.#out !== undefined) {
      this.#out.end(body);
      return;
    }
    this.committed = true;
    const { exchange, headers: complete } = this.#options;
    headers['content-length'] = String(body.length);
    const out = exchange.respond(status, complete(headers));
    out.on('error', ignore);
    out.end(body);
  }

  /** Stops heartbeats when somebody else answers. */
  public abandon(): void {
    this.#close();
  }

  /** Breaks off an answer in which nothing can be said: its caller sees that it is not whole. */
  public cut(): void {
    this.#close();
    this.gone = true;
    this.#out?.destroy();
  }

  /** Nobody reads on: whatever waits for the caller need not wait any more. */
  public leave(): void {
    this.#close();
    this.gone = true;
    this.underWay?.drained();
  }

  #commit(): void {
    const { kind, headers, exchange } = this.#options;
    this.committed = true;
    const type = kind === 'bytes' ? this.bytesType : TYPES[kind];
    const out = exchange.respond(200, headers({ 'content-type': type, ...(kind === 'json' ? {} : STREAM_HEADERS) }));
    this.#out = out;
    const onGone = (): void => {
      if (!this.#ended) this.#options.onGone();
    };
    out.on('error', onGone);
    out.on('close', onGone);
    out.on('drain', () => this.underWay?.drained());
    // Whoever went before the first byte is not announced again.
    if (out.destroyed) onGone();
  }

  #write(bytes: Buffer | string): boolean {
    if (this.gone || this.#out === undefined) return true;
    const { ticker } = this.#options;
    this.#lastWriteMs = ticker.nowMs;
    if (this.firstByteMs === 0) this.firstByteMs = ticker.exactMs();
    return this.#out.write(bytes);
  }

  #close(): void {
    this.#ended = true;
    this.#options.ticker.unwatch(this);
  }
}

function ignore(): void {
  // The caller has gone: there is nobody left to answer.
}
