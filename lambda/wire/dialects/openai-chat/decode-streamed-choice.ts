import type { JsonObject } from '../../../platform/json';
import type { Citation } from '../../model/request';
import type { StreamEvent } from '../../model/response';
import { defined, nonEmptyText, numberOf, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import { readCitation } from './citations';
import { callsOf, imagesOf, splitContent, transcriptOf } from './decode-response';
import { type Named, StreamedToolCalls } from './decode-streamed-tool-calls';
import { readFinishReason } from './finish-reason';
import { detailsText, readDetail, thinkingText } from './reasoning';

type TextKind = 'text' | 'reasoning' | 'refusal';

/** One choice of a stream: turns its deltas into blocks that never overlap. */
export class StreamedChoice {
  public finished = false;

  readonly #choice: number;
  readonly #calls: StreamedToolCalls;
  /** The block that is open, when it is one of text. */
  #open: TextKind | undefined;
  #block = -1;
  /** Signatures and encrypted forms seen: lists that grow repeat them. */
  readonly #states = new Set<string>();
  /** A delta came: a whole message beside or after it repeats what the deltas say, as with Perplexity. */
  #hasDelta = false;
  /** Thinking came as a text of its own, which the details repeat. */
  #hasThinking = false;
  #cited = false;
  /** Where the first of the text stood: a transcript beside it says the same. */
  #said: 'content' | 'transcript' | undefined;

  public constructor(choice: number, answerId: string | undefined, tools: readonly Named[]) {
    this.#choice = choice;
    this.#calls = new StreamedToolCalls(choice, answerId, tools, () => this.#nextBlock());
  }

  /**
   * Adds the events of one entry of `choices`. What follows the finish reason is ignored.
   *
   * @param sources of the whole answer, told at its end where no piece of text names its own
   */
  public read(entry: JsonObject, events: StreamEvent[], sources: readonly Citation[] = []): void {
    if (this.finished) return;
    const delta = objectOf(entry['delta']);
    if (delta !== undefined) this.#hasDelta = true;
    const said = delta ?? (this.#hasDelta ? undefined : objectOf(entry['message']));
    if (said !== undefined) this.#readDelta(said, entry, events);
    const raw = nonEmptyText(entry['finish_reason']);
    if (raw !== undefined) this.finish(raw, events, sources, entry);
  }

  /** @param raw why the choice ended, in the provider's word */
  public finish(raw: string, events: StreamEvent[], sources: readonly Citation[], entry: JsonObject = {}): void {
    if (this.#open === 'text' && !this.#cited) for (const citation of sources) this.#cite(citation, events);
    this.#close(events);
    this.#calls.close(events);
    this.finished = true;
    events.push({ type: 'finish', choice: this.#choice, reason: readFinishReason(raw, this.#calls.any, entry) });
  }

  #readDelta(delta: JsonObject, entry: JsonObject, events: StreamEvent[]): void {
    const reasoning = thinkingText(delta);
    if (reasoning !== '') {
      this.#hasThinking = true;
      this.#text('reasoning', reasoning, undefined, events);
    }
    if (delta['reasoning_details'] !== undefined) this.#readDetails(delta, events);

    const content = delta['content'];
    if (typeof content === 'string') {
      if (content !== '') this.#say('content', content, entry, events);
    } else if (Array.isArray(content)) {
      const { texts, thoughts } = splitContent(content);
      if (thoughts !== '') this.#text('reasoning', thoughts, undefined, events);
      if (texts !== '') this.#say('content', texts, entry, events);
    }
    if (delta['audio'] !== undefined) {
      const transcript = transcriptOf(delta);
      if (transcript !== '') this.#say('transcript', transcript, undefined, events);
    }
    const refusal = delta['refusal'];
    if (typeof refusal === 'string' && refusal !== '') this.#text('refusal', refusal, undefined, events);
    if (delta['annotations'] !== undefined) this.#readCitations(delta, events);
    if (delta['images'] !== undefined) this.#readImages(delta, events);

    if ((delta['tool_calls'] ?? delta['function_call'] ?? null) === null) return;
    const calls = callsOf(delta);
    if (calls.length > 0) {
      this.#close(events);
      for (const call of calls) this.#calls.read(call, numberOf(call['index']), events);
    }
  }

  #say(where: 'content' | 'transcript', text: string, entry: JsonObject | undefined, events: StreamEvent[]): void {
    this.#said ??= where;
    if (this.#said === where) this.#text('text', text, entry, events);
  }

  #text(kind: TextKind, text: string, entry: JsonObject | undefined, events: StreamEvent[]): void {
    if (this.#open !== kind) {
      this.#close(events);
      this.#calls.close(events);
      this.#open = kind;
      events.push({ type: `${kind}-start`, choice: this.#choice, block: this.#nextBlock() });
    }
    const logprobs = entry === undefined ? undefined : objectOf(entry['logprobs']);
    if (logprobs !== undefined && kind === 'text') {
      events.push({ type: 'text-delta', choice: this.#choice, block: this.#block, text, logprobs });
    } else {
      events.push({ type: `${kind}-delta`, choice: this.#choice, block: this.#block, text });
    }
  }

  #readCitations(delta: JsonObject, events: StreamEvent[]): void {
    if (this.#open !== 'text') return;
    for (const annotation of objectsOf(delta['annotations'])) {
      const citation = readCitation(annotation);
      if (citation !== undefined) this.#cite(citation, events);
    }
  }

  #readImages(delta: JsonObject, events: StreamEvent[]): void {
    for (const { source } of imagesOf(delta)) {
      this.#close(events);
      this.#calls.close(events);
      events.push({ type: 'image', choice: this.#choice, block: this.#nextBlock(), source });
    }
  }

  #cite(citation: Citation, events: StreamEvent[]): void {
    this.#cited = true;
    events.push({ type: 'citation', choice: this.#choice, block: this.#block, citation });
  }

  /** Of `reasoning_details` the texts came already, as a rule; a signature closes the block of thinking, an encrypted form is one of its own. */
  #readDetails(delta: JsonObject, events: StreamEvent[]): void {
    const text = this.#hasThinking ? '' : detailsText(delta);
    if (text !== '') this.#text('reasoning', text, undefined, events);
    for (const detail of objectsOf(delta['reasoning_details'])) {
      const { signature, redacted } = readDetail(detail);
      const state = textOf(detail['signature']) ?? textOf(detail['data']);
      if ((signature === undefined && redacted === undefined) || state === undefined || this.#states.has(state)) continue;
      this.#states.add(state);
      if (redacted !== undefined || this.#open !== 'reasoning') {
        this.#close(events);
        this.#calls.close(events);
        events.push({ type: 'reasoning-start', choice: this.#choice, block: this.#nextBlock() });
      }
      this.#open = undefined;
      const end = redacted === undefined ? { signature } : { redacted };
      events.push(defined({ type: 'reasoning-end' as const, choice: this.#choice, block: this.#block, ...end }));
    }
  }

  #close(events: StreamEvent[]): void {
    if (this.#open !== undefined) events.push({ type: `${this.#open}-end`, choice: this.#choice, block: this.#block });
    this.#open = undefined;
  }

  #nextBlock(): number {
    this.#block += 1;
    return this.#block;
  }
}
