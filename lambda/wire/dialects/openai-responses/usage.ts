import type { JsonObject } from '../../../platform/json';
import type { Usage } from '../../model/usage';
import { countOf, defined, hasBrokenCounts, nonEmptyText, objectOf, partOf } from '../../protocols/lenient';
import { billedUnits } from './billed-units';

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
    cacheReadInputTokens: partOf(countOf(reported['input_tokens']), countOf(input['cached_tokens'])),
    cacheCreationInputTokens: countOf(input['cache_write_tokens']),
    outputTokens: countOf(reported['output_tokens']),
    reasoningOutputTokens: countOf(output['reasoning_tokens']),
    toolCalls: billedUnits(response, reported),
    malformed: hasBrokenCounts(reported) || undefined,
  });
  if (Object.keys(usage).length === 0) return undefined;
  const serviceTier = nonEmptyText(response['service_tier']);
  return serviceTier === undefined ? usage : { ...usage, serviceTier };
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
