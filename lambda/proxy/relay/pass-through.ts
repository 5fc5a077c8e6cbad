import type { StreamMeter } from '../../wire/protocols';
import { upstreamIncomplete } from '../../wire/protocols';
import type { RawFrame } from './frames';
import type { StreamReport, StreamSink, StreamTranslation } from './translation';

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
      if (verdict.kind === 'forward') {
        run = run === undefined ? raw : adjoin(run, raw);
      } else {
        if (run !== undefined) sink.content(run);
        run = undefined;
        if (verdict.kind === 'preamble') sink.preamble(raw);
        if (verdict.kind === 'error') return sink.fail(verdict.error);
      }
      if (meter.terminated) break;
    }
    if (run !== undefined) sink.content(run);
    if (meter.terminated) sink.complete();
  }

  public end(sink: StreamSink): void {
    if (!this.meter.complete) return sink.fail(upstreamIncomplete());
    if (this.terminator !== '') sink.content(this.terminator);
    sink.complete();
  }

  public terminal(): undefined {
    return undefined;
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
