import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { FinishReason } from '../../model/response';
import type { Usage } from '../../model/usage';
import { WrittenText } from '../../model/written-text';
import { FrameTemplate } from '../../protocols/frame-template';
import { nonEmptyText, numberOf, objectOf, objectsOf } from '../../protocols/lenient';
import type { Frame, FrameVerdict, StreamMeter } from '../../protocols/protocol';
import { upstreamIncomplete } from '../../protocols/provider-error';
import { decodeError, errorInside } from './decode-error';
import { callsOf, splitContent, transcriptOf } from './decode-response';
import { readFinishReason } from './finish-reason';
import { detailsText, thinkingText } from './reasoning';
import { usageOf } from './usage';
import { isDone } from './wire';

const FORWARD: FrameVerdict = { kind: 'forward' };
const PREAMBLE: FrameVerdict = { kind: 'preamble' };
const DROP: FrameVerdict = { kind: 'drop' };

/** A stream whose frames differ all the time is parsed frame by frame; learning from them stops after so many misses. */
const MAX_MISSES = 64;

/**
 * Watches a Chat Completions stream. Most chunks differ from the one before in a piece of text alone, which a template tells;
 * the others are parsed.
 */
export class OpenAiChatMeter implements StreamMeter {
  public usage: Usage | undefined;
  public finishReason: FinishReason | undefined;
  public responseModel: string | undefined;
  public terminated = false;
  public readonly written = new WrittenText();
  /** Frames that were damaged and dropped. */
  public malformed = 0;

  readonly #hideUsage: boolean;
  readonly #choices = new Set<number>();
  readonly #finished = new Set<number>();
  #committed = false;
  #toolCalls = false;
  /** Some choice ended as an answer does. */
  #answered = false;
  #template: FrameTemplate | undefined;
  #misses = 0;

  public constructor(options: { readonly hideUsage: boolean }) {
    this.#hideUsage = options.hideUsage;
  }

  public get complete(): boolean {
    return this.#finished.size > 0 && this.#finished.size >= this.#choices.size;
  }

  public observe(frame: Frame): FrameVerdict {
    const { data } = frame;
    const template = this.#template;
    const characters = template?.match(data) ?? -1;
    if (template !== undefined && characters !== -1 && frame.event === 'message') {
      this.written.addEscaped(data, template.start, template.start + characters);
      return FORWARD;
    }
    if (isDone(data)) {
      this.terminated = true;
      return this.#choices.size === 0 ? { kind: 'error', error: upstreamIncomplete() } : FORWARD;
    }
    const chunk = objectOf(parseJson(data));
    return chunk === undefined ? this.#malformed(frame) : this.#read(frame, chunk);
  }

  #read(frame: Frame, chunk: JsonObject): FrameVerdict {
    this.responseModel ??= nonEmptyText(chunk['model']);
    const usage = usageOf(chunk);
    if (usage !== undefined) this.usage = { ...this.usage, ...usage };
    const failure = frame.event === 'error' ? decodeError(200, chunk, {}) : errorInside(chunk);
    if (failure !== undefined) return { kind: 'error', error: failure.error };

    const choices = objectsOf(chunk['choices']);
    for (const choice of choices) this.#readChoice(choice);
    if (usage === undefined && choices.length === 1) this.#learn(frame.data, chunk, choices[0] ?? {});

    const { finishReason } = this;
    if (choices.length > 0 && this.complete && !this.#answered && finishReason?.unified === 'error') {
      return { kind: 'failed', raw: finishReason.raw ?? '' };
    }
    if (choices.length === 0 && usage !== undefined && this.#hideUsage) return DROP;
    if (this.#committed || choices.some(isMeaningful)) {
      this.#committed = true;
      return FORWARD;
    }
    return PREAMBLE;
  }

  #readChoice(choice: JsonObject): void {
    const index = numberOf(choice['index']) ?? 0;
    this.#choices.add(index);
    const delta = objectOf(choice['delta']) ?? objectOf(choice['message']);
    if (delta !== undefined) {
      for (const text of textsOf(delta)) this.written.add(text);
      if (callsOf(delta).length > 0) this.#toolCalls = true;
    }
    const raw = nonEmptyText(choice['finish_reason']);
    if (raw === undefined) return;
    this.#finished.add(index);
    this.finishReason = readFinishReason(raw, this.#toolCalls, choice);
    this.#answered ||= this.finishReason.unified !== 'error';
  }

  /** A chunk with one text and no finish reason is a pattern for those that follow. */
  #learn(data: string, chunk: JsonObject, choice: JsonObject): void {
    if (this.#misses >= MAX_MISSES || nonEmptyText(choice['finish_reason']) !== undefined) return;
    const [text, ...others] = textsOf(objectOf(choice['delta']) ?? {});
    if (text === undefined || others.length > 0) return;
    this.#misses += 1;
    this.#template = FrameTemplate.learn(data, text, nonEmptyText(chunk['obfuscation']));
  }

  #malformed(frame: Frame): FrameVerdict {
    if (frame.event === 'error') return { kind: 'error', error: decodeError(500, undefined, {}).error };
    this.malformed += 1;
    return DROP;
  }
}

/** The generated texts of a delta; two of them when a field repeats another. */
function textsOf(delta: JsonObject): string[] {
  const calls = callsOf(delta).flatMap((call) => [objectOf(call['function'])?.['arguments'], objectOf(call['custom'])?.['input']]);
  const { texts, thoughts } = splitContent(delta['content']);
  const thinking = thinkingText(delta) || detailsText(delta);
  const found = [texts === '' ? transcriptOf(delta) : texts, thoughts, thinking, delta['refusal'], ...calls];
  return found.filter((text) => typeof text === 'string' && text !== '') as string[];
}

/** A choice that says more than that an answer begins. */
function isMeaningful(choice: JsonObject): boolean {
  if (nonEmptyText(choice['finish_reason']) !== undefined) return true;
  const delta = objectOf(choice['delta']) ?? objectOf(choice['message']) ?? {};
  return Object.entries(delta).some(
    ([name, value]) => name !== 'role' && name !== 'channel' && value !== null && value !== '' && !isEmptyList(value),
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
