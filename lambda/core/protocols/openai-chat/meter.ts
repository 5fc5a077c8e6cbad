import type { JsonObject } from '../../model/json';
import type { FinishReason } from '../../model/response';
import type { Usage } from '../../model/usage';
import { parseJson } from '../../runtime/json';
import { hasValue, looksLikeObject, valueLength } from '../frame-scan';
import { nonEmptyText, numberOf, objectOf, objectsOf } from '../lenient';
import type { Frame, FrameVerdict, StreamMeter } from '../protocol';
import { decodeError, errorInside } from './error';
import { readFinishReason } from './finish-reason';
import { usageOf } from './usage';

const FORWARD: FrameVerdict = { kind: 'forward' };
const PREAMBLE: FrameVerdict = { kind: 'preamble' };
const DROP: FrameVerdict = { kind: 'drop' };

/** Fields of a delta that hold generated text. */
const TEXT_KEYS = ['"content"', '"arguments"', '"reasoning_content"', '"reasoning"', '"refusal"', '"input"', '"text"'];

/** Watches a Chat Completions stream. Parses the first chunks, and later those with usage, a finish reason or an error only. */
export class OpenAiChatMeter implements StreamMeter {
  public usage: Usage | undefined;
  public finishReason: FinishReason | undefined;
  public responseModel: string | undefined;
  public terminated = false;
  public outputCharacters = 0;
  /** Frames that were damaged and dropped. */
  public malformed = 0;

  readonly #hideUsage: boolean;
  readonly #choices = new Set<number>();
  readonly #finished = new Set<number>();
  #committed = false;
  #toolCalls = false;

  public constructor(options: { readonly hideUsage: boolean }) {
    this.#hideUsage = options.hideUsage;
  }

  public get complete(): boolean {
    return this.#finished.size > 0 && this.#finished.size >= this.#choices.size;
  }

  public observe(frame: Frame): FrameVerdict {
    const { data } = frame;
    if (data === '[DONE]') {
      this.terminated = true;
      return FORWARD;
    }
    if (!looksLikeObject(data)) return this.#malformed(frame);
    const characters = generatedCharacters(data);
    this.outputCharacters += characters;
    if (!this.#toolCalls && characters > 0 && hasValue(data, '"tool_calls"', '[')) this.#toolCalls = true;
    if (this.#committed && !this.#matters(frame)) return FORWARD;

    const chunk = objectOf(parseJson(data));
    if (chunk === undefined) return this.#malformed(frame);
    return this.#read(frame, chunk);
  }

  #matters({ event, data }: Frame): boolean {
    return (
      event === 'error' ||
      hasValue(data, '"usage"', '{') ||
      hasValue(data, '"finish_reason"', '"') ||
      hasValue(data, '"error"', '{') ||
      hasValue(data, '"error"', '"') ||
      !(data.includes('"index":0') || data.includes('"index": 0'))
    );
  }

  #read(frame: Frame, chunk: JsonObject): FrameVerdict {
    const failure = frame.event === 'error' ? decodeError(200, chunk, {}) : errorInside(chunk);
    if (failure !== undefined) return { kind: 'error', error: failure.error };

    this.responseModel ??= nonEmptyText(chunk['model']);
    const usage = usageOf(chunk);
    if (usage !== undefined) this.usage = { ...this.usage, ...usage };
    const choices = objectsOf(chunk['choices']);
    for (const choice of choices) this.#readChoice(choice);

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
    const raw = nonEmptyText(choice['finish_reason']);
    if (raw === undefined) return;
    this.#finished.add(index);
    this.finishReason = readFinishReason(raw, this.#toolCalls);
  }

  #malformed(frame: Frame): FrameVerdict {
    if (frame.event === 'error') return { kind: 'error', error: decodeError(500, undefined, {}).error };
    this.malformed += 1;
    return DROP;
  }
}

function generatedCharacters(data: string): number {
  for (const key of TEXT_KEYS) {
    const length = valueLength(data, key);
    if (length > 0) return length;
  }
  return 0;
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
