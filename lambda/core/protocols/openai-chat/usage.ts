import type { JsonObject, JsonValue } from '../../model/json';
import type { Usage } from '../../model/usage';
import { countOf, defined, objectOf, textOf } from '../lenient';

/**
 * Counts of an answer or a stream chunk in the common totals; undefined when it reports none.
 *
 * | provider | how it counts |
 * |---|---|
 * | OpenAI, Azure | `prompt_tokens` includes cached and audio tokens, `completion_tokens` includes reasoning; `cache_write_tokens` where writes are priced |
 * | DeepSeek | `prompt_cache_hit_tokens` + `prompt_cache_miss_tokens` = `prompt_tokens`, repeated as `cached_tokens` |
 * | xAI | reasoning tokens stand beside `completion_tokens`: the total is the sum of all three |
 * | Perplexity | `reasoning_tokens` at the top, beside `completion_tokens` and in no total |
 * | Groq | the last chunk carries it under `x_groq.usage`, or twice |
 * | Mistral | `num_cached_tokens`; no details |
 * | Moonshot, Together | `cached_tokens` at the top |
 * | Anthropic-style counts | `cache_creation_input_tokens`, `cache_read_input_tokens` beside the OpenAI names, as some proxies add them |
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage
 * @see https://api-docs.deepseek.com/api/create-chat-completion
 * @see https://docs.x.ai/docs/guides/reasoning
 * @see https://docs.perplexity.ai/getting-started/models/models/sonar-deep-research
 * @see https://console.groq.com/docs/api-reference#chat-create
 */
export function usageOf(body: JsonObject): Usage | undefined {
  const reported = objectOf(body['usage']) ?? objectOf(objectOf(body['x_groq'])?.['usage']) ?? usageOfChoice(body['choices']);
  const usage = reported === undefined ? undefined : readUsage(reported, textOf(body['service_tier']));
  const searched = usage !== undefined && usage.toolCalls === undefined && isSearchModel(textOf(body['model']) ?? '');
  return searched ? { ...usage, toolCalls: { web_search: 1 } } : usage;
}

/**
 * Whether a model searches the web for every answer, asked or not, which is billed and not reported.
 *
 * @see https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat
 */
export function isSearchModel(model: string): boolean {
  return /-search-(?:preview|api)(?:-|$)/.test(model);
}

/** The totals of a `usage` object; undefined when it holds no count. */
export function readUsage(reported: JsonObject, serviceTier?: string): Usage | undefined {
  const input = objectOf(reported['prompt_tokens_details']) ?? {};
  const output = objectOf(reported['completion_tokens_details']) ?? {};
  const usage: Usage = defined({
    inputTokens: countOf(reported['prompt_tokens']),
    cacheReadInputTokens:
      countOf(input['cached_tokens']) ??
      countOf(reported['prompt_cache_hit_tokens']) ??
      countOf(reported['num_cached_tokens']) ??
      countOf(reported['cached_tokens']) ??
      countOf(reported['cache_read_input_tokens']),
    cacheCreationInputTokens: countOf(input['cache_write_tokens']) ?? countOf(reported['cache_creation_input_tokens']),
    audioInputTokens: countOf(input['audio_tokens']),
    outputTokens: outputTokens(reported),
    reasoningOutputTokens: reasoningTokens(reported),
    audioOutputTokens: countOf(output['audio_tokens']),
    toolCalls: toolCalls(reported),
  });
  if (Object.keys(usage).length === 0) return undefined;
  return serviceTier === undefined ? usage : { ...usage, serviceTier };
}

/** Perplexity has it at the top. */
function reasoningTokens(reported: JsonObject): number | undefined {
  return countOf(objectOf(reported['completion_tokens_details'])?.['reasoning_tokens']) ?? countOf(reported['reasoning_tokens']);
}

/** xAI leaves reasoning out of `completion_tokens`, which shows in its total; Perplexity's may be more than them, and so stand beside. */
function outputTokens(reported: JsonObject): number | undefined {
  const completion = countOf(reported['completion_tokens']);
  const prompt = countOf(reported['prompt_tokens']);
  const reasoning = reasoningTokens(reported);
  if (completion === undefined || prompt === undefined || reasoning === undefined || reasoning === 0) return completion;
  const beside = reasoning > completion || countOf(reported['total_tokens']) === prompt + completion + reasoning;
  return beside ? completion + reasoning : completion;
}

/** Calls that the provider made itself: xAI's live search, Perplexity's and OpenRouter's web search. */
function toolCalls(reported: JsonObject): Usage['toolCalls'] {
  const searches =
    countOf(reported['num_sources_used']) ??
    countOf(reported['num_search_queries']) ??
    countOf(objectOf(reported['server_tool_use'])?.['web_search_requests']);
  return searches === undefined || searches === 0 ? undefined : { web_search: searches };
}

/** Moonshot reports the usage of a stream in its last choice. */
function usageOfChoice(choices: JsonValue | undefined): JsonObject | undefined {
  return Array.isArray(choices) ? objectOf(objectOf(choices[0])?.['usage']) : undefined;
}

/** The totals as OpenAI reports them. A count that is not known is left out. */
export function writeUsage(usage: Usage): JsonObject {
  const input = defined({
    cached_tokens: usage.cacheReadInputTokens,
    cache_write_tokens: usage.cacheCreationInputTokens,
    audio_tokens: usage.audioInputTokens,
  });
  const output = defined({ reasoning_tokens: usage.reasoningOutputTokens, audio_tokens: usage.audioOutputTokens });
  const known = usage.inputTokens !== undefined && usage.outputTokens !== undefined;
  return defined({
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: known ? (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0) : undefined,
    prompt_tokens_details: Object.keys(input).length === 0 ? undefined : input,
    completion_tokens_details: Object.keys(output).length === 0 ? undefined : output,
  });
}
