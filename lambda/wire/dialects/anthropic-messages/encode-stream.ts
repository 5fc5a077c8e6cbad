import type { JsonObject } from '../../../platform/json';
import { encodeSse } from '../../framing/sse';
import type { Opaque } from '../../model/request';
import type { FinishReason, StreamEvent } from '../../model/response';
import type { Usage } from '../../model/usage';
import type { EncodeContext, StreamEncoder } from '../../protocols/protocol';
import { writeCitation } from './citations';
import { encodeStreamError } from './encode-error';
import { UNSHOWN_PICTURE } from './encode-response';
import { writeFinishReason } from './finish-reason';
import { writeCallState, writeOpaque } from './signatures';
import { writeUsage } from './usage';

/**
 * Writes the events of a stream in the order that Anthropic's clients insist on. The stop reason and the usage go out together
 * at the end, because other providers report usage last of all.
 */
export class AnthropicMessagesStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext;
  #started = false;
  #over = false;
  /** Number of the next block, and the constant parts of the deltas of the open one. */
  #next = 0;
  #deltaHead = '';
  /** A block of thinking is announced but has no text yet: it may turn out to be a redacted one. */
  #thinkingPending = false;
  /** The call that is open, or was last. */
  #call: Extract<StreamEvent, { type: 'tool-call-start' }> | undefined;
  /** A picture came, which has no block here. */
  #unshown = false;
  #usage: Usage | undefined;
  #reason: FinishReason | undefined;

  public constructor(context: EncodeContext) {
    this.#context = context;
  }

  public encode(event: StreamEvent): string {
    if (this.#over || ('choice' in event && event.choice !== 0)) return '';
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
      case 'tool-call-delta':
        return this.#text(event.text);
      case 'reasoning-delta':
        return (this.#thinkingPending ? this.#openThinking() : '') + this.#text(event.text);
      case 'start':
        this.#usage = event.usage;
        return this.#start(event.id, event.model);
      case 'text-start':
      case 'refusal-start':
        return this.#open({ type: 'text', text: '' }, 'text_delta', 'text');
      case 'tool-call-start':
        this.#call = event;
        return (
          this.#callState(event.signature) +
          this.#open({ type: 'tool_use', id: event.id, name: event.name, input: {} }, 'input_json_delta', 'partial_json')
        );
      case 'reasoning-start':
        this.#thinkingPending = true;
        return '';
      case 'text-end':
      case 'refusal-end':
        return this.#close();
      case 'tool-call-end':
        return this.#close() + (event.signature?.value === this.#call?.signature?.value ? '' : this.#callState(event.signature));
      case 'reasoning-end':
        return this.#endThinking(event);
      case 'citation': {
        const citation = writeCitation(event.citation);
        return citation === undefined ? '' : this.#delta({ type: 'citations_delta', citation });
      }
      case 'image':
        this.#unshown = true;
        return '';
      case 'finish':
        this.#reason = event.reason;
        return '';
      case 'usage':
        this.#usage = { ...this.#usage, ...event.usage };
        return '';
      case 'end':
        this.#over = true;
        return this.#begin() + this.#tellUnshown() + this.#end();
      case 'error':
        this.#over = true;
        return encodeStreamError(event.error, this.#context.requestId);
    }
  }

  /** `message_start`, when the provider's stream did not begin with anything that gave it. */
  #begin(): string {
    return this.#started ? '' : this.#start(undefined, undefined);
  }

  #start(id: string | undefined, model: string | undefined): string {
    if (this.#started) return '';
    this.#started = true;
    return write('message_start', {
      type: 'message_start',
      message: {
        id: id ?? `msg_${this.#context.requestId}`,
        type: 'message',
        role: 'assistant',
        model: model ?? this.#context.originalModel,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: writeUsage(this.#usage),
      },
    });
  }

  #open(block: JsonObject, deltaType: string, field: string): string {
    const index = this.#next;
    this.#next += 1;
    const delta = `{"type":"content_block_delta","index":${index},"delta":{"type":"${deltaType}","${field}":`;
    this.#deltaHead = `event: content_block_delta\ndata: ${delta}`;
    return this.#begin() + write('content_block_start', { type: 'content_block_start', index, content_block: block });
  }

  #text(text: string): string {
    return `${this.#deltaHead}${JSON.stringify(text)}}}\n\n`;
  }

  #delta(delta: JsonObject): string {
    return write('content_block_delta', { type: 'content_block_delta', index: this.#next - 1, delta });
  }

  #close(): string {
    return write('content_block_stop', { type: 'content_block_stop', index: this.#next - 1 });
  }

  #openThinking(): string {
    this.#thinkingPending = false;
    return this.#open({ type: 'thinking', thinking: '', signature: '' }, 'thinking_delta', 'thinking');
  }

  /** The signature of a call, in a block of its own. */
  #callState(signature: Opaque | undefined): string {
    if (signature === undefined) return '';
    const data = writeCallState(this.#call?.id ?? '', signature);
    return this.#open({ type: 'redacted_thinking', data }, '', '') + this.#close();
  }

  #endThinking(event: Extract<StreamEvent, { type: 'reasoning-end' }>): string {
    if (this.#thinkingPending && event.redacted !== undefined) {
      this.#thinkingPending = false;
      const block = { type: 'redacted_thinking', data: writeOpaque(event.redacted) };
      return this.#open(block, '', '') + this.#close();
    }
    const opened = this.#thinkingPending ? this.#openThinking() : '';
    const state = event.signature ?? event.redacted;
    const signature = state === undefined ? '' : this.#delta({ type: 'signature_delta', signature: writeOpaque(state) });
    return opened + signature + this.#close();
  }

  #tellUnshown(): string {
    if (!this.#unshown || this.#next > 0) return '';
    return this.#open({ type: 'text', text: '' }, 'text_delta', 'text') + this.#text(UNSHOWN_PICTURE) + this.#close();
  }

  #end(): string {
    const reason = this.#reason ?? { unified: 'other' as const };
    return (
      write('message_delta', { type: 'message_delta', delta: writeFinishReason(reason), usage: writeUsage(this.#usage) }) +
      write('message_stop', { type: 'message_stop' })
    );
  }
}

function write(event: string, data: JsonObject): string {
  return encodeSse(event, JSON.stringify(data));
}
