import type { JsonObject } from '../../../platform/json';
import type { AssistantPart, Citation, MediaSource } from '../../model/request';
import type { ModelResponse } from '../../model/response';
import { argumentsOf, defined, nonEmptyText, numberOf, objectsOf, textOf } from '../../protocols/lenient';
import { unreadableAnswer } from '../../protocols/provider-error';
import { madeToolId } from '../../protocols/tool-ids';
import { errorInside } from './decode-error';
import { readFinishReason } from './finish-reason';
import { qualifiedName } from './namespaces';
import { writeOwn } from './signatures';
import { usageOf } from './usage';

/**
 * Reads a whole answer. Throws `GatewayError` when it is an error, or no answer.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/object
 */
export function decodeResponse(body: JsonObject): ModelResponse {
  const failed = errorInside(body);
  if (failed !== undefined) throw failed.error;
  if (!Array.isArray(body['output'])) throw unreadableAnswer();
  const id = nonEmptyText(body['id']);
  const content = objectsOf(body['output']).flatMap((item, index) => readItem(item, id, index));
  const hasToolCalls = content.some(({ type }) => type === 'tool-call');
  return defined({
    id,
    model: nonEmptyText(body['model']),
    createdAt: numberOf(body['created_at']),
    choices: [defined({ content, finishReason: readFinishReason(body, hasToolCalls), logprobs: readLogprobs(body) })],
    usage: usageOf(body),
    serviceTier: nonEmptyText(body['service_tier']),
  });
}

function readItem(item: JsonObject, id: string | undefined, index: number): AssistantPart[] {
  switch (item['type']) {
    case 'message':
      return objectsOf(item['content']).flatMap(readContent);
    case 'reasoning':
      return readReasoning(item);
    case 'function_call': {
      const name = qualifiedName(nonEmptyText(item['namespace']), textOf(item['name']) ?? '');
      const callId = nonEmptyText(item['call_id']) ?? madeToolId(id, 0, index);
      return [{ type: 'tool-call', id: callId, name, arguments: argumentsOf(item['arguments']) }];
    }
    case 'custom_tool_call': {
      const callId = nonEmptyText(item['call_id']) ?? madeToolId(id, 0, index);
      return [{ type: 'tool-call', id: callId, name: textOf(item['name']) ?? '', arguments: textOf(item['input']) ?? '', custom: true }];
    }
    case 'image_generation_call': {
      const source = pictureOf(item);
      return source === undefined ? [] : [{ type: 'image', source }];
    }
    default:
      return [];
  }
}

/** The picture of an `image_generation_call`. @see https://platform.openai.com/docs/guides/tools-image-generation */
export function pictureOf(item: JsonObject): MediaSource | undefined {
  const data = nonEmptyText(item['result']);
  if (data === undefined) return undefined;
  return { kind: 'base64', mediaType: `image/${nonEmptyText(item['output_format']) ?? 'png'}`, data };
}

function readContent(part: JsonObject): AssistantPart[] {
  if (part['type'] === 'refusal') return [{ type: 'refusal', text: textOf(part['refusal']) ?? '' }];
  const text = textOf(part['text']);
  if (text === undefined || text === '') return [];
  const citations = objectsOf(part['annotations']).flatMap((annotation) => readAnnotation(annotation) ?? []);
  return [citations.length === 0 ? { type: 'text', text } : { type: 'text', text, citations }];
}

/** Log probabilities of all texts, in the shape of Chat Completions. */
function readLogprobs(body: JsonObject): JsonObject | undefined {
  const parts = objectsOf(body['output']).flatMap((item) => (item['type'] === 'message' ? objectsOf(item['content']) : []));
  return writeChatLogprobs(parts.flatMap((part) => objectsOf(part['logprobs'])));
}

export function writeChatLogprobs(tokens: readonly JsonObject[]): JsonObject | undefined {
  return tokens.length === 0 ? undefined : { content: [...tokens], refusal: null };
}

function readReasoning(item: JsonObject): AssistantPart[] {
  const text = reasoningText(item);
  const encrypted = nonEmptyText(item['encrypted_content']);
  if (encrypted === undefined) return text === '' ? [] : [{ type: 'reasoning', text }];
  const own = writeOwn(textOf(item['id']) ?? '', encrypted);
  return [text === '' ? { type: 'reasoning', text, redacted: own } : { type: 'reasoning', text, signature: own, summary: true }];
}

/** Summaries, or the open text of models that show all they think. */
export function reasoningText(item: JsonObject): string {
  return [...objectsOf(item['summary']), ...objectsOf(item['content'])].map((part) => textOf(part['text']) ?? '').join('\n\n');
}

export function readAnnotation(annotation: JsonObject): Citation | undefined {
  if (annotation['type'] !== 'url_citation') return undefined;
  return defined({
    kind: 'url' as const,
    url: nonEmptyText(annotation['url']),
    title: nonEmptyText(annotation['title']),
    start: numberOf(annotation['start_index']),
    end: numberOf(annotation['end_index']),
  });
}
