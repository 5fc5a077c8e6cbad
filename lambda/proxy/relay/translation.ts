import type { GatewayError } from '../../platform/error';
import type { FinishReason, StreamEvent, Usage } from '../../wire/model';
import { WrittenText } from '../../wire/model';
import type { StreamDecoder, StreamEncoder, StreamMeter } from '../../wire/protocols';
import { upstreamIncomplete } from '../../wire/protocols';
import type { RawFrame } from './frames';

/** What a stream said of itself, as far as it came. */
export interface StreamReport {
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason | undefined;
  readonly responseModel: string | undefined;
  /** Tokens of the generated text at most, for an estimate when usage is missing. */
  readonly writtenTokens: () => number;
  readonly malformed: number;
}

/** Where a translation puts what the caller is to get. */
export interface StreamSink {
  /** Bytes that commit to nothing yet. */
  preamble(bytes: Buffer | string): void;
  content(bytes: Buffer | string): void;
  /** The answer is complete; nothing may follow. */
  complete(): void;
  /** The provider failed; nothing may follow. */
  fail(error: GatewayError): void;
}

/** Turns a provider's frames into the caller's bytes. Holds the state of one stream. */
export interface StreamTranslation {
  frames(frames: readonly RawFrame[], sink: StreamSink): void;
  /** The provider closed the stream. */
  end(sink: StreamSink): void;
  /** Ends an answer that has begun, in words that fit what was sent of it. Undefined: the dialect's own words for an answer it has not seen. */
  terminal(error: GatewayError): string | undefined;
  readonly report: StreamReport;
  /** Characters of generated text so far, free to ask per chunk. */
  readonly outputCharacters: number;
}

/**
 * The same dialect on both sides: bytes pass as they are, and a meter looks at a copy.
 *
 * @param terminator of the dialect, added when the provider forgot it
 */
export function passThrough(meter: StreamMeter & { readonly malformed?: number }, terminator: string): StreamTranslation {
  return new PassThrough(meter, terminator);
}

class PassThrough implements StreamTranslation {
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

/** Events that an answer may begin with before it says anything. */
const PREAMBLE: ReadonlySet<StreamEvent['type']> = new Set(['start', 'usage', 'text-start', 'reasoning-start']);

/** Different dialects: frames become events of the common model, events become the caller's bytes. */
export function translated(decoder: StreamDecoder, encoder: StreamEncoder): StreamTranslation {
  let usage: Usage | undefined;
  let finishReason: FinishReason | undefined;
  let responseModel: string | undefined;
  const written = new WrittenText();
  /** The caller's answer has ended; what follows is only counted. */
  let told = false;

  const note = (event: StreamEvent): void => {
    switch (event.type) {
      case 'start':
        responseModel = event.model ?? responseModel;
        usage = event.usage === undefined ? usage : { ...usage, ...event.usage };
        break;
      case 'usage':
        usage = { ...usage, ...event.usage };
        break;
      case 'finish':
        finishReason = event.reason;
        break;
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-call-delta':
      case 'refusal-delta':
        written.add(event.text);
        break;
      default:
    }
  };

  /** True when nothing may follow. */
  const emit = (events: readonly StreamEvent[], sink: StreamSink): boolean => {
    let text = '';
    const flush = (): void => {
      if (text !== '') sink.content(text);
      text = '';
    };
    for (const event of events) {
      note(event);
      if (event.type === 'error') {
        flush();
        sink.fail(event.error);
        return true;
      }
      const encoded = told ? '' : encoder.encode(event);
      if (PREAMBLE.has(event.type) && text === '') {
        if (encoded !== '') sink.preamble(encoded);
      } else text += encoded;
      if (event.type === 'end') {
        flush();
        sink.complete();
        return true;
      }
    }
    flush();
    return false;
  };

  return {
    frames(frames, sink) {
      for (const frame of frames) if (emit(decoder.decode(frame), sink)) return;
    },
    end(sink) {
      if (!emit(decoder.end(), sink)) sink.fail(upstreamIncomplete());
    },
    terminal(error) {
      told = true;
      return encoder.encode({ type: 'error', error });
    },
    get outputCharacters() {
      return written.characters;
    },
    get report() {
      return { usage, finishReason, responseModel, writtenTokens: () => written.tokens, malformed: decoder.malformed };
    },
  };
}
