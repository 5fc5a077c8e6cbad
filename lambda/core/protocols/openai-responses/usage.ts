import type { JsonObject } from '../../model/json';
import type { Usage } from '../../model/usage';
import { countOf, defined, nonEmptyText, objectOf, objectsOf } from '../lenient';

/** Calls of server-side tools show as items of the answer. */
const TOOL_ITEMS: Readonly<Record<string, string>> = {
  web_search_call: 'web_search',
  file_search_call: 'file_search',
  code_interpreter_call: 'code_interpreter',
  image_generation_call: 'image_generation',
  mcp_call: 'mcp',
};

/**
 * The totals of a response object: `input_tokens` includes the cached ones, `output_tokens` the reasoning. Undefined when it
 * reports none.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/object#responses/object-usage
 */
export function usageOf(response: JsonObject): Usage | undefined {
  const reported = objectOf(response['usage']);
  if (reported === undefined) return undefined;
  const input = objectOf(reported['input_tokens_details']) ?? {};
  const output = objectOf(reported['output_tokens_details']) ?? {};
  const usage: Usage = defined({
    inputTokens: countOf(reported['input_tokens']),
    cacheReadInputTokens: countOf(input['cached_tokens']),
    cacheCreationInputTokens: countOf(input['cache_write_tokens']),
    outputTokens: countOf(reported['output_tokens']),
    reasoningOutputTokens: countOf(output['reasoning_tokens']),
    toolCalls: toolCalls(response),
  });
  if (Object.keys(usage).length === 0) return undefined;
  const serviceTier = nonEmptyText(response['service_tier']);
  return serviceTier === undefined ? usage : { ...usage, serviceTier };
}

function toolCalls(response: JsonObject): Usage['toolCalls'] {
  const calls: Record<string, number> = {};
  for (const item of objectsOf(response['output'])) {
    const name = TOOL_ITEMS[nonEmptyText(item['type']) ?? ''];
    if (name !== undefined && isCall(item)) calls[name] = (calls[name] ?? 0) + 1;
  }
  return Object.keys(calls).length === 0 ? undefined : calls;
}

/** Of what a web search does, searching is a call; opening a page and looking for words in it are free. @see https://platform.openai.com/docs/pricing */
function isCall(item: JsonObject): boolean {
  const action = nonEmptyText(objectOf(item['action'])?.['type']);
  return item['type'] !== 'web_search_call' || action === undefined || action === 'search';
}

/** The totals as Responses reports them; the details are required there, so an unknown count is given as zero in them alone. */
export function writeUsage(usage: Usage): JsonObject {
  const known = usage.inputTokens !== undefined && usage.outputTokens !== undefined;
  const cacheWrite = usage.cacheCreationInputTokens;
  return defined({
    input_tokens: usage.inputTokens,
    input_tokens_details: defined({ cached_tokens: usage.cacheReadInputTokens ?? 0, cache_write_tokens: cacheWrite }),
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningOutputTokens ?? 0 },
    total_tokens: known ? (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0) : undefined,
  });
}
