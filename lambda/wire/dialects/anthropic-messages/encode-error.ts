import type { GatewayError } from '../../../platform/error';
import type { ErrorType } from '../../../platform/error-catalogue';
import type { JsonObject } from '../../../platform/json';
import { encodeSse } from '../../framing/sse';

/** Where the catalogue has another. A spent budget is a 429 `billing_error`, which Claude Code shows and does not retry. */
const STATUSES: Partial<Readonly<Record<ErrorType, number>>> = { insufficient_quota: 429, overloaded_error: 529 };

/**
 * Anthropic's error types by what went wrong, and where the status alone decides.
 *
 * @see https://docs.claude.com/en/api/errors
 */
const TYPES: Partial<Readonly<Record<ErrorType, string>>> = {
  insufficient_quota: 'billing_error',
  overloaded_error: 'overloaded_error',
};

const TYPES_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'invalid_request_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export function errorStatus(error: GatewayError): number {
  return STATUSES[error.type] ?? error.status;
}

export function encodeError(error: GatewayError, requestId: string): JsonObject {
  return { type: 'error', error: { type: typeOf(error), message: messageOf(error) }, request_id: requestId };
}

export function encodeStreamError(error: GatewayError, requestId: string): string {
  return encodeSse('error', JSON.stringify(encodeError(error, requestId)));
}

function typeOf(error: GatewayError): string {
  return TYPES[error.type] ?? TYPES_BY_STATUS[error.status] ?? (error.status < 500 ? 'invalid_request_error' : 'api_error');
}

/** Anthropic's clients recognise a prompt that is too long by these words alone. */
function messageOf(error: GatewayError): string {
  if (error.code !== 'context_length_exceeded' || /prompt is too long|input is too long/i.test(error.message)) return error.message;
  return `prompt is too long: ${error.message}`;
}
