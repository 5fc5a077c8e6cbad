import type { JsonObject, JsonValue } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { Usage } from '../../model/usage';
import { countOf, defined, hasBrokenCounts, nonEmptyText, objectOf, objectsOf, partOf, textOf } from '../../protocols/lenient';

/**
 * Counts of an answer or a stream chunk in the common totals; undefined when it reports none.
 *
 * | provider | how it counts |
 * |---|---|
 * | OpenAI, Azure | `prompt_tokens` includes cached and audio tokens, `completion_tokens` includes reasoning; `cache_write_tokens` where writes are priced |
 * | DeepSeek | `prompt_cache_hit_tokens` + `prompt_cache_miss_tokens` = `prompt_tokens`, repeated as `cached_tokens` |
 * | xAI | reasoning tokens stand beside `completion_tokens`: the total is the sum of all three |
 * | Perplexity | `reasoning_tokens` at the top, beside `completion_tokens` and in no total; `citation_tokens` beside `prompt_tokens` |
 * | Groq | the last chunk carries it under `x_groq.usage`, or twice |
 * | xAI at Azure | more `cached_tokens` than `prompt_tokens`: no more than all of them count |
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
  if (usage === undefined) return undefined;
  const made = usage.toolCalls ?? executedTools(body['choices']);
  if (made !== undefined) return { ...usage, toolCalls: made };
  return isSearchModel(textOf(body['model']) ?? '') ? { ...usage, toolCalls: { web_search_preview: 1 } } : usage;
}

/** What Groq calls its tools where it tells of their calls, and what it bills. @see https://console.groq.com/docs/compound */
const EXECUTED: Readonly<Record<string, string>> = {
  search: 'web_search',
  visit: 'visit_website',
  python: 'code_execution',
  browser: 'browser_automation',
};

/** Groq lists the calls of its tools beside the answer, with no count in the usage. */
function executedTools(choices: JsonValue | undefined): Usage['toolCalls'] {
  const calls: Record<string, number> = Object.create(null);
  for (const choice of objectsOf(choices)) {
    for (const tool of objectsOf(objectOf(choice['message'])?.['executed_tools'])) {
      const type = nonEmptyText(tool['type']) ?? 'unknown';
      const unit = entryOf(EXECUTED, type) ?? type;
      calls[unit] = (calls[unit] ?? 0) + 1;
    }
  }
  return Object.keys(calls).length === 0 ? undefined : calls;
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
  // Perplexity has its reasoning at the top.
  const output = objectOf(reported['completion_tokens_details']) ?? {};
  const inputTokens = countOf(reported['prompt_tokens']);
  const reasoning = countOf(output['reasoning_tokens']) ?? countOf(reported['reasoning_tokens']);
  const usage: Usage = defined({
    inputTokens,
    billedInputTokens: billedInput(inputTokens, reported),
    cacheReadInputTokens: partOf(
      inputTokens,
      countOf(input['cached_tokens']) ??
        countOf(reported['prompt_cache_hit_tokens']) ??
        countOf(reported['num_cached_tokens']) ??
        countOf(reported['cached_tokens']) ??
        countOf(reported['cache_read_input_tokens']),
    ),
    cacheCreationInputTokens: countOf(input['cache_write_tokens']) ?? countOf(reported['cache_creation_input_tokens']),
    audioInputTokens: countOf(input['audio_tokens']),
    outputTokens: outputTokens(inputTokens, reasoning, reported),
    reasoningOutputTokens: reasoning,
    audioOutputTokens: countOf(output['audio_tokens']),
    toolCalls: toolCalls(reported),
    malformed: hasBrokenCounts(reported) || undefined,
  });
  if (Object.keys(usage).length === 0) return undefined;
  return serviceTier === undefined ? usage : { ...usage, serviceTier };
}

/** A research bills what it read at the price of input. */
function billedInput(prompt: number | undefined, reported: JsonObject): number | undefined {
  const citations = countOf(reported['citation_tokens']) ?? 0;
  return prompt === undefined || citations === 0 ? undefined : prompt + citations;
}

/** xAI leaves reasoning out of `completion_tokens`, which shows in its total; Perplexity's may be more than them, and so stand beside. */
function outputTokens(prompt: number | undefined, reasoning: number | undefined, reported: JsonObject): number | undefined {
  const completion = countOf(reported['completion_tokens']);
  if (completion === undefined || prompt === undefined || reasoning === undefined || reasoning === 0) return completion;
  const beside = reasoning > completion || countOf(reported['total_tokens']) === prompt + completion + reasoning;
  return beside ? completion + reasoning : completion;
}

/** What the provider bills of its own: xAI's sources, Perplexity's and OpenRouter's searches, Perplexity's request by how much it read. */
function toolCalls(reported: JsonObject): Usage['toolCalls'] {
  const calls: Record<string, number> = {};
  const sources = countOf(reported['num_sources_used']) ?? 0;
  if (sources > 0) calls['live_search'] = sources;
  const searches = countOf(reported['num_search_queries']) ?? countOf(objectOf(reported['server_tool_use'])?.['web_search_requests']) ?? 0;
  if (searches > 0) calls['web_search'] = searches;
  const size = nonEmptyText(reported['search_context_size']);
  if (size !== undefined) calls[`request:${size}`] = 1;
  return Object.keys(calls).length === 0 ? undefined : calls;
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
