import type { JsonObject } from '../../../platform/json';
import type { Usage } from '../../model/usage';
import { countOf, defined, hasBrokenCounts, objectOf } from '../lenient';

/**
 * Tokens of a Cohere answer or of the stream's `message-end`.
 *
 * | reported | meaning here |
 * |---|---|
 * | `tokens.input_tokens`, `tokens.output_tokens` | what the model read and wrote, Cohere's own prompt and markup included |
 * | `cached_tokens` | the part of the input that came from the cache |
 * | `billed_units.input_tokens`, `billed_units.output_tokens` | what is paid for: the caller's own text |
 * | `billed_units` alone | both |
 *
 * @see https://docs.cohere.com/docs/rate-limits
 * @see https://docs.cohere.com/reference/chat#response.body.usage
 */
export function cohereUsage(body: JsonObject): Usage | undefined {
  const reported = objectOf(body['usage']);
  if (reported === undefined) return undefined;
  const tokens = objectOf(reported['tokens']);
  const billed = objectOf(reported['billed_units']);
  const billedInput = countOf(billed?.['input_tokens']);
  const billedOutput = countOf(billed?.['output_tokens']);
  const inputTokens = countOf(tokens?.['input_tokens']) ?? billedInput;
  const outputTokens = countOf(tokens?.['output_tokens']) ?? billedOutput;
  const usage: Usage = defined({
    inputTokens,
    cacheReadInputTokens: countOf(reported['cached_tokens']),
    outputTokens,
    billedInputTokens: billedInput === inputTokens ? undefined : billedInput,
    billedOutputTokens: billedOutput === outputTokens ? undefined : billedOutput,
    malformed: hasBrokenCounts(reported) || undefined,
  });
  return usage.inputTokens === undefined && usage.outputTokens === undefined && !usage.malformed ? undefined : usage;
}
