import type { JsonObject } from '../../../platform/json';
import type { AssistantPart, Citation, MediaSource, ReasoningPart, ToolCallPart } from '../../model/request';
import { defined } from '../../protocols/lenient';
import type { EncodeContext } from '../../protocols/protocol';
import { splitName } from './namespaces';
import { writeEncrypted } from './signatures';
import type { WireAnnotation, WireItem, WireReasoningItem } from './wire';

/** Names of items are made of the request's id and their place, so that a stream and its final response agree. */
export function itemId(kind: 'msg' | 'rs' | 'fc' | 'ctc' | 'ig', context: EncodeContext, index: number): string {
  return `${kind}_${context.requestId.replaceAll('-', '')}${index.toString(16).padStart(2, '0')}`;
}

/** Citations without a URL have no place here; without a range they hold for the whole text. */
export function writeAnnotation(citation: Citation, textLength: number): WireAnnotation | undefined {
  if (citation.url === undefined) return undefined;
  const [start, end] = [citation.start ?? 0, citation.end ?? textLength];
  return { type: 'url_citation', url: citation.url, title: citation.title ?? '', start_index: start, end_index: end };
}

export function messageItem(
  text: string,
  citations: readonly Citation[],
  context: EncodeContext,
  index: number,
  logprobs: readonly JsonObject[] = [],
): WireItem {
  const annotations = citations.flatMap((citation) => writeAnnotation(citation, text.length) ?? []);
  const content = [{ type: 'output_text' as const, text, annotations, logprobs: [...logprobs] }];
  return { type: 'message', id: itemId('msg', context, index), status: 'completed', role: 'assistant', content };
}

export function refusalItem(refusal: string, context: EncodeContext, index: number): WireItem {
  const content = [{ type: 'refusal' as const, refusal }];
  return { type: 'message', id: itemId('msg', context, index), status: 'completed', role: 'assistant', content };
}

export function reasoningItem(part: Omit<ReasoningPart, 'type'>, context: EncodeContext, index: number): WireReasoningItem {
  const encrypted =
    part.redacted === undefined ? part.signature && writeEncrypted('signature', part.signature) : writeEncrypted('redacted', part.redacted);
  return defined({
    type: 'reasoning' as const,
    id: itemId('rs', context, index),
    summary: part.text === '' ? [] : [{ type: 'summary_text' as const, text: part.text }],
    encrypted_content: encrypted,
  });
}

export function toolCallItem(part: Omit<ToolCallPart, 'type'>, context: EncodeContext, index: number): WireItem {
  const { name, namespace } = splitName(part.name, context.request.tools);
  const status = 'completed' as const;
  if (part.custom === true) {
    return { type: 'custom_tool_call', id: itemId('ctc', context, index), status, call_id: part.id, name, input: part.arguments };
  }
  const call = { id: itemId('fc', context, index), status, call_id: part.id, name, namespace, arguments: part.arguments };
  return defined({ type: 'function_call' as const, ...call });
}

/** A picture by its bytes. One by its address is a text that names it, since the item has no place for that. */
export function imageItem(source: MediaSource, context: EncodeContext, index: number): WireItem {
  if (source.kind === 'url') return messageItem(source.url, [], context, index);
  const format = source.mediaType.slice(source.mediaType.indexOf('/') + 1);
  return {
    type: 'image_generation_call',
    id: itemId('ig', context, index),
    status: 'completed',
    result: source.data,
    output_format: format,
  };
}

/** The signature of a tool call, known at its end, travels in a reasoning item of its own right after the call. */
export function callSignatureItem(part: Pick<ToolCallPart, 'signature'>, context: EncodeContext, index: number): WireReasoningItem[] {
  if (part.signature === undefined) return [];
  const encrypted = writeEncrypted('call', part.signature);
  return [{ type: 'reasoning', id: itemId('rs', context, index), summary: [], encrypted_content: encrypted }];
}

/** The items of a whole answer. Sound that a model makes has no place in a translated answer. */
export function writeItems(content: readonly AssistantPart[], context: EncodeContext, logprobs: readonly JsonObject[] = []): WireItem[] {
  const items: WireItem[] = [];
  // They are of the whole answer, and so can be told of a single text alone.
  const ofText = content.filter(({ type }) => type === 'text').length === 1 ? logprobs : [];
  for (const part of content) {
    if (part.type === 'text') items.push(messageItem(part.text, part.citations ?? [], context, items.length, ofText));
    else if (part.type === 'refusal') items.push(refusalItem(part.text, context, items.length));
    else if (part.type === 'image') items.push(imageItem(part.source, context, items.length));
    else if (part.type === 'reasoning') items.push(reasoningItem(part, context, items.length));
    else if (part.type === 'tool-call') {
      items.push(toolCallItem(part, context, items.length));
      items.push(...callSignatureItem(part, context, items.length));
    }
  }
  return items;
}
