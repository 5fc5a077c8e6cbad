import type { GatewayError } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { StreamEvent } from '../../model/response';
import type { Usage } from '../../model/usage';
import type { BlockStep } from '../../protocols/block-writer';
import { BlockWriter } from '../../protocols/block-writer';
import { defined, nonEmptyText, numberOf, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import type { Frame, StreamDecoder } from '../../protocols/protocol';
import { upstreamIncomplete } from '../../protocols/provider-error';
import { madeToolId } from '../../protocols/tool-ids';
import { decodeError, errorInside } from './decode-error';
import { pictureOf, readAnnotation, reasoningText, writeChatLogprobs } from './decode-response';
import { readFinishReason } from './finish-reason';
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
  /** Calls whose name has not come yet. */
  readonly #nameless = new Set<number>();
  #id: string | undefined;
  #started = false;
  #over = false;
  #toolCalls = false;
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
      case 'response.output_item.added':
        return this.#itemAdded(itemKey(event), objectOf(event['item']) ?? {});
      case 'response.output_item.done':
        return this.#itemDone(itemKey(event), objectOf(event['item']) ?? {});
      case 'response.completed':
      case 'response.incomplete':
      case 'response.done':
        return this.#finish(objectOf(event['response']) ?? {});
      case 'response.failed':
      case 'error':
        return this.#fail((errorInside(event) ?? decodeError(200, undefined, {})).error);
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
    // The whole of them comes with the name.
    if (kind === 'arguments' && this.#nameless.has(key)) return [];
    if (text !== '') this.#spoken.add(key);
    if (kind === 'text' && logprobs !== undefined) return this.#write(key, { kind, text, logprobs });
    return this.#write(key, { kind, text });
  }

  /** The provider's own beginning may be lost. */
  #write(key: number, step: BlockStep): StreamEvent[] {
    return [...this.#start({}), ...this.#blocks.write(key, step)];
  }

  #sayOnce(key: number, kind: 'text' | 'refusal' | 'reasoning' | 'arguments', whole: JsonObject[string]): StreamEvent[] {
    return this.#spoken.has(key) ? [] : this.#say(key, kind, whole);
  }

  #annotate(key: number, annotation: JsonObject): StreamEvent[] {
    const citation = readAnnotation(annotation);
    return citation === undefined ? [] : this.#write(key, { kind: 'citation', citation });
  }

  #itemAdded(key: number, item: JsonObject): StreamEvent[] {
    const custom = item['type'] === 'custom_tool_call';
    if (!custom && item['type'] !== 'function_call') return [];
    this.#toolCalls = true;
    if (nonEmptyText(item['name']) === undefined) {
      this.#nameless.add(key);
      return [];
    }
    this.#nameless.delete(key);
    const id = nonEmptyText(item['call_id']) ?? madeToolId(this.#id, 0, key);
    const name = qualifiedName(nonEmptyText(item['namespace']), textOf(item['name']) ?? '');
    return this.#write(key, { kind: 'tool', id, name, ...(custom ? { custom } : {}) });
  }

  #itemDone(key: number, item: JsonObject): StreamEvent[] {
    const events: StreamEvent[] = [];
    if (item['type'] === 'function_call' || item['type'] === 'custom_tool_call') {
      if (this.#nameless.has(key)) events.push(...this.#itemAdded(key, item));
      events.push(...this.#sayOnce(key, 'arguments', item['arguments'] ?? item['input']));
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

  #finish(response: JsonObject): StreamEvent[] {
    const failed = errorInside(response);
    if (failed !== undefined) return this.#fail(failed.error);
    this.#over = true;
    this.#usage = usageOf(response) ?? this.#usage;
    const reason = readFinishReason(response, this.#toolCalls);
    return [...this.#start({}), ...this.#blocks.closeAll(), { type: 'finish', choice: 0, reason }, ...this.#usageEvents(), { type: 'end' }];
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
