import type { JsonValue } from '../../../platform/json';
import { encodeSse } from '../../framing/sse';
import type { ReasoningPart } from '../../model/request';
import type { StreamEvent } from '../../model/response';
import type { Usage } from '../../model/usage';
import { writeUrl } from '../../protocols/media';
import type { EncodeContext, StreamEncoder } from '../../protocols/protocol';
import { writeCitation } from './citations';
import { encodeStreamError } from './encode-error';
import { plainDetail, writeToolCall } from './encode-response';
import { writeFinishReason } from './finish-reason';
import { writeCallSignature, writeDetail } from './reasoning';
import { writeUsage } from './usage';
import type { WireReasoningDetail } from './wire';

export const TERMINATOR = 'data: [DONE]\n\n';

/** What is remembered of one choice. */
interface ChoiceState {
  /** The role went out. */
  began: boolean;
  toolCalls: number;
  /** Of the latest tool call. */
  custom: boolean;
  callSignature: string | undefined;
  /** The open block of thinking, and all before it. */
  thinking: string;
  readonly reasoning: ReasoningPart[];
  /** Thinking that no tool call has carried yet. */
  unsent: ReasoningPart[];
  textLength: number;
  images: number;
}

/** Writes chunks. All but the delta is the same throughout a stream, so it is made once. */
export class OpenAiChatStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext;
  /** See `ModelRequest.answersByFunctionCall`. */
  readonly #byFunctionCall: boolean;
  readonly #choices = new Map<number, ChoiceState>();
  #head = '';
  #tail = '}\n\n';
  #usage: Usage | undefined;
  #over = false;

  public constructor(context: EncodeContext) {
    this.#context = context;
    this.#byFunctionCall = context.request.answersByFunctionCall === true;
    if (context.wantsStreamUsage) this.#tail = ',"usage":null}\n\n';
  }

  public encode(event: StreamEvent): string {
    if (this.#over) return '';
    switch (event.type) {
      case 'text-delta':
        this.#state(event.choice).textLength += event.text.length;
        return this.#delta(event.choice, `{"content":${JSON.stringify(event.text)}}`, event.logprobs);
      case 'tool-call-delta':
        return this.#toolCallDelta(event.choice, event.text);
      case 'reasoning-delta':
        this.#state(event.choice).thinking += event.text;
        return this.#delta(event.choice, `{"reasoning_content":${JSON.stringify(event.text)}}`);
      case 'refusal-delta':
        return this.#refusal(event.choice, event.text);
      case 'start':
        this.#makeHead(event.id, event.model, event.createdAt);
        this.#usage = event.usage;
        return this.#begin(0);
      case 'tool-call-start':
        return this.#toolCallStart(event);
      case 'tool-call-end':
        return this.#toolCallEnd(event);
      case 'reasoning-end':
        return this.#reasoningEnd(event);
      case 'citation': {
        const annotation = writeCitation(event.citation, this.#state(event.choice).textLength);
        return annotation === undefined ? '' : this.#delta(event.choice, `{"annotations":[${JSON.stringify(annotation)}]}`);
      }
      case 'image':
        return this.#image(event);
      case 'finish':
        return (
          this.#refusal(event.choice, event.reason.explanation) +
          this.#finish(event.choice, writeFinishReason(event.reason, this.#byFunctionCall))
        );
      case 'usage':
        this.#usage = { ...this.#usage, ...event.usage };
        return '';
      case 'end':
        this.#over = true;
        return this.#usageChunk() + TERMINATOR;
      case 'error':
        this.#over = true;
        return encodeStreamError(event.error, this.#context.requestId);
      default:
        return '';
    }
  }

  #refusal(choice: number, text: string | undefined): string {
    return text === undefined ? '' : this.#delta(choice, `{"refusal":${JSON.stringify(text)}}`);
  }

  #makeHead(id: string | undefined, model: string | undefined, createdAt: number | undefined): void {
    const { requestId, originalModel } = this.#context;
    const fields = JSON.stringify({
      id: id ?? `chatcmpl-${requestId}`,
      object: 'chat.completion.chunk',
      created: createdAt ?? this.#context.createdAt,
      model: model ?? originalModel,
    });
    this.#head = `data: ${fields.slice(0, -1)},"choices":[`;
  }

  /** The state of a choice; made at its first event. */
  #state(choice: number): ChoiceState {
    let state = this.#choices.get(choice);
    if (state === undefined) {
      if (this.#head === '') this.#makeHead(undefined, undefined, undefined);
      state = {
        began: false,
        toolCalls: 0,
        custom: false,
        callSignature: undefined,
        thinking: '',
        reasoning: [],
        unsent: [],
        textLength: 0,
        images: 0,
      };
      this.#choices.set(choice, state);
    }
    return state;
  }

  /** The first chunk of a choice, once. */
  #begin(choice: number): string {
    const state = this.#state(choice);
    if (state.began) return '';
    state.began = true;
    return this.#chunk(choice, '{"role":"assistant","content":""}');
  }

  #delta(choice: number, delta: string, logprobs?: JsonValue): string {
    const tokens = logprobs === undefined ? '' : `,"logprobs":${JSON.stringify(logprobs)}`;
    return this.#begin(choice) + this.#chunk(choice, delta, tokens);
  }

  #chunk(choice: number, delta: string, tokens = '', reason = 'null'): string {
    return `${this.#head}{"index":${choice},"delta":${delta}${tokens},"finish_reason":${reason}}]${this.#tail}`;
  }

  #toolCallStart(event: Extract<StreamEvent, { type: 'tool-call-start' }>): string {
    const state = this.#state(event.choice);
    const token = writeCallSignature(state.unsent, event.signature);
    state.unsent = [];
    const call = writeToolCall(
      { id: event.id, name: event.name, arguments: '', ...(event.custom === true ? { custom: true } : {}) },
      token,
    );
    const index = state.toolCalls;
    state.toolCalls += 1;
    state.custom = event.custom === true;
    state.callSignature = event.signature?.value;
    if (this.#byFunctionCall) return this.#functionCall(event.choice, { name: event.name, arguments: '' });
    return this.#delta(event.choice, `{"tool_calls":[{"index":${index},${JSON.stringify(call).slice(1)}]}`);
  }

  #toolCallDelta(choice: number, text: string): string {
    const { toolCalls, custom } = this.#state(choice);
    if (this.#byFunctionCall) return this.#functionCall(choice, { arguments: text });
    const index = toolCalls - 1;
    const field = custom ? '"custom":{"input"' : '"function":{"arguments"';
    return this.#delta(choice, `{"tool_calls":[{"index":${index},${field}:${JSON.stringify(text)}}}]}`);
  }

  /** There is room for the first call. */
  #functionCall(choice: number, call: { readonly name?: string; readonly arguments: string }): string {
    return this.#state(choice).toolCalls > 1 ? '' : this.#delta(choice, `{"function_call":${JSON.stringify(call)}}`);
  }

  /** A signature that came after the call's start; the first delta could not hold it. */
  #toolCallEnd(event: Extract<StreamEvent, { type: 'tool-call-end' }>): string {
    if (this.#byFunctionCall || event.signature === undefined || event.signature.value === this.#state(event.choice).callSignature)
      return '';
    const token = writeCallSignature([], event.signature);
    const extra = JSON.stringify({ google: { thought_signature: token } });
    const index = this.#state(event.choice).toolCalls - 1;
    // Some clients take no delta of a call without its function.
    return this.#delta(event.choice, `{"tool_calls":[{"index":${index},"function":{"arguments":""},"extra_content":${extra}}]}`);
  }

  #reasoningEnd(event: Extract<StreamEvent, { type: 'reasoning-end' }>): string {
    const state = this.#state(event.choice);
    const part: ReasoningPart = {
      type: 'reasoning',
      text: state.thinking,
      ...(event.signature === undefined ? {} : { signature: event.signature }),
      ...(event.redacted === undefined ? {} : { redacted: event.redacted }),
    };
    state.thinking = '';
    state.reasoning.push(part);
    state.unsent.push(part);
    if (event.signature === undefined && event.redacted === undefined) return '';
    const details: WireReasoningDetail[] = state.reasoning.flatMap(
      (each, index) => writeDetail(each, index) ?? plainDetail(each, index, state.reasoning),
    );
    return this.#delta(event.choice, `{"reasoning_details":${JSON.stringify(details)}}`);
  }

  /** As OpenRouter streams pictures. @see https://openrouter.ai/docs/features/multimodal/image-generation */
  #image({ choice, source }: Extract<StreamEvent, { type: 'image' }>): string {
    const state = this.#state(choice);
    const image = { type: 'image_url', image_url: { url: writeUrl(source) }, index: state.images };
    state.images += 1;
    return this.#delta(choice, `{"images":[${JSON.stringify(image)}]}`);
  }

  #finish(choice: number, reason: string): string {
    return this.#begin(choice) + this.#chunk(choice, '{}', '', JSON.stringify(reason));
  }

  #usageChunk(): string {
    if (!this.#context.wantsStreamUsage || this.#usage === undefined) return '';
    if (this.#head === '') this.#makeHead(undefined, undefined, undefined);
    return encodeSse(undefined, `${this.#head.slice('data: '.length)}],"usage":${JSON.stringify(writeUsage(this.#usage))}}`);
  }
}
