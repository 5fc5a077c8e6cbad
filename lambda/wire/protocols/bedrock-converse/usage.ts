import type { JsonObject } from '../../../platform/json';
import type { Usage } from '../../model/usage';
import { tracedGuardrailUnits } from '../guardrail-usage';
import { countOf, defined, hasBrokenCounts, objectOf, objectsOf, textOf } from '../lenient';

/**
 * Tokens of a Converse answer or of the stream's `metadata`.
 *
 * | reported | meaning here |
 * |---|---|
 * | `inputTokens` | input beside the cache: reads and writes are added to the total |
 * | `totalTokens` = `inputTokens` + `outputTokens` although the cache was used | the cache is inside `inputTokens`: nothing is added |
 * | `cacheReadInputTokens`, `cacheWriteInputTokens` (or with `Count`) | read from, written to the cache |
 * | `cacheDetails[ttl=1h].inputTokens` | the part of the writes that lives one hour |
 * | `outputTokens` | output, reasoning included (not told apart) |
 * | `serviceTier.type` beside `usage` | the tier that served the call |
 * | `trace.guardrail` beside `usage` | what the guardrail of the call bills |
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function converseUsage(body: JsonObject): Usage | undefined {
  const reported = objectOf(body['usage']);
  if (reported === undefined) return undefined;

  const cacheRead = countOf(reported['cacheReadInputTokens']) ?? countOf(reported['cacheReadInputTokenCount']);
  const cacheWrite = countOf(reported['cacheWriteInputTokens']) ?? countOf(reported['cacheWriteInputTokenCount']);
  const usage: Usage = defined({
    inputTokens: totalInput(reported, (cacheRead ?? 0) + (cacheWrite ?? 0)),
    cacheReadInputTokens: cacheRead,
    cacheCreationInputTokens: cacheWrite,
    cacheCreation1hInputTokens: oneHourWrites(reported),
    outputTokens: countOf(reported['outputTokens']),
    serviceTier: textOf(objectOf(body['serviceTier'])?.['type']),
    guardrailUnits: tracedGuardrailUnits(objectOf(objectOf(body['trace'])?.['guardrail'])),
    malformed: hasBrokenCounts(reported) || undefined,
  });
  return usage.inputTokens === undefined && usage.outputTokens === undefined && !usage.malformed ? undefined : usage;
}

function totalInput(reported: JsonObject, cached: number): number | undefined {
  const input = countOf(reported['inputTokens']);
  if (input === undefined) return undefined;
  const inside = cached <= input && countOf(reported['totalTokens']) === input + (countOf(reported['outputTokens']) ?? 0);
  return inside ? input : input + cached;
}

function oneHourWrites(reported: JsonObject): number | undefined {
  const details = objectsOf(reported['cacheDetails']);
  if (details.length === 0) return undefined;
  return details.reduce((sum, detail) => sum + (detail['ttl'] === '1h' ? (countOf(detail['inputTokens']) ?? 0) : 0), 0);
}
