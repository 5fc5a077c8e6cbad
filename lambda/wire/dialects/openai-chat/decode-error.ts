import type { JsonObject } from '../../../platform/json';
import { baseResponseError } from '../../protocols/base-response';
import { arrayOf, nonEmptyText, objectOf } from '../../protocols/lenient';
import { bareError, decodeError } from '../../protocols/openai-error';
import type { ProviderErrorFacts } from '../../protocols/protocol';

/** OpenAI has one shape of error for all its APIs. */
export { decodeError };

/**
 * The error that a stream chunk or a good answer holds, if it does: at the top, in a choice (OpenRouter), or as the text of why
 * a stream stopped early (Groq).
 *
 * @see https://openrouter.ai/docs/api-reference/streaming#mid-stream-errors
 * @see https://console.groq.com/docs/api-reference#chat-create
 */
export function errorInside(body: JsonObject): ProviderErrorFacts | undefined {
  const said = body['error'];
  if (typeof said === 'string' ? said !== '' : objectOf(said) !== undefined) return decodeError(200, body, {});
  const ofChoice = arrayOf(body['choices']).find((choice) => objectOf(objectOf(choice)?.['error']) !== undefined);
  if (ofChoice !== undefined) return decodeError(200, { error: objectOf(ofChoice)?.['error'] }, {});
  const stopped = nonEmptyText(objectOf(body['x_groq'])?.['error']);
  if (stopped !== undefined) return decodeError(200, { error: stopped }, {});
  const ofMiniMax = arrayOf(body['choices']).length === 0 ? baseResponseError(body) : undefined;
  if (ofMiniMax !== undefined) return ofMiniMax;
  const failed = body['object'] === 'error' || (body['type'] === 'error' && body['choices'] === undefined);
  return failed ? decodeError(200, body, {}) : bareError(body);
}
