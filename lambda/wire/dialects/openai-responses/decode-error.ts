import type { JsonObject } from '../../../platform/json';
import { objectOf } from '../../protocols/lenient';
import { bareError, decodeError } from '../../protocols/openai-error';
import type { ProviderErrorFacts } from '../../protocols/protocol';

/** OpenAI has one shape of error for all its APIs. */
export { decodeError };

/** The error that an `error` event, a failed response or a good-looking answer holds, if it does. */
export function errorInside(body: JsonObject): ProviderErrorFacts | undefined {
  if (body['type'] === 'error' || body['object'] === 'error')
    return decodeError(200, objectOf(body['error']) === undefined ? { error: body } : body, {});
  const response = objectOf(body['response']) ?? body;
  if (objectOf(response['error']) !== undefined) return decodeError(200, { error: response['error'] }, {});
  return response['status'] === 'failed' ? decodeError(200, undefined, {}) : bareError(body);
}
