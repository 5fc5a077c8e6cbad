import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { fitSettings, withMessages, withPairedCalls } from '../../fitting';
import type { ModelRequest, Reasoning, ResponseFormat } from '../../model/request';
import type { Capabilities } from '../../models';
import { noteCacheMarks } from '../../protocols/cache-mark';
import { defined } from '../../protocols/lenient';
import { sayingAnything } from '../../protocols/openai-history';
import { answerSchema, heldTo } from '../../protocols/openai-schema';
import { writeEffort, writeTier, writeUser } from '../../protocols/openai-settings';
import type { EncodedRequest, TargetFacts } from '../../protocols/protocol';
import { writeInput } from './encode-messages';
import { fitTool, writeTool, writeToolChoice } from './encode-tools';

/** Whoever hides thoughts says nothing of them. */
const SUMMARIES = ['auto', 'concise', 'detailed'];

const TIERS = ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'];

/** What no model can be asked for by this API. */
const NEVER = { topK: false };

/**
 * Writes a call that leaves nothing at the provider: not stored, with encrypted reasoning to carry on from.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export function encodeRequest(original: ModelRequest, target: TargetFacts): EncodedRequest {
  const can = target.capabilities;
  const dropped = new Set(original.dropped ?? []);
  const settled = fitSettings(original, can, dropped, NEVER);
  const request = withMessages(settled, withPairedCalls(settled.messages));
  refuseUnknown(request);
  if (request.seed !== undefined) dropped.add('seed');
  noteCacheMarks(request, dropped);
  const user = writeUser(request, dropped);

  const tools = request.tools?.length === 0 ? undefined : request.tools;
  const text = defined({ format: writeFormat(request.responseFormat, can, dropped), verbosity: request.verbosity });
  const include = ['reasoning.encrypted_content', ...(request.logprobs === undefined ? [] : ['message.output_text.logprobs'])];
  const body: JsonObject = defined({
    model: target.requestModel,
    input: sayingAnything(writeInput(request.messages, dropped)),
    store: false,
    include,
    stream: request.stream ? true : undefined,
    tools: tools?.map((tool) => writeTool(fitTool(tool, can, dropped))),
    tool_choice: tools === undefined ? undefined : writeToolChoice(request.toolChoice, tools),
    parallel_tool_calls: tools === undefined ? undefined : request.parallelToolCalls,
    max_output_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_logprobs: request.logprobs?.top,
    text: Object.keys(text).length === 0 ? undefined : text,
    reasoning: writeReasoning(request.reasoning, can, dropped),
    service_tier: writeTier(request, TIERS, dropped),
    metadata: request.metadata === undefined ? undefined : { ...request.metadata },
    safety_identifier: user,
    prompt_cache_key: request.promptCacheKey,
  });
  return { body, dropped: [...dropped] };
}

/** What Responses cannot say and would change the answer. */
function refuseUnknown(request: ModelRequest): void {
  const asked: Readonly<Record<string, boolean>> = {
    stop: (request.stop?.length ?? 0) > 0,
    n: (request.choices ?? 1) > 1,
    logit_bias: request.logitBias !== undefined,
    frequency_penalty: (request.frequencyPenalty ?? 0) !== 0,
    presence_penalty: (request.presencePenalty ?? 0) !== 0,
    audio: request.audio !== undefined || request.modalities?.includes('audio') === true,
  };
  const field = Object.keys(asked).find((name) => asked[name]);
  if (field !== undefined)
    throw unsupported(field, `${field} is not known to the Responses API of the chosen model's provider; leave it out.`);
}

function writeFormat(format: ResponseFormat | undefined, can: Capabilities, dropped: Set<string>): JsonObject | undefined {
  if (format === undefined) return undefined;
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json') return { type: 'json_object' };
  const { name, description, schema } = format;
  const strict = heldTo(schema, format.strict, can, 'response_format.strict', dropped);
  return defined({ type: 'json_schema', name, description, schema: answerSchema(schema, can, dropped), strict });
}

function writeReasoning(reasoning: Reasoning | undefined, can: Capabilities, dropped: Set<string>): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  // Who does not think tells nothing of it either.
  const summary = can.thinking?.length === 0 ? undefined : SUMMARIES.find((one) => one === reasoning.summary);
  const settings = defined({ effort: writeEffort(reasoning, can, dropped), summary });
  return Object.keys(settings).length === 0 ? undefined : settings;
}
