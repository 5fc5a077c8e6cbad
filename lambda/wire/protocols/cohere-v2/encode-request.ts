import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { beginningWithUser, fitSettings, refuseOtherThanText, thinkingWithin, withoutBlankTexts, withPairedCalls } from '../../fitting';
import type { ModelRequest, ResponseFormat, Tool } from '../../model/request';
import type { Capabilities } from '../../models';
import { noteCacheMarks } from '../cache-mark';
import { defined } from '../lenient';
import { parametersOf } from '../openai-schema';
import type { EncodedRequest, TargetFacts } from '../protocol';
import { writeMessages } from './encode-messages';

/** Thinking budgets for efforts, in tokens. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 512, low: 1_024, medium: 4_096, high: 16_384, xhigh: 24_576, max: 31_000 };

/** What no model can be asked for by this API. Its log probabilities are not carried. */
const NEVER: Capabilities = { verbosity: false, choices: false, logprobs: false, logitBias: false, maxTemperature: 1, maxStop: 5 };
/** Of `p`, and the highest of `k` and of both penalties, which have none below 0. */
const LEAST_P = 0.01;
const MOST_P = 0.99;
const MOST_K = 500;
const MOST_PENALTY = 1;

/**
 * Writes a call of Cohere's chat, version 2.
 *
 * @see https://docs.cohere.com/reference/chat
 * @throws GatewayError 400 `unsupported_parameter` naming what Cohere cannot say
 */
export function encodeRequest(original: ModelRequest, target: TargetFacts): EncodedRequest {
  const dropped = new Set(original.dropped ?? []);
  const fitted = fitSettings(original, target.capabilities, dropped, NEVER);
  const request = { ...fitted, messages: beginningWithUser(withoutBlankTexts(withPairedCalls(fitted.messages))) };
  refuseOtherThanText(request);
  noteCacheMarks(request, dropped);
  for (const [name, value] of Object.entries({
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
    tools: tools.length === 0 ? undefined : tools.map((tool, index) => writeTool(tool, index, target.capabilities, dropped)),
    strict_tools: tools.length > 0 && tools.every((tool) => tool.strict === true) ? true : undefined,
    tool_choice: tools.length === 0 ? undefined : toolChoice(request),
    max_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    // Nearly all, or nearly nothing, is as far as it goes.
    p: request.topP === undefined ? undefined : Math.min(Math.max(request.topP, LEAST_P), MOST_P),
    k: request.topK === undefined ? undefined : Math.min(request.topK, MOST_K),
    seed: request.seed,
    stop_sequences: request.stop === undefined || request.stop.length === 0 ? undefined : [...request.stop],
    frequency_penalty: penalty(request.frequencyPenalty, 'frequency_penalty', dropped),
    presence_penalty: penalty(request.presencePenalty, 'presence_penalty', dropped),
    response_format: responseFormat(request.responseFormat),
    thinking: thinking(request, target.capabilities, dropped),
  });
  return { body, dropped: [...dropped] };
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

function writeTool(tool: Tool, index: number, can: Capabilities, dropped: Set<string>): JsonObject {
  if (tool.custom !== undefined)
    throw unsupported(`tools[${index}]`, `tools[${index}]: Cohere has no custom tools; declare a function instead.`);
  const parameters = parametersOf(tool, can, dropped) ?? { type: 'object', properties: {} };
  return { type: 'function', function: defined({ name: tool.name, description: tool.description, parameters }) };
}

/** What favours repetition is not known here; what goes against it is, within a range. */
function penalty(asked: number | undefined, field: string, dropped: Set<string>): number | undefined {
  if (asked === undefined) return undefined;
  if (asked < 0 || asked > MOST_PENALTY) dropped.add(field);
  return asked < 0 ? undefined : Math.min(asked, MOST_PENALTY);
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
function thinking({ reasoning, maxOutputTokens: cap }: ModelRequest, can: Capabilities, dropped: Set<string>): JsonObject | undefined {
  if (reasoning === undefined || Object.values(reasoning).every((value) => value === undefined)) return undefined;
  // Who is not known to think need not be told to stop.
  if (reasoning.effort === 'none') return (can.thinking?.length ?? 0) === 0 ? undefined : { type: 'disabled' };
  if (can.thinking?.length === 0) {
    dropped.add('reasoning');
    return undefined;
  }
  const wanted = reasoning.effort === undefined ? undefined : BUDGETS[reasoning.effort];
  // It counts into the cap: what an effort stands for leaves room for the answer.
  const fitting = wanted === undefined || cap === undefined ? wanted : thinkingWithin(wanted, cap, undefined);
  if (reasoning.budgetTokens === undefined && wanted !== undefined && fitting === undefined) {
    dropped.add('reasoning');
    return { type: 'disabled' };
  }
  const budget = reasoning.budgetTokens ?? fitting;
  return { type: 'enabled', ...(budget === undefined ? {} : { token_budget: budget }) };
}
