import type { JsonObject, JsonValue } from '../../../platform/json';
import type { AssistantPart } from '../../model/request';
import type { Choice, FinishReason, ModelResponse } from '../../model/response';
import type { Usage } from '../../model/usage';
import { objectOf, objectsOf } from '../../protocols/lenient';
import type { EncodeContext } from '../../protocols/protocol';
import { writeItems } from './encode-items';
import { writeTool, writeToolChoice } from './encode-tools';
import { writeStatus } from './finish-reason';
import { writeUsage } from './usage';
import type { WireItem } from './wire';

/** The tokens of Chat's `logprobs`. */
export function readChatLogprobs(logprobs: JsonValue | undefined): readonly JsonObject[] {
  return objectsOf(objectOf(logprobs)?.['content']);
}

/** What a response says of itself beside its items. */
export interface Envelope {
  readonly id?: string;
  readonly model?: string;
  readonly createdAt?: number;
}

export function encodeResponse(response: ModelResponse, context: EncodeContext): JsonObject {
  const [choice] = response.choices;
  return finishedResponse(
    response,
    writeItems(contentOf(choice), context, readChatLogprobs(choice?.logprobs)),
    choice?.finishReason,
    response.usage,
    context,
  );
}

function contentOf(choice: Choice | undefined): readonly AssistantPart[] {
  const { content = [], finishReason } = choice ?? {};
  return finishReason?.explanation === undefined ? content : [...content, { type: 'refusal', text: finishReason.explanation }];
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
    text: { format: textFormat(context), verbosity: request.verbosity ?? 'medium' },
    tool_choice: writeToolChoice(request.toolChoice, request.tools) ?? 'auto',
    tools: (request.tools ?? []).map(writeTool),
    top_p: request.topP ?? 1,
    truncation: 'disabled',
    usage: null,
    user: request.user ?? null,
    metadata: { ...request.metadata },
  };
}

function textFormat({ request: { responseFormat: format } }: EncodeContext): JsonObject {
  if (format?.type === 'json') return { type: 'json_object' };
  if (format?.type !== 'json-schema') return { type: 'text' };
  const { name, description = null, schema, strict = false } = format;
  return { type: 'json_schema', name, description, schema, strict };
}
