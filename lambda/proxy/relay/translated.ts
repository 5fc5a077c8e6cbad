import type { GatewayError } from '../../platform/error';
import type { FinishReason, StreamEvent, Usage } from '../../wire/model';
import { WrittenText } from '../../wire/model';
import type { StreamDecoder, StreamEncoder } from '../../wire/protocols';
import { upstreamIncomplete } from '../../wire/protocols';
import { EventWriter, isMeaningful } from './event-writer';
import type { RawFrame } from './frames';
import { type AnswerStage, StageChain } from './stages';
import type { StreamReport, StreamSink, StreamTranslation } from './translation';

/** Different dialects, or somebody who reads along: frames become events of the common model, events become the caller's bytes. */
export function translated(decoder: StreamDecoder, encoder: StreamEncoder, stages: readonly AnswerStage[]): StreamTranslation {
  return stages.length === 0 ? new Translated(decoder, encoder) : new Staged(decoder, encoder, stages);
}

/** What the provider said of its answer, whatever the caller gets to see of it. */
class EventReport {
  readonly written = new WrittenText();
  #usage: Usage | undefined;
  #finishReason: FinishReason | undefined;
  #responseModel: string | undefined;

  public note(event: StreamEvent): void {
    switch (event.type) {
      case 'start':
        this.#responseModel = event.model ?? this.#responseModel;
        if (event.usage !== undefined) this.#usage = { ...this.#usage, ...event.usage };
        break;
      case 'usage':
        this.#usage = { ...this.#usage, ...event.usage };
        break;
      case 'finish':
        this.#finishReason = event.reason;
        break;
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-call-delta':
      case 'refusal-delta':
        this.written.add(event.text);
        break;
      default:
    }
  }

  public of({ malformed }: StreamDecoder): StreamReport {
    const { written } = this;
    return {
      usage: this.#usage,
      finishReason: this.#finishReason,
      responseModel: this.#responseModel,
      writtenTokens: () => written.tokens,
      malformed,
    };
  }
}

class Translated implements StreamTranslation {
  public readonly pending = false;
  readonly #report = new EventReport();
  readonly #writer: EventWriter;

  public constructor(
    private readonly decoder: StreamDecoder,
    encoder: StreamEncoder,
  ) {
    this.#writer = new EventWriter(encoder);
  }

  public frames(frames: readonly RawFrame[], sink: StreamSink): void {
    for (const frame of frames) if (this.#take(this.decoder.decode(frame), sink)) return;
    this.#writer.flush(sink);
  }

  public end(sink: StreamSink): void {
    if (this.#take(this.decoder.end(), sink)) return;
    this.#writer.flush(sink);
    sink.fail(upstreamIncomplete());
  }

  public terminal(error: GatewayError): string {
    return this.#writer.terminal(error);
  }

  public get outputCharacters(): number {
    return this.#report.written.characters;
  }

  public get report(): StreamReport {
    return this.#report.of(this.decoder);
  }

  /** True when nothing may follow. */
  #take(events: readonly StreamEvent[], sink: StreamSink): boolean {
    for (const event of events) {
      this.#report.note(event);
      if (this.#writer.write(event, sink)) return true;
    }
    return false;
  }
}

/** The same with stages between decoder and encoder, which may let go of an event when they like. */
class Staged implements StreamTranslation {
  readonly #report = new EventReport();
  readonly #writer: EventWriter;
  readonly #chain: StageChain;
  #sink: StreamSink | undefined;
  #reading = false;

  public constructor(
    private readonly decoder: StreamDecoder,
    encoder: StreamEncoder,
    stages: readonly AnswerStage[],
  ) {
    this.#writer = new EventWriter(encoder);
    this.#chain = new StageChain(stages, (event) => this.#write(event));
  }

  public get pending(): boolean {
    return this.#chain.pending;
  }

  public frames(frames: readonly RawFrame[], sink: StreamSink): void {
    this.#reading = true;
    for (const frame of frames) if (this.#take(this.decoder.decode(frame), sink)) return;
    this.#reading = false;
    this.#writer.flush(sink);
  }

  public end(sink: StreamSink): void {
    this.#reading = true;
    if (this.#take(this.decoder.end(), sink)) return;
    this.#reading = false;
    this.#writer.flush(sink);
    if (!this.pending) sink.fail(upstreamIncomplete());
  }

  public terminal(error: GatewayError): string {
    return this.#writer.terminal(error);
  }

  public get outputCharacters(): number {
    return this.#report.written.characters;
  }

  public get report(): StreamReport {
    const { endedByStage, reason } = this.#chain;
    return { ...this.#report.of(this.decoder), finishReason: reason, ...(endedByStage === undefined ? {} : { endedByStage }) };
  }

  #take(events: readonly StreamEvent[], sink: StreamSink): boolean {
    this.#sink = sink;
    for (const event of events) {
      this.#report.note(event);
      if (isMeaningful(event)) sink.begun();
      this.#chain.take(event);
      if (this.#chain.over) return true;
    }
    return false;
  }

  #write(event: StreamEvent): void {
    const sink = this.#sink as StreamSink;
    if (!this.#writer.write(event, sink) && !this.#reading) this.#writer.flush(sink);
  }
}
