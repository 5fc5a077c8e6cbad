import type { GatewayError } from '../../../platform/error';
import { encodeSse } from '../../framing/sse';
import { encodeError } from '../../protocols/openai-error';

/** OpenAI has one shape of error for all its APIs. */
export { encodeError };

export function errorStatus(error: GatewayError): number {
  return error.status;
}

/** OpenAI's clients raise when a chunk has an `error`; nothing follows it, in particular no `[DONE]`. */
export function encodeStreamError(error: GatewayError, requestId: string): string {
  return encodeSse(undefined, JSON.stringify(encodeError(error, requestId)));
}
