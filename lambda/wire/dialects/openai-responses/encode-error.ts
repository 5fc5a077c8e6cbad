import type { GatewayError } from '../../../platform/error';
import type { ErrorCode } from '../../../platform/error-catalogue';
import type { JsonObject } from '../../../platform/json';
import { encodeSse } from '../../framing/sse';
import { encodeError } from '../../protocols/openai-error';

/** OpenAI has one shape of error for all its APIs. */
export { encodeError };

/** Where the catalogue has another. Codex stops at `insufficient_quota` with this status. */
const STATUSES: Partial<Readonly<Record<ErrorCode, number>>> = { insufficient_quota: 429 };

export function errorStatus(error: GatewayError): number {
  return STATUSES[error.code] ?? error.status;
}

/** The `error` of a failed response. @see https://platform.openai.com/docs/api-reference/responses/object#responses/object-error */
export function failure(error: GatewayError): JsonObject {
  return { code: error.shownCode, message: error.message };
}

/** The terminal event of a stream that was passed through, whose response object the gateway has not kept. */
export function encodeStreamError(error: GatewayError, requestId: string): string {
  const response = { id: `resp_${requestId.replaceAll('-', '')}`, object: 'response', status: 'failed', error: failure(error), output: [] };
  return encodeSse('response.failed', JSON.stringify({ type: 'response.failed', sequence_number: 0, response }));
}
