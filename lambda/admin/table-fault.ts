import { isThrottle } from '../platform/stored';

const OF_THE_SERVICE = new Set([
  'TransactionInProgressException',
  'InternalServerError',
  'InternalServiceError',
  'ServiceUnavailable',
  'TimeoutError',
  'NetworkingError',
  'AbortError',
]);
const OF_THE_CONNECTION = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT']);

/** The table did not answer, or could not just now: the same call may succeed a moment later. */
export function isPassing(fault: unknown): boolean {
  const { name = '', code = '' } = (fault ?? {}) as { name?: string; code?: string };
  return isThrottle(fault) || OF_THE_SERVICE.has(name) || OF_THE_CONNECTION.has(code);
}
