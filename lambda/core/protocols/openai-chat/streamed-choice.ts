import type { JsonObject } from '../../model/json';
import type { ReasoningPart } from '../../model/request';
import type { StreamEvent } from '../../model/response';
import { nonEmptyText, numberOf, objectOf, objectsOf, textOf } from '../lenient';
import { readFinishReason } from './finish-reason';
import { readReasoning } from './reasoning';
import { readCitation, splitContent } from './response';
import { StreamedToolCalls } from './streamed-tool-calls';

type TextKind = 'text' | 'reasoning' | 'refusal';

/** One choice of a stream: turns its deltas into blocks that never overlap. */
export class StreamedChoice {
  public finished = false;

  readonly #choice: number;
  readonly #calls: StreamedToolCalls;
  /** The block that is open, when it is one of text. */
  #open: TextKind | undefined;
  #block = -1;
  /** Entries of `reasoning_details`, whose signatures close the block of thinking. */
  #details: JsonObject[] = [];

  public constructor(choice: number, answerId: string | undefined) {
    this.#choice = choice;
    this.#calls = new StreamedToolCalls(choice, answerId, () => this.#nextBlock());
  }

  /** Adds the events of one entry of `choices`. What follows the finish reason is ignored. */
  public read(entry: JsonObject, events: StreamEvent[]): void {
    if (this.finished) return;
    const delta = objectOf(entry['delta']) ?? objectOf(entry['message']);
    if (delta !== undefined) this.#readDelta(delta, entry, events);
    const raw = nonEmptyText(entry['finish_reason']);
    if (raw === undefined) return;
    this.#close(events);
    this.#calls.close(events);
    this.finished = true;
    events.push({ type: 'finish', choice: this.#choice, reason: readFinishReason(raw, this.#calls.any) });
  }

  #readDelta(delta: JsonObject, entry: JsonObject, events: StreamEvent[]): void {
    const details = delta['reasoning_details'];
    if (details !== undefined) this.#details.push(...objectsOf(details));
    const reasoning = textOf(delta['reasoning_content']) ?? textOf(delta['reasoning']);
    if (reasoning !== undefined && reasoning !== '') this.#text('reasoning', reasoning, undefined, events);

    const content = delta['content'];
    if (typeof content === 'string') {
      if (content !== '') this.#text('text', content, entry, events);
    } else if (Array.isArray(content)) {
      const { texts, thoughts } = splitContent(content);
      if (thoughts !== '') this.#text('reasoning', thoughts, undefined, events);
      if (texts !== '') this.#text('text', texts, entry, events);
    }
    const refusal = delta['refusal'];
    if (typeof refusal === 'string' && refusal !== '') this.#text('refusal', refusal, undefined, events);
    if (delta['annotations'] !== undefined) this.#readCitations(delta, events);

    const calls = delta['tool_calls'];
    if (Array.isArray(calls) && calls.length > 0) {
      this.#close(events);
      for (const call of objectsOf(calls)) this.#calls.read(call, numberOf(call['index']), events);
    }
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
      if (citation !== undefined) events.push({ type: 'citation', choice: this.#choice, block: this.#block, citation });
    }
  }

  #close(events: StreamEvent[]): void {
    const kind = this.#open;
    this.#open = undefined;
    if (kind === 'text' || kind === 'refusal') events.push({ type: `${kind}-end`, choice: this.#choice, block: this.#block });
    else if (kind === 'reasoning') this.#closeReasoning(events);
    else this.#redactedReasoning(events);
  }

  #closeReasoning(events: StreamEvent[]): void {
    const signed = this.#takeDetails().findLast((part) => part.signature !== undefined || part.redacted !== undefined);
    const state = signed?.signature ?? signed?.redacted;
    events.push({ type: 'reasoning-end', choice: this.#choice, block: this.#block, ...(state === undefined ? {} : { signature: state }) });
  }

  /** Thinking that came in an encrypted form alone. */
  #redactedReasoning(events: StreamEvent[]): void {
    for (const { redacted } of this.#takeDetails()) {
      if (redacted === undefined) continue;
      const block = this.#nextBlock();
      events.push(
        { type: 'reasoning-start', choice: this.#choice, block },
        { type: 'reasoning-end', choice: this.#choice, block, redacted },
      );
    }
  }

  #takeDetails(): readonly ReasoningPart[] {
    if (this.#details.length === 0) return [];
    const { parts } = readReasoning({ reasoning_details: this.#details });
    this.#details = [];
    return parts;
  }

  #nextBlock(): number {
    this.#block += 1;
    return this.#block;
  }
}
