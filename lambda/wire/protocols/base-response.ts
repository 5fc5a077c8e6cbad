import type { JsonObject } from '../../platform/json';
import { nonEmptyText, numberOf, objectOf } from './lenient';
import type { ProviderErrorFacts } from './protocol';
import { providerError } from './provider-error';

const STATUSES: Readonly<Record<number, number>> = {
  1001: 504,
  1002: 429,
  1004: 401,
  1008: 402,
  1039: 429,
  1041: 429,
  1042: 400,
  2013: 400,
  2045: 429,
  2049: 401,
  2056: 429,
};
/** Of what was asked, and of what was written. */
const SENSITIVE: readonly number[] = [1026, 1027];

/**
 * The error that MiniMax tells in an answer with a good status.
 *
 * @see https://platform.minimax.io/docs/api-reference/errorcode
 */
export function baseResponseError(body: JsonObject): ProviderErrorFacts | undefined {
  const said = objectOf(body['base_resp']);
  const code = numberOf(said?.['status_code']) ?? 0;
  if (code === 0) return undefined;
  const message = nonEmptyText(said?.['status_msg']);
  if (SENSITIVE.includes(code)) return providerError({ status: 400, code: 'content_filter', message, headers: {} });
  return providerError({ status: STATUSES[code] ?? 500, message, headers: {} });
}
