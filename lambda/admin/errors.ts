import { GatewayError } from '../platform/error';
import type { AdminAnswer } from './message';
import { isPassing } from './table-fault';

const MISCONFIGURED = new Set([
  'AccessDeniedException',
  'ResourceNotFoundException',
  'KMSAccessDeniedException',
  'UnrecognizedClientException',
]);

/** Turns whatever a route threw into what a caller may be told. */
export function toGatewayError(cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause;
  if (isPassing(cause)) {
    return new GatewayError({
      code: 'store_unavailable',
      message: 'The gateway cannot reach its table at the moment. Try again.',
      retryAfterMs: 1_000,
      cause,
    });
  }
  if (cause instanceof Error && MISCONFIGURED.has(cause.name)) {
    return new GatewayError({
      code: 'misconfigured',
      message: 'The gateway lacks a permission or a resource.',
      cause,
    });
  }
  return new GatewayError({
    code: 'internal_error',
    message: 'The gateway failed to do this. The request id helps to find out why.',
    cause,
  });
}

/** An error in OpenAI's shape, the one that the admin API speaks. */
export function errorAnswer(error: GatewayError, requestId: string): AdminAnswer {
  const body = { error: { message: error.message, type: error.type, param: error.param ?? null, code: error.code } };
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-gateway-request-id': requestId,
      ...(error.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))) }),
      ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: JSON.stringify(body),
  };
}
