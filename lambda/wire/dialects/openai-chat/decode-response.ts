import type { JsonObject, JsonValue } from '../../../platform/json';
import type { AssistantPart, Citation, ImagePart, ToolCallPart } from '../../model/request';
import type { Choice, FinishReason, ModelResponse } from '../../model/response';
import { argumentsOf, arrayOf, defined, nonEmptyText, numberOf, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import { unreadableAnswer } from '../../protocols/provider-error';
import { madeToolId } from '../../protocols/tool-ids';
import { readCitation, readSources } from './citations';
import { errorInside } from './decode-error';
import { readFinishReason } from './finish-reason';
import { readReasoning } from './reasoning';
import { usageOf } from './usage';

const FILTERED = 'content_filter';

/**
 * Reads a whole answer. Throws `GatewayError` when it is an error, or no answer.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function decodeResponse(body: JsonObject): ModelResponse {
  const failure = errorInside(body);
  if (failure !== undefined) throw failure.error;
  const choices = objectsOf(body['choices']).filter((choice) => objectOf(choice['message']) !== undefined || isFiltered(choice));
  if (choices.length === 0) throw unreadableAnswer();
  const id = nonEmptyText(body['id']);
  const sources = readSources(body);
  return defined({
    id,
    model: nonEmptyText(body['model']),
    createdAt: numberOf(body['created']),
    choices: inOrder(choices).map((choice, index) => readChoice(choice, id, index, sources)),
    usage: usageOf(body),
    serviceTier: nonEmptyText(body['service_tier']),
    systemFingerprint: nonEmptyText(body['system_fingerprint']),
  });
}

/** Every choice has a message, and none an error. */
export function isAnswer(body: JsonObject): boolean {
  const choices = objectsOf(body['choices']);
  return choices.length > 0 && choices.every(({ message, error }) => objectOf(message) !== undefined && objectOf(error) === undefined);
}

/** Azure gives nothing of an answer that its filter stopped. @see https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter */
function isFiltered(choice: JsonObject): boolean {
  const told = objectOf(choice['content_filter_results']) ?? objectOf(choice['content_filter_result']);
  return choice['finish_reason'] === FILTERED || told !== undefined;
}

/** Alternatives may come in any order. */
function inOrder(choices: readonly JsonObject[]): JsonObject[] {
  const place = (choice: JsonObject) => numberOf(choice['index']) ?? choices.indexOf(choice);
  return choices.toSorted((first, second) => place(first) - place(second));
}

/** Why the first alternative ended; undefined where it does not say. */
export function finishReasonOf(body: JsonObject): FinishReason | undefined {
  const [choice = {}] = inOrder(objectsOf(body['choices']));
  const raw = nonEmptyText(choice['finish_reason']);
  return raw === undefined ? undefined : readFinishReason(raw, callsOf(objectOf(choice['message']) ?? {}).length > 0, choice);
}

function readChoice(choice: JsonObject, id: string | undefined, index: number, sources: readonly Citation[]): Choice {
  const isMissing = objectOf(choice['message']) === undefined;
  const message = objectOf(choice['message']) ?? {};
  const reasoning = readReasoning(message);
  const { texts: written, thoughts } = splitContent(message['content']);
  // A transcript beside the text says the same.
  const texts = written === '' ? transcriptOf(message) : written;
  const content: AssistantPart[] = [...reasoning.parts];
  if (thoughts !== '') content.push({ type: 'reasoning', text: thoughts });
  const annotations = objectsOf(message['annotations']).flatMap((annotation) => readCitation(annotation) ?? []);
  const citations = annotations.length === 0 ? sources : annotations;
  if (texts !== '') content.push(citations.length === 0 ? { type: 'text', text: texts } : { type: 'text', text: texts, citations });
  const refusal = nonEmptyText(message['refusal']);
  if (refusal !== undefined) content.push({ type: 'refusal', text: refusal });

  const calls = callsOf(message).map((call, position): ToolCallPart => {
    const signature = reasoning.signatures.get(position);
    return { ...readToolCall(call, id, index, position), ...(signature === undefined ? {} : { signature }) };
  });
  content.push(...imagesOf(message), ...calls);
  return defined({
    content,
    finishReason: readFinishReason(nonEmptyText(choice['finish_reason']) ?? (isMissing ? FILTERED : 'stop'), calls.length > 0, choice),
    logprobs: objectOf(choice['logprobs']),
  });
}

/** Content is a text, or Mistral's list of texts and thoughts. @see https://docs.mistral.ai/capabilities/reasoning */
export function splitContent(content: JsonValue | undefined): { readonly texts: string; readonly thoughts: string } {
  if (typeof content === 'string') return { texts: content, thoughts: '' };
  let texts = '';
  let thoughts = '';
  for (const part of objectsOf(content)) {
    if (part['type'] === 'thinking') thoughts += thinkingOf(part['thinking']);
    else texts += textOf(part['text']) ?? '';
  }
  return { texts, thoughts };
}

/** Pictures that the model made, where OpenRouter puts them. @see https://openrouter.ai/docs/features/multimodal/image-generation */
export function imagesOf(message: JsonObject): ImagePart[] {
  return objectsOf(message['images']).flatMap((image): ImagePart[] => {
    const url = nonEmptyText(objectOf(image['image_url'])?.['url']);
    if (url === undefined) return [];
    const data = /^data:([\w.+/-]+);base64,/.exec(url);
    if (data === null) return [{ type: 'image', source: { kind: 'url', url } }];
    return [{ type: 'image', source: { kind: 'base64', mediaType: data[1] ?? '', data: url.slice(data[0].length) } }];
  });
}

/** What an answer in sound says. @see https://platform.openai.com/docs/guides/audio */
export function transcriptOf(message: JsonObject): string {
  return textOf(objectOf(message['audio'])?.['transcript']) ?? '';
}

function thinkingOf(thinking: JsonValue | undefined): string {
  if (typeof thinking === 'string') return thinking;
  return objectsOf(arrayOf(thinking) as JsonValue[])
    .map((part) => textOf(part['text']) ?? '')
    .join('');
}

/** The calls of a message or delta; older servers make one at a time, in the field that `tool_calls` replaced. */
export function callsOf(message: JsonObject): readonly JsonObject[] {
  const calls = objectsOf(message['tool_calls']);
  const only = objectOf(message['function_call']);
  return calls.length > 0 || only === undefined ? calls : [{ index: 0, function: only }];
}

function readToolCall(call: JsonObject, id: string | undefined, choice: number, position: number): ToolCallPart {
  const callId = nonEmptyText(call['id']) ?? madeToolId(id, choice, position);
  const custom = objectOf(call['custom']);
  if (custom !== undefined) {
    return { type: 'tool-call', id: callId, name: textOf(custom['name']) ?? '', arguments: textOf(custom['input']) ?? '', custom: true };
  }
  const called = objectOf(call['function']) ?? {};
  return { type: 'tool-call', id: callId, name: textOf(called['name']) ?? '', arguments: argumentsOf(called['arguments']) };
}
