import { GatewayError } from '../../platform/error';
import type { InboundReply, ReplyReader } from '../../platform/http';
import { TransportError } from '../../platform/http';
import type { Ticker, Watcher } from '../../platform/runtime';
import { upstreamIncomplete } from '../../wire/protocols';
import type { AnswerUnderWay, Delivery } from './delivery';
import type { FrameSource } from './frames';
import type { StreamReport, StreamSink, StreamTranslation } from './translation';

export interface StreamLimits {
  /** Monotonic: the first meaningful event must have come by then. */
  readonly firstEventAtMs: number;
  /** Told when it has come. */
  readonly onFirstEvent?: { answers(): void };
  /** Longest silence after it. */
  readonly idleMs: number;
  /** Monotonic end of everything. */
  readonly totalAtMs: number;
  /** Characters of generated text after which a stream is a runaway. */
  readonly maxOutputCharacters: number;
}

/** How a provider's stream ended. */
export interface StreamResult extends StreamReport {
  /** Absent: the answer is complete. */
  readonly error?: GatewayError;
  /** How the caller is to be told of it, where the dialect's general words would not fit. */
  readonly terminal?: string;
  /** Monotonic, of the first meaningful event; 0 when there was none. */
  readonly firstEventMs: number;
  /** Monotonic, of the first text that the model wrote; 0 when there was none. */
  readonly firstTextMs: number;
}

/** A provider that ended its answer but not its stream is read on for this long, so that the connection can be kept. */
const LINGER_MS = 2_000;

/** Carries one provider's stream to the caller, from its first byte to its end. Never rejects. */
export function relayStream(
  reply: InboundReply,
  source: FrameSource,
  translation: StreamTranslation,
  delivery: Delivery,
  limits: StreamLimits,
  ticker: Ticker,
): Promise<StreamResult> {
  return new Promise((fulfil) => new StreamRelay(reply, source, translation, delivery, limits, ticker, fulfil).start());
}

class StreamRelay implements Watcher, StreamSink, ReplyReader, AnswerUnderWay {
  #held: (Buffer | string)[] = [];
  /** What came before the first content is out, or need not go out any more. */
  #opened = false;
  #firstEventMs = 0;
  #firstTextMs = 0;
  #lastChunkMs: number;
  #doneMs = 0;
  #paused = false;
  /** The provider's stream is over, whatever may still be held back of it. */
  #read = false;

  public constructor(
    private readonly reply: InboundReply,
    private readonly source: FrameSource,
    private readonly translation: StreamTranslation,
    private readonly delivery: Delivery,
    private readonly limits: StreamLimits,
    private readonly ticker: Ticker,
    private readonly fulfil: (result: StreamResult) => void,
  ) {
    this.#lastChunkMs = ticker.nowMs;
  }

  public start(): void {
    this.ticker.watch(this);
    this.delivery.underWay = this;
    this.reply.read(this);
  }

  public take(chunk: Buffer): void {
    this.#lastChunkMs = this.ticker.nowMs;
    if (this.#doneMs > 0) return;
    try {
      this.translation.frames(this.source.push(chunk), this);
      if (this.#firstTextMs === 0 && this.translation.outputCharacters > 0) this.#firstTextMs = this.ticker.exactMs();
    } catch (error) {
      this.fail(asGatewayError(error));
    }
  }

  public end(): void {
    this.#read = true;
    if (this.#doneMs > 0) return this.ticker.unwatch(this);
    try {
      this.translation.frames(this.source.finish(), this);
      if (this.#doneMs === 0) this.translation.end(this);
    } catch (error) {
      this.fail(asGatewayError(error));
    }
    // Whoever holds something back has as long as the call has.
    if (!this.translation.pending) this.ticker.unwatch(this);
  }

  public cut(error: Error): void {
    this.#read = true;
    this.ticker.unwatch(this);
    this.fail(streamFault(error));
  }

  public tick(nowMs: number): void {
    const { limits } = this;
    if (this.#doneMs > 0) {
      if (nowMs - this.#doneMs > LINGER_MS) this.reply.destroy();
      return;
    }
    if (nowMs >= limits.totalAtMs) return this.fail(timedOut('The call took longer than it may.'));
    if (this.#firstEventMs === 0) {
      if (nowMs >= limits.firstEventAtMs) this.fail(timedOut('The provider did not begin its answer in time.'));
    } else if (!this.#paused && !this.translation.pending && nowMs - this.#lastChunkMs >= limits.idleMs) {
      return this.fail(timedOut('The provider fell silent in the middle of its answer.'));
    }
    // Where nothing is sent, nothing else notices.
    if (this.translation.outputCharacters > limits.maxOutputCharacters) this.fail(runaway());
  }

  public begun(): void {
    if (this.#firstEventMs > 0) return;
    this.#firstEventMs = this.ticker.exactMs();
    this.limits.onFirstEvent?.answers();
  }

  public preamble(bytes: Buffer | string): void {
    if (this.#doneMs > 0) return;
    if (this.#opened) this.#send(bytes);
    else this.#held.push(bytes);
  }

  public content(bytes: Buffer | string): void {
    if (this.#doneMs > 0) return;
    if (!this.#opened) {
      this.#opened = true;
      this.begun();
      const first = this.#held.length === 0 ? bytes : Buffer.concat([...this.#held, bytes].map(asBuffer));
      this.#held = [];
      this.#send(first);
    } else this.#send(bytes);
  }

  public complete(): void {
    if (this.#doneMs > 0) return;
    for (const bytes of this.#held) this.#send(bytes);
    this.#finish(undefined);
    this.delivery.end();
  }

  public fail(error: GatewayError): void {
    if (this.#doneMs > 0) return;
    this.#finish(error);
    this.reply.destroy();
  }

  #send(bytes: Buffer | string): void {
    if (!this.delivery.content(bytes) && !this.#paused) {
      this.#paused = true;
      this.reply.pause();
    }
    if (this.translation.outputCharacters > this.limits.maxOutputCharacters) this.fail(runaway());
  }

  public farewell(error: GatewayError): string | undefined {
    return this.translation.terminal(error);
  }

  public drained(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#lastChunkMs = this.ticker.nowMs;
    this.reply.resume();
  }

  #finish(error: GatewayError | undefined): void {
    if (this.#doneMs > 0) return;
    this.#doneMs = Math.max(this.ticker.nowMs, 1);
    this.drained();
    const { delivery } = this;
    if (this.#read) this.ticker.unwatch(this);
    delivery.underWay = undefined;
    const terminal = error !== undefined && delivery.contentSent && !delivery.gone ? this.translation.terminal(error) : undefined;
    const { report } = this.translation;
    // Nobody reads on what would go nowhere.
    if (report.endedByStage?.complete === false) this.reply.destroy();
    const result: StreamResult = {
      ...report,
      ...(error === undefined ? {} : { error }),
      ...(terminal === undefined ? {} : { terminal }),
      firstEventMs: this.#firstEventMs,
      firstTextMs: this.#firstTextMs,
    };
    // Many callers may hang up at once, and the providers of all are freed first.
    if (delivery.gone) setImmediate(this.fulfil, result);
    else this.fulfil(result);
  }
}

function asBuffer(bytes: Buffer | string): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
}

function streamFault(error: unknown): GatewayError {
  if (error instanceof TransportError && error.failure === 'timeout')
    return timedOut('The provider fell silent in the middle of its answer.');
  return upstreamIncomplete();
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError({ code: 'internal_error', message: 'The gateway failed.', cause: error });
}

function timedOut(message: string): GatewayError {
  return new GatewayError({ code: 'upstream_timeout', message });
}

function runaway(): GatewayError {
  return new GatewayError({
    code: 'upstream_runaway',
    message: 'The provider went on beyond the output cap; the answer was cut.',
  });
}
