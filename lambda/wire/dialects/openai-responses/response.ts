import type { JsonObject, JsonValue } from '../../../platform/json';
import type { AssistantPart, Citation } from '../../model/request';
import type { FinishReason, ModelResponse } from '../../model/response';
import type { Usage } from '../../model/usage';
import { defined, nonEmptyText, numberOf, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import type { EncodeContext } from '../../protocols/protocol';
import { unreadableAnswer } from '../../protocols/provider-error';
import { madeToolId } from '../../protocols/tool-ids';
import { withCallersToolNames } from '../../protocols/tool-names';
import { errorInside } from './error';
import { readFinishReason, writeStatus } from './finish-reason';
import { writeItems } from './items';
import { writeOwn } from './signatures';
import { qualifiedName, writeTool, writeToolChoice } from './tools';
import { usageOf, writeUsage } from './usage';
import type { WireItem } from './wire';

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
      return [{ type: 'tool-call', id: callId, name, arguments: nonEmptyText(item['arguments']) ?? '{}' }];
    }
    case 'custom_tool_call': {
      const callId = nonEmptyText(item['call_id']) ?? madeToolId(id, 0, index);
      return [{ type: 'tool-call', id: callId, name: textOf(item['name']) ?? '', arguments: textOf(item['input']) ?? '', custom: true }];
    }
    default:
      return [];
  }
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

/** The tokens of Chat's `logprobs`. */
export function readChatLogprobs(logprobs: JsonValue | undefined): JsonObject[] {
  return objectsOf(objectOf(logprobs)?.['content']);
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

/** What a response says of itself beside its items. */
export interface Envelope {
  readonly id?: string;
  readonly model?: string;
  readonly createdAt?: number;
}

export function encodeResponse(answer: ModelResponse, context: EncodeContext): JsonObject {
  const response = withCallersToolNames(answer, context.request.tools);
  const [choice] = response.choices;
  return finishedResponse(
    response,
    writeItems(choice?.content ?? [], context, readChatLogprobs(choice?.logprobs)),
    choice?.finishReason,
    response.usage,
    context,
  );
}

export function finishedResponse(
  envelope: Envelope,
  output: readonly WireItem[],
  reason: FinishReason | undefined,
  usage: Usage | undefined,
  context: EncodeContext,
): JsonObject {
  const status = writeStatus(reason);
  return { ...responseObject(envelope, context), ...status, output: [...output], usage: usage === undefined ? null : writeUsage(usage) };
}

/** A response as it begins: nothing said yet, with the settings of its request. */
export function responseObject(envelope: Envelope, context: EncodeContext): JsonObject {
  const { request } = context;
  return {
    id: envelope.id?.startsWith('resp_') ? envelope.id : `resp_${context.requestId.replaceAll('-', '')}`,
    object: 'response',
    created_at: envelope.createdAt ?? context.createdAt,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: request.maxOutputTokens ?? null,
    model: envelope.model ?? context.originalModel,
    output: [],
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    service_tier: request.serviceTier ?? 'default',
    store: false,
    temperature: request.temperature ?? 1,
    text: { format: { type: textFormat(context) }, verbosity: request.verbosity ?? 'medium' },
    tool_choice: writeToolChoice(request.toolChoice, request.tools) ?? 'auto',
    tools: (request.tools ?? []).map(writeTool),
    top_p: request.topP ?? 1,
    truncation: 'disabled',
    usage: null,
    user: request.user ?? null,
    metadata: { ...request.metadata },
  };
}

function textFormat({ request }: EncodeContext): string {
  const type = request.responseFormat?.type ?? 'text';
  if (type === 'json') return 'json_object';
  return type === 'json-schema' ? 'json_schema' : 'text';
}
