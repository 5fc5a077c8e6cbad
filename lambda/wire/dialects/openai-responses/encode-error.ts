import type { GatewayError } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { encodeSse } from '../../framing/sse';
import { encodeError } from '../../protocols/openai-error';

/** OpenAI has one shape of error for all its APIs. */
export { encodeError };

/** A spent budget is 429 here: Codex stops at `insufficient_quota` with that status. 529 is Anthropic's own. */
export function errorStatus(error: GatewayError): number {
  if (error.code === 'insufficient_quota') return 429;
  return error.status === 529 ? 503 : error.status;
}

/** The `error` of a failed response. @see https://platform.openai.com/docs/api-reference/responses/object#responses/object-error */
export function failure(error: GatewayError): JsonObject {
  return { code: error.code, message: error.message };
}

/** The terminal event of a stream that was passed through, whose response object the gateway has not kept. */
export function encodeStreamError(error: GatewayError, requestId: string): string {
  const response = { id: `resp_${requestId.replaceAll('-', '')}`, object: 'response', status: 'failed', error: failure(error), output: [] };
  return encodeSse('response.failed', JSON.stringify({ type: 'response.failed', sequence_number: 0, response }));
}
