import type { GatewayError } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { StreamEvent } from '../../model/response';
import type { Usage } from '../../model/usage';
import type { BlockStep } from '../../protocols/block-writer';
import { BlockWriter } from '../../protocols/block-writer';
import { argumentsOf, defined, nonEmptyText, numberOf, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import type { Frame, StreamDecoder } from '../../protocols/protocol';
import { upstreamIncomplete } from '../../protocols/provider-error';
import { madeToolId } from '../../protocols/tool-ids';
import { decodeError, errorInside } from './decode-error';
import { pictureOf, readAnnotation, reasoningText, writeChatLogprobs } from './decode-response';
import { isToolCall, readFinishReason } from './finish-reason';
import { qualifiedName } from './namespaces';
import { writeOwn } from './signatures';
import { usageOf } from './usage';

/** Content parts of one item, as far apart as their blocks' numbers have to be. */
const PARTS_PER_ITEM = 1_000;

/**
 * Reads the events of a stream. What a `done` event holds and no delta has said is said then.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class OpenAiResponsesStreamDecoder implements StreamDecoder {
  public malformed = 0;

  readonly #blocks = new BlockWriter();
  /** Blocks that have said something. */
  readonly #spoken = new Set<number>();
  /** Calls whose name has come: what is said of one before that comes again with it. */
  readonly #named = new Set<number>();
  /** Parts whose sources came on their own. */
  readonly #cited = new Set<number>();
  /** Items by their places. */
  readonly #items = new Map<number, string>();
  #toolCalls = false;
  #empty = true;
  #id: string | undefined;
  #started = false;
  #over = false;
  #usage: Usage | undefined;

  public decode(frame: Frame): StreamEvent[] {
    if (this.#over || frame.data === '[DONE]') return [];
    const event = objectOf(parseJson(frame.data));
    if (event === undefined) {
      if (frame.event === 'error') return this.#fail(decodeError(500, undefined, {}).error);
      this.malformed += 1;
      return [];
    }
    return this.#read(textOf(event['type']) ?? frame.event, event);
  }

  public end(): StreamEvent[] {
    return this.#over ? [] : this.#fail(upstreamIncomplete());
  }

  #read(type: string, event: JsonObject): StreamEvent[] {
    switch (type) {
      case 'response.created':
        return this.#start(objectOf(event['response']) ?? {});
      case 'response.output_text.delta':
        return this.#say(keyOf(event), 'text', event['delta'], writeChatLogprobs(objectsOf(event['logprobs'])));
      case 'response.output_text.done':
        return this.#sayOnce(keyOf(event), 'text', event['text']);
      case 'response.output_text.annotation.added':
        return this.#annotate(keyOf(event), objectOf(event['annotation']) ?? {});
      case 'response.refusal.delta':
        return this.#say(keyOf(event), 'refusal', event['delta']);
      case 'response.refusal.done':
        return this.#sayOnce(keyOf(event), 'refusal', event['refusal']);
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#say(itemKey(event), 'reasoning', event['delta']);
      case 'response.reasoning_summary_part.added':
        return numberOf(event['summary_index']) === 0 ? [] : this.#say(itemKey(event), 'reasoning', '\n\n');
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#say(itemKey(event), 'arguments', event['delta']);
      case 'response.function_call_arguments.done':
        return this.#sayOnce(itemKey(event), 'arguments', event['arguments']);
      case 'response.custom_tool_call_input.done':
        return this.#sayOnce(itemKey(event), 'arguments', event['input']);
      case 'response.output_item.added':
        return this.#beginItem(itemKey(event), objectOf(event['item']) ?? {});
      case 'response.output_item.done':
        return this.#itemDone(itemKey(event), objectOf(event['item']) ?? {});
      case 'response.completed':
      case 'response.incomplete':
      case 'response.done':
        return this.#finish(objectOf(event['response']) ?? {});
      case 'response.failed':
      case 'error':
        return this.#fail((errorInside(event) ?? decodeError(200, undefined, {})).error);
      case 'message': {
        const failure = event['type'] === undefined ? errorInside(event) : undefined;
        return failure === undefined ? [] : this.#fail(failure.error);
      }
      default:
        return [];
    }
  }

  #start(response: JsonObject): StreamEvent[] {
    if (this.#started) return [];
    this.#started = true;
    this.#id = nonEmptyText(response['id']);
    const [model, createdAt] = [nonEmptyText(response['model']), numberOf(response['created_at'])];
    return [defined({ type: 'start' as const, id: this.#id, model, createdAt })];
  }

  #say(key: number, kind: 'text' | 'refusal' | 'reasoning' | 'arguments', delta: JsonObject[string], logprobs?: JsonObject): StreamEvent[] {
    const text = textOf(delta) ?? '';
    if (kind === 'arguments' && !this.#named.has(key)) return [];
    if (text !== '') this.#spoken.add(key);
    if (kind === 'text' && logprobs !== undefined) return this.#write(key, { kind, text, logprobs });
    return this.#write(key, { kind, text });
  }

  /** The provider's own beginning may be lost. */
  #write(key: number, step: BlockStep): StreamEvent[] {
    this.#empty = false;
    return [...this.#start({}), ...this.#blocks.write(key, step)];
  }

  #sayOnce(key: number, kind: 'text' | 'refusal' | 'reasoning' | 'arguments', whole: JsonObject[string]): StreamEvent[] {
    return this.#spoken.has(key) ? [] : this.#say(key, kind, whole);
  }

  #annotate(key: number, annotation: JsonObject): StreamEvent[] {
    const citation = readAnnotation(annotation);
    this.#cited.add(key);
    return citation === undefined ? [] : this.#write(key, { kind: 'citation', citation });
  }

  /** Some servers give every item the same place. */
  #beginItem(key: number, item: JsonObject): StreamEvent[] {
    const id = textOf(item['id']) ?? '';
    if ((this.#items.get(key) ?? id) !== id) for (const known of [this.#spoken, this.#named, this.#cited]) known.delete(key);
    this.#items.set(key, id);
    return this.#nameCall(key, item);
  }

  #nameCall(key: number, item: JsonObject): StreamEvent[] {
    if (!isToolCall(item) || this.#named.has(key) || nonEmptyText(item['name']) === undefined) return [];
    this.#named.add(key);
    this.#toolCalls = true;
    const custom = item['type'] === 'custom_tool_call';
    const id = nonEmptyText(item['call_id']) ?? madeToolId(this.#id, 0, key);
    const name = qualifiedName(nonEmptyText(item['namespace']), textOf(item['name']) ?? '');
    return this.#write(key, { kind: 'tool', id, name, ...(custom ? { custom } : {}) });
  }

  #itemDone(key: number, item: JsonObject): StreamEvent[] {
    const events: StreamEvent[] = [];
    if (isToolCall(item)) {
      const written = item['type'] === 'custom_tool_call' ? item['input'] : argumentsOf(item['arguments']);
      events.push(...this.#nameCall(key, item), ...this.#sayOnce(key, 'arguments', written));
    } else if (item['type'] === 'message') {
      events.push(...objectsOf(item['content']).flatMap((part, index) => this.#partDone(key + index, part)));
    } else if (item['type'] === 'reasoning') {
      events.push(...this.#sayOnce(key, 'reasoning', reasoningText(item)));
      const encrypted = nonEmptyText(item['encrypted_content']);
      if (encrypted !== undefined) {
        const own = writeOwn(textOf(item['id']) ?? '', encrypted);
        events.push(
          ...this.#write(key, this.#spoken.has(key) ? { kind: 'signature', signature: own } : { kind: 'redacted', redacted: own }),
        );
      }
    }
    const source = item['type'] === 'image_generation_call' ? pictureOf(item) : undefined;
    if (source !== undefined) return this.#write(key, { kind: 'image', source });
    return [...events, ...this.#write(key, { kind: 'stop' })];
  }

  /** What a part of a message holds that was not streamed. */
  #partDone(key: number, part: JsonObject): StreamEvent[] {
    if (part['type'] === 'refusal') return this.#sayOnce(key, 'refusal', part['refusal']);
    const said = this.#sayOnce(key, 'text', part['text']);
    return this.#cited.has(key) ? said : [...said, ...objectsOf(part['annotations']).flatMap((one) => this.#annotate(key, one))];
  }

  #finish(response: JsonObject): StreamEvent[] {
    const failed = errorInside(response);
    if (failed !== undefined) return this.#fail(failed.error);
    const events = [...this.#start(response), ...this.#unstreamed(response), ...this.#blocks.closeAll()];
    this.#over = true;
    this.#usage = usageOf(response) ?? this.#usage;
    const reason = readFinishReason(response, this.#toolCalls);
    return [...events, { type: 'finish', choice: 0, reason }, ...this.#usageEvents(), { type: 'end' }];
  }

  /** The answer of a server that streams its beginning and its end alone. */
  #unstreamed(response: JsonObject): StreamEvent[] {
    if (!this.#empty) return [];
    return objectsOf(response['output']).flatMap((item, index) => this.#itemDone(index * PARTS_PER_ITEM, item));
  }

  #fail(error: GatewayError): StreamEvent[] {
    this.#over = true;
    return [...this.#usageEvents(), { type: 'error', error }];
  }

  #usageEvents(): StreamEvent[] {
    return this.#usage === undefined ? [] : [{ type: 'usage', usage: this.#usage }];
  }
}

function itemKey(event: JsonObject): number {
  return (numberOf(event['output_index']) ?? 0) * PARTS_PER_ITEM;
}

function keyOf(event: JsonObject): number {
  return itemKey(event) + (numberOf(event['content_index']) ?? 0);
}
