import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { beginningWithUser, thinkingWithin, withOneResultACall, withoutBlankTexts, withUniqueTools } from '../../fitting';
import type { ModelRequest, ResponseFormat, Tool } from '../../model/request';
import type { Capabilities } from '../../models';
import { noteCacheMarks } from '../cache-mark';
import { defined } from '../lenient';
import type { EncodedRequest, TargetFacts } from '../protocol';
import { writeMessages } from './encode-messages';

/** Thinking budgets for efforts, in tokens. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 512, low: 1_024, medium: 4_096, high: 16_384, xhigh: 24_576, max: 31_000 };

/**
 * Writes a call of Cohere's chat, version 2.
 *
 * @see https://docs.cohere.com/reference/chat
 * @throws GatewayError 400 `unsupported_parameter` naming what Cohere cannot say
 */
export function encodeRequest(original: ModelRequest, target: TargetFacts): EncodedRequest {
  const dropped = new Set(original.dropped ?? []);
  const unique = withUniqueTools(original, dropped);
  const request = { ...unique, messages: beginningWithUser(withoutBlankTexts(withOneResultACall(unique.messages))) };
  refuse(request);
  noteCacheMarks(request, dropped);
  for (const [name, value] of Object.entries({
    verbosity: request.verbosity,
    metadata: request.metadata,
    user: request.user,
    prompt_cache_key: request.promptCacheKey,
    service_tier: request.serviceTier === 'auto' ? undefined : request.serviceTier,
    parallel_tool_calls: request.parallelToolCalls === false ? false : undefined,
  })) {
    if (value !== undefined) dropped.add(name);
  }

  const tools = offeredTools(request);
  const body: JsonObject = defined({
    model: target.requestModel,
    messages: writeMessages(request.messages, dropped),
    stream: request.stream,
    tools: tools.length === 0 ? undefined : tools.map(writeTool),
    strict_tools: tools.length > 0 && tools.every((tool) => tool.strict === true) ? true : undefined,
    tool_choice: tools.length === 0 ? undefined : toolChoice(request),
    max_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    p: request.topP,
    k: request.topK,
    seed: request.seed,
    stop_sequences: request.stop === undefined || request.stop.length === 0 ? undefined : [...request.stop],
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    response_format: responseFormat(request.responseFormat),
    thinking: thinking(request, target.capabilities),
  });
  return { body, dropped: [...dropped] };
}

function refuse(request: ModelRequest): void {
  if ((request.choices ?? 1) > 1) throw unsupported('n', 'Cohere gives one answer per call.');
  if (request.logprobs !== undefined) throw unsupported('logprobs', "Cohere's log probabilities are not carried.");
  if (request.logitBias !== undefined && Object.keys(request.logitBias).length > 0) {
    throw unsupported('logit_bias', 'Cohere takes no token biases.');
  }
  if (request.audio !== undefined || request.modalities?.some((modality) => modality !== 'text')) {
    throw unsupported('modalities', 'Cohere answers in text only.');
  }
}

/** Cohere can be told to call some tool, not which one: the one that must be called is the only one offered. */
function offeredTools(request: ModelRequest): readonly Tool[] {
  const tools = request.tools ?? [];
  const choice = request.toolChoice;
  if (choice?.type !== 'tool') return tools;
  const named = tools.filter((tool) => tool.name === choice.name);
  if (named.length === 0) throw unsupported('tool_choice', `tool_choice names ${choice.name}, which is not among the tools.`);
  return named;
}

function writeTool(tool: Tool, index: number): JsonObject {
  if (tool.custom !== undefined) throw unsupported(`tools[${index}]`, 'Cohere has no custom tools; declare a function instead.');
  const parameters = tool.parameters ?? { type: 'object', properties: {} };
  return { type: 'function', function: defined({ name: tool.name, description: tool.description, parameters }) };
}

function toolChoice(request: ModelRequest): string | undefined {
  if (request.toolChoice?.type === 'none') return 'NONE';
  return request.toolChoice?.type === 'required' || request.toolChoice?.type === 'tool' ? 'REQUIRED' : undefined;
}

function responseFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format === undefined || format.type === 'text') return undefined;
  return format.type === 'json' ? { type: 'json_object' } : { type: 'json_object', json_schema: format.schema };
}

/** @see https://docs.cohere.com/docs/reasoning */
function thinking({ reasoning, maxOutputTokens: cap }: ModelRequest, can: Capabilities): JsonObject | undefined {
  if (reasoning === undefined || Object.values(reasoning).every((value) => value === undefined)) return undefined;
  // Who is not known to think need not be told to stop.
  if (reasoning.effort === 'none') return can.thinking === undefined ? undefined : { type: 'disabled' };
  const wanted = reasoning.effort === undefined ? undefined : BUDGETS[reasoning.effort];
  // It counts into the cap: what an effort stands for leaves room for the answer, where there is any.
  const fitting = wanted === undefined || cap === undefined ? undefined : thinkingWithin(wanted, cap, undefined);
  const budget = reasoning.budgetTokens ?? fitting ?? wanted;
  return { type: 'enabled', ...(budget === undefined ? {} : { token_budget: budget }) };
}
