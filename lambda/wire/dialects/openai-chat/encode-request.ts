import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { fitSettings, withMessages, withPairedCalls } from '../../fitting';
import type { ModelRequest, Reasoning, ResponseFormat, Tool, ToolChoice } from '../../model/request';
import type { Capabilities } from '../../models';
import { noteCacheMarks } from '../../protocols/cache-mark';
import { defined } from '../../protocols/lenient';
import { sayingAnything } from '../../protocols/openai-history';
import { answerSchema, heldTo, parametersOf } from '../../protocols/openai-schema';
import { writeEffort, writeTier, writeUser } from '../../protocols/openai-settings';
import type { EncodedRequest, TargetFacts } from '../../protocols/protocol';
import { writeMessages } from './encode-messages';

const TIERS = ['auto', 'default', 'flex', 'scale', 'priority', 'fast'];

/** What no model can be asked for by this API. */
const NEVER = { topK: false };

/**
 * Writes a call for OpenAI and all that are compatible with it; where a provider departs from OpenAI its quirks reshape the
 * body afterwards.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function encodeRequest(original: ModelRequest, target: TargetFacts): EncodedRequest {
  const can = target.capabilities;
  const dropped = new Set(original.dropped ?? []);
  const settled = fitSettings(original, can, dropped, NEVER);
  // Models of compatible servers may go by the ids that they gave.
  const request = withMessages(settled, withPairedCalls(settled.messages, 'turn'));
  noteCacheMarks(request, dropped);
  const user = writeUser(request, dropped);

  const returns = can.thinkingReturns === true && !target.quirks.has('no-reasoning-replay');
  // DeepSeek thinks unless it is told not to, by a field of its own.
  const isOff = target.quirks.has('thinking-switch') && request.reasoning?.effort === 'none';

  const messages = writeMessages(request.messages, {
    replayReasoning: returns || target.quirks.has('replays-reasoning'),
    needsReasoning: returns && request.reasoning?.effort !== 'none',
    films: target.quirks.has('films'),
    ...(can.toolIds === undefined ? {} : { toolIds: can.toolIds }),
    dropped,
  });

  const body: JsonObject = defined({
    model: target.requestModel,
    messages: sayingAnything(messages),
    stream: request.stream ? true : undefined,
    stream_options: request.stream ? { include_usage: true } : undefined,
    tools:
      request.tools === undefined || request.tools.length === 0 ? undefined : request.tools.map((tool) => writeTool(tool, can, dropped)),
    tool_choice: writeToolChoice(request),
    parallel_tool_calls: (request.tools?.length ?? 0) > 0 ? request.parallelToolCalls : undefined,
    max_completion_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stop === undefined || request.stop.length === 0 ? undefined : [...request.stop],
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    logit_bias: request.logitBias === undefined ? undefined : { ...request.logitBias },
    n: request.choices,
    logprobs: request.logprobs === undefined ? undefined : true,
    top_logprobs: request.logprobs === undefined || request.logprobs.top === 0 ? undefined : request.logprobs.top,
    response_format: writeResponseFormat(request.responseFormat, can, dropped),
    reasoning_effort: isOff ? undefined : writeEffort(reasoningBesideTools(request, can, dropped), can, dropped),
    thinking: isOff ? { type: 'disabled' } : undefined,
    verbosity: request.verbosity,
    service_tier: writeTier(request, TIERS, dropped),
    metadata: request.metadata === undefined ? undefined : { ...request.metadata },
    safety_identifier: user,
    prompt_cache_key: request.promptCacheKey,
    modalities: request.modalities === undefined ? undefined : [...request.modalities],
    audio: request.audio,
  });
  return { body, dropped: [...dropped] };
}

/** Some models take an effort beside tools in Responses alone; where that is not served, the tools go before the effort, the one too that nobody asked for. */
function reasoningBesideTools({ reasoning, tools }: ModelRequest, can: Capabilities, dropped: Set<string>): Reasoning | undefined {
  const refused = can.effortWithTools !== undefined && !can.effortWithTools.includes('chat') && (tools?.length ?? 0) > 0;
  if (!refused || reasoning?.effort === 'none') return reasoning;
  if (reasoning !== undefined) dropped.add('reasoning');
  return can.thinkingUnasked === true ? { effort: 'none' } : undefined;
}

function writeTool(tool: Tool, can: Capabilities, dropped: Set<string>): JsonObject {
  if (tool.custom !== undefined) {
    return { type: 'custom', custom: defined({ name: tool.name, description: tool.description, format: writeFormat(tool.custom.format) }) };
  }
  const parameters = parametersOf(tool, can, dropped);
  const strict = heldTo(parameters, tool.strict, can, 'tools.strict', dropped);
  return { type: 'function', function: defined({ name: tool.name, description: tool.description, parameters, strict }) };
}

/** What tells a grammar stands one deeper than in Responses. */
function writeFormat(format: JsonObject | undefined): JsonObject | undefined {
  if (format?.['type'] !== 'grammar') return format;
  const { type, ...grammar } = format;
  return { type, grammar };
}

function writeToolChoice(request: ModelRequest): JsonObject | string | undefined {
  const choice: ToolChoice | undefined = request.toolChoice;
  if (choice === undefined || request.tools === undefined || request.tools.length === 0) return undefined;
  if (choice.type !== 'tool') return choice.type;
  const tool = request.tools.find(({ name }) => name === choice.name);
  if (tool === undefined) throw unsupported('tool_choice', `tool_choice names ${choice.name}, which is not among the tools.`);
  return tool.custom === undefined
    ? { type: 'function', function: { name: choice.name } }
    : { type: 'custom', custom: { name: choice.name } };
}

function writeResponseFormat(format: ResponseFormat | undefined, can: Capabilities, dropped: Set<string>): JsonObject | undefined {
  if (format === undefined) return undefined;
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json') return { type: 'json_object' };
  return {
    type: 'json_schema',
    json_schema: defined({
      name: format.name,
      description: format.description,
      schema: answerSchema(format.schema, can, dropped),
      strict: heldTo(format.schema, format.strict, can, 'response_format.strict', dropped),
    }),
  };
}
