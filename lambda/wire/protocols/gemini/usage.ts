import type { JsonObject, JsonValue } from '../../../platform/json';
import type { Usage } from '../../model/usage';
import { countOf, defined, hasBrokenCounts, nonEmptyText, objectOf, objectsOf, partOf } from '../lenient';

/**
 * Tokens of a Gemini answer or of a chunk of its stream, where each chunk replaces what the one before said.
 *
 * | reported | meaning here |
 * |---|---|
 * | `promptTokenCount` | input, what the cache gave included |
 * | `toolUsePromptTokenCount` | input beside it: results of tools that Google ran |
 * | `cachedContentTokenCount` | read from the cache, inside `promptTokenCount` |
 * | `candidatesTokenCount` | output without thoughts: `thoughtsTokenCount` is added |
 * | `totalTokenCount` = prompt + candidates although there are thoughts | the thoughts are inside: nothing is added |
 * | neither candidates nor thoughts, but a total | output is what the total leaves (a blocked answer: 0) |
 * | `promptTokensDetails`, `cacheTokensDetails`, `candidatesTokensDetails` with `AUDIO`, `IMAGE` | audio and pictures inside input, cache and output |
 * | `serviceTier` | the tier that served the call |
 *
 * @see https://ai.google.dev/api/generate-content#UsageMetadata
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#UsageMetadata
 */
export function geminiUsage(body: JsonObject): Usage | undefined {
  const reported = objectOf(body['usageMetadata']);
  if (reported === undefined) return undefined;
  const prompt = countOf(reported['promptTokenCount']);
  const input = prompt === undefined ? undefined : prompt + (countOf(reported['toolUsePromptTokenCount']) ?? 0);
  const usage: Usage = defined({
    inputTokens: input,
    cacheReadInputTokens: partOf(prompt, countOf(reported['cachedContentTokenCount'])),
    audioCacheReadInputTokens: modalityTokens(reported['cacheTokensDetails'], 'AUDIO'),
    audioInputTokens: uncached(reported, 'AUDIO'),
    imageInputTokens: uncached(reported, 'IMAGE'),
    outputTokens: outputTokens(reported, input),
    reasoningOutputTokens: countOf(reported['thoughtsTokenCount']),
    audioOutputTokens: modalityTokens(reported['candidatesTokensDetails'], 'AUDIO'),
    imageOutputTokens: modalityTokens(reported['candidatesTokensDetails'], 'IMAGE'),
    serviceTier: nonEmptyText(reported['serviceTier']),
    malformed: hasBrokenCounts(reported) || undefined,
  });
  return usage.inputTokens === undefined && usage.outputTokens === undefined && !usage.malformed ? undefined : usage;
}

function outputTokens(reported: JsonObject, input: number | undefined): number | undefined {
  const candidates = countOf(reported['candidatesTokenCount']);
  const thoughts = countOf(reported['thoughtsTokenCount']);
  const total = countOf(reported['totalTokenCount']);
  if (candidates === undefined && thoughts === undefined) {
    return total === undefined || input === undefined || total < input ? undefined : total - input;
  }
  const inside = thoughts !== undefined && candidates !== undefined && thoughts <= candidates && total === (input ?? 0) + candidates;
  return (candidates ?? 0) + (inside ? 0 : (thoughts ?? 0));
}

/** The prompt's details count what the cache gave as well, which has a price of its own. */
function uncached(reported: JsonObject, modality: string): number | undefined {
  const all = modalityTokens(reported['promptTokensDetails'], modality);
  return all === undefined ? undefined : Math.max(0, all - (modalityTokens(reported['cacheTokensDetails'], modality) ?? 0));
}

function modalityTokens(details: JsonValue | undefined, modality: string): number | undefined {
  const found = objectsOf(details).filter((detail) => detail['modality'] === modality);
  return found.length === 0 ? undefined : found.reduce((sum, detail) => sum + (countOf(detail['tokenCount']) ?? 0), 0);
}
