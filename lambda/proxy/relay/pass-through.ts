import { GatewayError } from '../../platform/error';
import { holdsCredential, type Usage } from '../../wire/model';
import type { FrameVerdict, StreamMeter } from '../../wire/protocols';
import { FailedGeneration, unreadableAnswer, upstreamIncomplete } from '../../wire/protocols';
import type { RawFrame } from './frames';
import type { StreamReport, StreamSink, StreamTranslation } from './translation';

/** Longest answer in bytes, as long as the longest one that is read whole. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * The same dialect on both sides: bytes pass as they are, and a meter looks at a copy.
 *
 * @param terminator of the dialect, added when the provider forgot it
 */
export function passThrough(meter: StreamMeter & { readonly malformed?: number }, terminator: string): StreamTranslation {
  return new PassThrough(meter, terminator);
}

class PassThrough implements StreamTranslation {
  public readonly pending = false;
  #said = false;
  /** What the provider failed with, in words that the caller has got. */
  #failed: GatewayError | undefined;
  /** By the provider's word for it, what the model wrote is of no use. */
  #unusable: string | undefined;

  public constructor(
    private readonly meter: StreamMeter & { readonly malformed?: number },
    private readonly terminator: string,
  ) {}

  public frames(frames: readonly RawFrame[], sink: StreamSink): void {
    const { meter } = this;
    /** What lies side by side and goes out as one piece. */
    let run: Buffer | undefined;
    for (const frame of frames) {
      const verdict = meter.observe(frame);
      const raw = frame.raw as Buffer;
      if (this.#isToldOn(verdict, run !== undefined)) {
        run = run === undefined ? raw : adjoin(run, raw);
      } else {
        if (run !== undefined) this.#say(run, sink);
        run = undefined;
        if (verdict.kind === 'preamble') sink.preamble(raw);
        if (verdict.kind === 'error' && !this.#passError(frame, verdict.error, sink)) return sink.fail(verdict.error);
      }
      if (meter.terminated) break;
    }
    if (run !== undefined) this.#say(run, sink);
    if (meter.terminated) this.#end(sink);
  }

  /** Where an answer turns out to be of no use, all but its end is told to a caller who has some of it, and nothing to any other. */
  #isToldOn(verdict: FrameVerdict, begins: boolean): boolean {
    if (verdict.kind === 'failed') this.#unusable = verdict.raw;
    else if (verdict.kind !== 'forward') return false;
    return this.#unusable === undefined || ((this.#said || begins) && !this.meter.terminated);
  }

  #end(sink: StreamSink): void {
    if (this.#unusable !== undefined) sink.fail(new FailedGeneration(this.#unusable, this.meter.usage));
    else if (this.#failed !== undefined) sink.fail(this.#failed);
    else sink.complete();
  }

  /**
   * An error in the midst of an answer reaches the caller as the provider wrote it, with what follows it: clients know their provider's
   * fields. One before the answer is told by whoever answers in the end.
   *
   * @returns false when the gateway is to tell it in its own words
   */
  #passError({ data, raw }: RawFrame, error: GatewayError, sink: StreamSink): boolean {
    if (!this.#said || holdsCredential(data)) return false;
    this.#failed ??= error;
    sink.content(raw as Buffer);
    return true;
  }

  #say(bytes: Buffer, sink: StreamSink): void {
    this.#said = true;
    sink.content(bytes);
  }

  public end(sink: StreamSink): void {
    if (this.#failed !== undefined || this.#unusable !== undefined) return this.#end(sink);
    if (!this.meter.complete) return sink.fail(upstreamIncomplete());
    if (this.terminator !== '') sink.content(this.terminator);
    sink.complete();
  }

  public terminal(): string | undefined {
    return this.#failed === undefined ? undefined : '';
  }

  public get outputCharacters(): number {
    return this.meter.written.characters;
  }

  public get report(): StreamReport {
    const { usage, finishReason, responseModel, written, malformed = 0 } = this.meter;
    return { usage, finishReason, responseModel, writtenTokens: () => written.tokens, malformed };
  }
}

/** Two frames of one chunk lie side by side, so they go out as one piece without a copy. */
function adjoin(left: Buffer, right: Buffer): Buffer {
  return left.buffer === right.buffer && left.byteOffset + left.length === right.byteOffset
    ? Buffer.from(left.buffer, left.byteOffset, left.length + right.length)
    : Buffer.concat([left, right]);
}

/**
 * Sound and the like, which goes to the caller as it comes: nobody looks into it.
 *
 * @param usage as the answer's headers report it
 */
export function bytesAsTheyCome(usage: Usage | undefined): StreamTranslation {
  return new Bytes(usage);
}

class Bytes implements StreamTranslation {
  public readonly pending = false;
  /** Nothing that is counted in characters. */
  public readonly outputCharacters = 0;
  #bytes = 0;

  public constructor(private readonly usage: Usage | undefined) {}

  public frames(frames: readonly RawFrame[], sink: StreamSink): void {
    for (const { raw } of frames) {
      const bytes = raw as Buffer;
      this.#bytes += bytes.length;
      if (this.#bytes > MAX_ANSWER_BYTES) return sink.fail(tooLarge());
      if (bytes.length > 0) sink.content(bytes);
    }
  }

  public end(sink: StreamSink): void {
    if (this.#bytes === 0) sink.fail(unreadableAnswer());
    else sink.complete();
  }

  /** Words would be taken for sound: the connection is cut. */
  public terminal(): undefined {
    return undefined;
  }

  public get report(): StreamReport {
    return { usage: this.usage, finishReason: undefined, responseModel: undefined, writtenTokens: () => 0, malformed: 0 };
  }
}

function tooLarge(): GatewayError {
  return new GatewayError({ code: 'upstream_too_large', message: "The provider's answer is larger than the gateway takes." });
}
