import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { Citation } from '../../model/request';
import type { StreamEvent } from '../../model/response';
import type { Usage } from '../../model/usage';
import { FrameTemplate } from '../../protocols/frame-template';
import { defined, nonEmptyText, numberOf, objectOf, objectsOf } from '../../protocols/lenient';
import type { Frame, StreamDecoder } from '../../protocols/protocol';
import { upstreamIncomplete } from '../../protocols/provider-error';
import { readSources } from './citations';
import { decodeError, errorInside } from './decode-error';
import { StreamedChoice } from './decode-streamed-choice';
import type { Named } from './decode-streamed-tool-calls';
import { usageOf } from './usage';
import { isDone } from './wire';

/** Where the text of a chunk belongs that is like the one before it. */
type Piece = Omit<Extract<StreamEvent, { type: 'text-delta' | 'reasoning-delta' | 'refusal-delta' }>, 'text' | 'logprobs'>;

/** Learning from chunks that differ all the time stops after so many misses. */
const MAX_MISSES = 64;

/**
 * Reads the chunks of a stream. Usage is given once, at the end, because some providers repeat it in every chunk.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class OpenAiChatStreamDecoder implements StreamDecoder {
  public malformed = 0;

  readonly #choices = new Map<number, StreamedChoice>();
  #started = false;
  #over = false;
  #id: string | undefined;
  #usage: Usage | undefined;
  /** What the last chunk that named sources for the whole answer said. */
  #sources: readonly Citation[] = [];
  /** The last chunk was a piece of text and nothing else: how to recognise the next, and what it stands for. */
  #template: FrameTemplate | undefined;
  #piece: Piece | undefined;
  #misses = 0;
  readonly #tools: readonly Named[];

  /** @param tools that the call offers, by which a name that comes in pieces is known to be whole */
  public constructor(tools: readonly Named[] = []) {
    this.#tools = tools;
  }

  public decode(frame: Frame): StreamEvent[] {
    if (this.#over) return [];
    if (this.#template !== undefined && this.#piece !== undefined && frame.event === 'message') {
      const text = this.#template.text(frame.data);
      if (text !== undefined) return text === '' ? [] : [{ ...this.#piece, text } as StreamEvent];
    }
    this.#template = undefined;
    if (isDone(frame.data)) return [...this.#finishAll(), ...this.#complete()];
    const chunk = objectOf(parseJson(frame.data));
    if (chunk === undefined) {
      if (frame.event === 'error') return this.#fail(decodeError(500, undefined, {}).error);
      this.malformed += 1;
      return [];
    }
    const failure = frame.event === 'error' ? decodeError(200, chunk, {}) : errorInside(chunk);
    if (failure !== undefined) return this.#fail(failure.error);
    const events = this.#read(chunk);
    this.#learn(frame.data, chunk, events);
    return events;
  }

  public end(): StreamEvent[] {
    return this.#over ? [] : this.#complete();
  }

  #read(chunk: JsonObject): StreamEvent[] {
    const events: StreamEvent[] = [];
    const choices = objectsOf(chunk['choices']);
    if (!this.#started && (choices.length > 0 || nonEmptyText(chunk['id']) !== undefined)) events.push(this.#start(chunk));
    const usage = usageOf(chunk);
    if (usage !== undefined) this.#usage = { ...this.#usage, ...usage };
    if (chunk['citations'] !== undefined || chunk['search_results'] !== undefined) this.#sources = readSources(chunk);
    for (const choice of choices) this.#choice(numberOf(choice['index']) ?? 0).read(choice, events, this.#sources);
    return events;
  }

  #learn(data: string, chunk: JsonObject, events: readonly StreamEvent[]): void {
    const [event] = events;
    if (event === undefined || events.length > 1 || this.#misses >= MAX_MISSES || usageOf(chunk) !== undefined) return;
    if (event.type !== 'text-delta' && event.type !== 'reasoning-delta' && event.type !== 'refusal-delta') return;
    if ('logprobs' in event) return;
    this.#misses += 1;
    this.#template = FrameTemplate.learn(data, event.text, nonEmptyText(chunk['obfuscation']));
    this.#piece = { type: event.type, choice: event.choice, block: event.block };
  }

  #start(chunk: JsonObject): StreamEvent {
    this.#started = true;
    this.#id = nonEmptyText(chunk['id']);
    return defined({ type: 'start' as const, id: this.#id, model: nonEmptyText(chunk['model']), createdAt: numberOf(chunk['created']) });
  }

  #choice(index: number): StreamedChoice {
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      choice = new StreamedChoice(index, this.#id, this.#tools);
      this.#choices.set(index, choice);
    }
    return choice;
  }

  /** Some servers say that all is done and not why. */
  #finishAll(): StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const choice of this.#choices.values()) if (!choice.finished) choice.finish('stop', events, this.#sources);
    return events;
  }

  /** The stream is over. Complete when every choice has said why it stopped, with or without `[DONE]`. */
  #complete(): StreamEvent[] {
    const choices = [...this.#choices.values()];
    if (choices.length === 0 || !choices.every(({ finished }) => finished)) return this.#fail(upstreamIncomplete());
    this.#over = true;
    return [...this.#usageEvents(), { type: 'end' }];
  }

  #fail(error: ReturnType<typeof upstreamIncomplete>): StreamEvent[] {
    this.#over = true;
    return [...this.#usageEvents(), { type: 'error', error }];
  }

  #usageEvents(): StreamEvent[] {
    return this.#usage === undefined ? [] : [{ type: 'usage', usage: this.#usage }];
  }
}
