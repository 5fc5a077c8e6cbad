import type { JsonObject } from '../../../platform/json';
import { defined, numberOf, objectOf, objectsOf, textOf } from '../lenient';

/**
 * Gemini's `logprobsResult` in OpenAI's shape; undefined when there is none.
 *
 * @see https://ai.google.dev/api/generate-content#LogprobsResult
 */
export function readLogprobs(candidate: JsonObject): JsonObject | undefined {
  const result = objectOf(candidate['logprobsResult']);
  if (result === undefined) return undefined;
  const alternatives = objectsOf(result['topCandidates']);
  const content = objectsOf(result['chosenCandidates']).map((chosen, index) => ({
    ...token(chosen),
    top_logprobs: objectsOf(alternatives[index]?.['candidates']).map(token),
  }));
  return { content, refusal: null };
}

function token(candidate: JsonObject): JsonObject {
  const text = textOf(candidate['token']) ?? '';
  return defined({ token: text, logprob: numberOf(candidate['logProbability']) ?? 0, bytes: [...Buffer.from(text)] });
}
