import type { GatewayError } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import { encodeSse } from '../../framing/sse';
import type { Citation, MediaSource } from '../../model/request';
import type { FinishReason, StreamEvent } from '../../model/response';
import type { Usage } from '../../model/usage';
import type { EncodeContext, StreamEncoder } from '../../protocols/protocol';
import { failure } from './encode-error';
import {
  callSignatureItem,
  imageItem,
  itemId,
  messageItem,
  reasoningItem,
  refusalItem,
  toolCallItem,
  writeAnnotation,
} from './encode-items';
import { type Envelope, finishedResponse, readChatLogprobs, responseObject } from './encode-response';
import { splitName } from './namespaces';
import type { WireItem } from './wire';

/** The block that is being written. */
interface OpenItem {
  readonly id: string;
  readonly index: number;
  text: string;
  readonly citations: Citation[];
  readonly logprobs: JsonObject[];
  readonly call?: { readonly id: string; readonly name: string; readonly custom: boolean };
}

/** Writes the events of a response: each block of the answer is an item of its own. */
export class OpenAiResponsesStreamEncoder implements StreamEncoder {
  readonly #context: EncodeContext;
  readonly #output: WireItem[] = [];
  #envelope: Envelope = {};
  #item: OpenItem = { id: '', index: 0, text: '', citations: [], logprobs: [] };
  #sequence = 0;
  #started = false;
  #over = false;
  #reason: FinishReason | undefined;
  #usage: Usage | undefined;

  public constructor(context: EncodeContext) {
    this.#context = context;
  }

  public encode(event: StreamEvent): string {
    if (this.#over) return '';
    if ('choice' in event && event.choice > 0) return '';
    switch (event.type) {
      case 'start':
        return this.#start(event);
      case 'text-start':
        return this.#openMessage({ type: 'output_text', text: '', annotations: [], logprobs: [] });
      case 'refusal-start':
        return this.#openRefusal();
      case 'text-delta':
        return this.#textDelta(event.text, event.logprobs);
      case 'refusal-delta':
        return this.#refusalDelta(event.text);
      case 'reasoning-delta':
        return this.#delta('response.reasoning_summary_text.delta', event.text, '"summary_index":0,');
      case 'tool-call-delta':
        return this.#delta(
          this.#item.call?.custom ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta',
          event.text,
        );
      case 'citation':
        return this.#cite(event.citation);
      case 'text-end':
        return this.#closeText();
      case 'refusal-end':
        return this.#closeRefusal();
      case 'reasoning-start':
        return this.#openReasoning();
      case 'reasoning-end':
        return this.#closeReasoning(event);
      case 'tool-call-start':
        return this.#openCall(event);
      case 'tool-call-end':
        return this.#closeCall(event);
      case 'image':
        return this.#image(event.source);
      case 'usage':
        this.#usage = { ...this.#usage, ...event.usage };
        return '';
      case 'finish':
        this.#reason = event.reason;
        return this.#explain(event.reason.explanation);
      case 'end':
        return this.#end();
      case 'error':
        return this.#fail(event.error);
    }
  }

  #start(event: StreamEvent & { type: 'start' }): string {
    this.#envelope = event;
    this.#usage = event.usage;
    return this.#begin();
  }

  /** The two events that every stream begins with; nothing when they went out. */
  #begin(): string {
    if (this.#started) return '';
    this.#started = true;
    const response = responseObject(this.#envelope, this.#context);
    return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
  }

  #open(kind: Parameters<typeof itemId>[0], call?: OpenItem['call']): void {
    const index = this.#output.length;
    this.#item = { id: itemId(kind, this.#context, index), index, text: '', citations: [], logprobs: [], call };
  }

  #openMessage(part: JsonObject): string {
    const begun = this.#begin();
    this.#open('msg');
    const item = { type: 'message', id: this.#item.id, status: 'in_progress', role: 'assistant', content: [] };
    return (
      begun +
      this.#itemEvent('response.output_item.added', { item }) +
      this.#itemEvent('response.content_part.added', { ...this.#part(), part })
    );
  }

  #openRefusal(): string {
    return this.#openMessage({ type: 'refusal', refusal: '' });
  }

  #refusalDelta(text: string): string {
    return this.#delta('response.refusal.delta', text, '"content_index":0,');
  }

  #explain(refusal: string | undefined): string {
    return refusal === undefined ? '' : this.#openRefusal() + this.#refusalDelta(refusal) + this.#closeRefusal();
  }

  #closeText(): string {
    const { text, citations, index, logprobs } = this.#item;
    const item = messageItem(text, citations, this.#context, index, logprobs);
    const part = item.type === 'message' ? item.content[0] : undefined;
    const done = this.#itemEvent('response.output_text.done', { ...this.#part(), text, logprobs });
    return done + this.#itemEvent('response.content_part.done', { ...this.#part(), part: { ...part } }) + this.#done(item);
  }

  #closeRefusal(): string {
    const { text, index } = this.#item;
    const done = this.#itemEvent('response.refusal.done', { ...this.#part(), refusal: text });
    const part = this.#itemEvent('response.content_part.done', { ...this.#part(), part: { type: 'refusal', refusal: text } });
    return done + part + this.#done(refusalItem(text, this.#context, index));
  }

  #cite(citation: Citation): string {
    this.#item.citations.push(citation);
    const annotation = writeAnnotation(citation, this.#item.text.length);
    if (annotation === undefined) return '';
    const place = { ...this.#part(), annotation_index: this.#item.citations.length - 1 };
    return this.#itemEvent('response.output_text.annotation.added', { ...place, annotation });
  }

  #openReasoning(): string {
    const begun = this.#begin();
    this.#open('rs');
    return begun + this.#itemEvent('response.output_item.added', { item: { type: 'reasoning', id: this.#item.id, summary: [] } });
  }

  #closeReasoning(event: StreamEvent & { type: 'reasoning-end' }): string {
    const { text, index, id } = this.#item;
    const done =
      text === ''
        ? ''
        : this.#itemEvent('response.reasoning_summary_text.done', { item_id: id, summary_index: 0, text }) +
          this.#itemEvent('response.reasoning_summary_part.done', { item_id: id, summary_index: 0, part: { type: 'summary_text', text } });
    return done + this.#done(reasoningItem({ text, signature: event.signature, redacted: event.redacted }, this.#context, index));
  }

  #openCall(event: StreamEvent & { type: 'tool-call-start' }): string {
    const begun = this.#begin();
    const custom = event.custom === true;
    this.#open(custom ? 'ctc' : 'fc', { id: event.id, name: event.name, custom });
    const said = custom ? { type: 'custom_tool_call', input: '' } : { type: 'function_call', arguments: '' };
    const named = splitName(event.name, this.#context.request.tools);
    const item = { ...said, id: this.#item.id, status: 'in_progress', call_id: event.id, ...named };
    return begun + this.#itemEvent('response.output_item.added', { item });
  }

  #closeCall(event: StreamEvent & { type: 'tool-call-end' }): string {
    const { text, index, call, id } = this.#item;
    if (call === undefined) return '';
    const name = call.custom ? 'response.custom_tool_call_input.done' : 'response.function_call_arguments.done';
    const said = call.custom ? { input: text } : { arguments: text, name: call.name };
    const done = this.#itemEvent(name, { item_id: id, ...said });
    const item = toolCallItem({ ...call, arguments: text }, this.#context, index);
    return done + this.#done(item) + this.#signed(event);
  }

  #signed(event: StreamEvent & { type: 'tool-call-end' }): string {
    const index = this.#output.length;
    return callSignatureItem(event, this.#context, index)
      .map((item) => {
        this.#item = { id: item.id, index, text: '', citations: [], logprobs: [] };
        return this.#itemEvent('response.output_item.added', { item }) + this.#done(item);
      })
      .join('');
  }

  /** @see https://platform.openai.com/docs/api-reference/responses-streaming/response/image_generation_call */
  #image(source: MediaSource): string {
    if (source.kind === 'url') {
      return (
        this.#openMessage({ type: 'output_text', text: '', annotations: [], logprobs: [] }) +
        this.#textDelta(source.url, undefined) +
        this.#closeText()
      );
    }
    const begun = this.#begin();
    this.#open('ig');
    const item = imageItem(source, this.#context, this.#item.index);
    const added = this.#itemEvent('response.output_item.added', { item: { ...item, status: 'in_progress', result: null } });
    const steps = ['in_progress', 'generating', 'completed'].map((step) =>
      this.#itemEvent(`response.image_generation_call.${step}`, { item_id: item.id }),
    );
    return begun + added + steps.join('') + this.#done(item);
  }

  #end(): string {
    const begun = this.#begin();
    this.#over = true;
    const response = finishedResponse(this.#envelope, this.#output, this.#reason, this.#usage, this.#context);
    return begun + this.#event(response['status'] === 'incomplete' ? 'response.incomplete' : 'response.completed', { response });
  }

  #fail(error: GatewayError): string {
    const begun = this.#begin();
    this.#over = true;
    const response = {
      ...responseObject(this.#envelope, this.#context),
      status: 'failed',
      error: failure(error),
      output: [...this.#output],
    };
    return begun + this.#event('response.failed', { response });
  }

  #textDelta(text: string, logprobs: JsonValue | undefined): string {
    if (logprobs === undefined) return this.#delta('response.output_text.delta', text, '"content_index":0,"logprobs":[],');
    const tokens = readChatLogprobs(logprobs);
    this.#item.logprobs.push(...tokens);
    return this.#delta('response.output_text.delta', text, `"content_index":0,"logprobs":${JSON.stringify(tokens)},`);
  }

  /** The event there are most of: made by hand, with the text alone stringified. */
  #delta(type: string, text: string, more = ''): string {
    const first = type === 'response.reasoning_summary_text.delta' && this.#item.text === '' ? this.#summaryPart() : '';
    this.#item.text += text;
    const { id, index } = this.#item;
    const head = `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#sequence++},`;
    return `${first}${head}"item_id":"${id}","output_index":${index},${more}"delta":${JSON.stringify(text)}}\n\n`;
  }

  #summaryPart(): string {
    const part = { type: 'summary_text', text: '' };
    return this.#itemEvent('response.reasoning_summary_part.added', { item_id: this.#item.id, summary_index: 0, part });
  }

  #done(item: WireItem): string {
    this.#output.push(item);
    return this.#itemEvent('response.output_item.done', { item: { ...item } });
  }

  #part(): JsonObject {
    return { item_id: this.#item.id, content_index: 0 };
  }

  #itemEvent(type: string, fields: object): string {
    return this.#event(type, { output_index: this.#item.index, ...fields });
  }

  #event(type: string, fields: object): string {
    return encodeSse(type, JSON.stringify({ type, sequence_number: this.#sequence++, ...fields }));
  }
}
