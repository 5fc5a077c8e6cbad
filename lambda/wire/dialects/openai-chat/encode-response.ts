import type { JsonObject } from '../../../platform/json';
import type { AssistantPart, ReasoningPart, ToolCallPart } from '../../model/request';
import type { FinishReason, ModelResponse } from '../../model/response';
import { defined, objectsOf } from '../../protocols/lenient';
import { writeUrl } from '../../protocols/media';
import type { EncodeContext } from '../../protocols/protocol';
import { writeCitation } from './citations';
import { writeFinishReason } from './finish-reason';
import { UNSIGNED, writeCallSignature, writeDetail } from './reasoning';
import { writeUsage } from './usage';
import type { WireReasoningDetail, WireToolCall } from './wire';

export function encodeResponse(response: ModelResponse, context: EncodeContext): JsonObject {
  const byFunctionCall = context.request.answersByFunctionCall === true;
  return defined({
    id: response.id ?? `chatcmpl-${context.requestId}`,
    object: 'chat.completion',
    created: response.createdAt ?? context.createdAt,
    model: response.model ?? context.originalModel,
    choices: response.choices.map((choice, index) => ({
      index,
      message: byFunctionCall
        ? withFunctionCall(writeMessage(choice.content, choice.finishReason))
        : writeMessage(choice.content, choice.finishReason),
      logprobs: choice.logprobs ?? null,
      finish_reason: writeFinishReason(choice.finishReason, byFunctionCall),
    })),
    usage: response.usage === undefined ? undefined : writeUsage(response.usage),
    service_tier: response.serviceTier,
    system_fingerprint: response.systemFingerprint,
  });
}

function writeMessage(content: readonly AssistantPart[], { explanation = '' }: FinishReason): JsonObject {
  let text = '';
  let refusal = explanation;
  let thoughts = '';
  const annotations: JsonObject[] = [];
  const calls: WireToolCall[] = [];
  const reasoning: ReasoningPart[] = [];
  let unsent: ReasoningPart[] = [];
  const images: JsonObject[] = [];
  for (const part of content) {
    if (part.type === 'text') {
      text += part.text;
      for (const citation of part.citations ?? []) {
        const annotation = writeCitation(citation, text.length);
        if (annotation !== undefined) annotations.push(annotation);
      }
    } else if (part.type === 'refusal') {
      refusal += part.text;
    } else if (part.type === 'reasoning') {
      thoughts += part.text;
      reasoning.push(part);
      unsent.push(part);
    } else if (part.type === 'image') {
      images.push({ type: 'image_url', image_url: { url: writeUrl(part.source) }, index: images.length });
    } else if (part.type === 'tool-call') {
      calls.push(writeToolCall(part, writeCallSignature(unsent, part.signature)));
      unsent = [];
    }
  }
  const details: WireReasoningDetail[] = reasoning.flatMap(
    (part, index) => writeDetail(part, index) ?? plainDetail(part, index, reasoning),
  );
  return defined({
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    refusal: refusal === '' ? null : refusal,
    annotations: annotations.length === 0 ? undefined : annotations,
    reasoning_content: thoughts === '' ? undefined : thoughts,
    reasoning_details: details.length === 0 ? undefined : details,
    images: images.length === 0 ? undefined : images,
    tool_calls: calls.length === 0 ? undefined : calls,
  });
}

/** The first call in the field that `tool_calls` replaced, which holds no more than one. */
function withFunctionCall({ tool_calls: calls, ...message }: JsonObject): JsonObject {
  const [first] = objectsOf(calls);
  return first === undefined ? message : { ...message, function_call: first['function'] };
}

/** The array is read in place of the text, so it must hold the unsigned blocks too as soon as it holds any. */
export function plainDetail(part: ReasoningPart, index: number, all: readonly ReasoningPart[]): WireReasoningDetail[] {
  if (!all.some((other) => other.signature !== undefined || other.redacted !== undefined)) return [];
  return [{ type: 'reasoning.text', text: part.text, format: UNSIGNED, index }];
}

export function writeToolCall(part: Pick<ToolCallPart, 'id' | 'name' | 'arguments' | 'custom'>, token: string | undefined): WireToolCall {
  const extra = token === undefined ? {} : { extra_content: { google: { thought_signature: token } } };
  if (part.custom === true) return { id: part.id, type: 'custom', custom: { name: part.name, input: part.arguments }, ...extra };
  return { id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments }, ...extra };
}
