import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHeaders } from '../../identity';
import { type GatewayError, invalidRequest } from '../../platform/error';
import { DIALECT_NAMES, DIALECTS, type DialectName } from '../../wire/dialects';

const LONGEST_VALUE = 8_192;
/** Visible ASCII, spaces and tabs: nothing that could end a header. */
const SAFE_VALUE = /^[\t\x20-\x7e]*$/;

/** Providers of any dialect may answer a call in another. */
const RETURNED = [...new Set(DIALECT_NAMES.flatMap((name) => DIALECTS[name].returnedHeaders))];

/**
 * One value of a request header that the gateway itself reads.
 *
 * @throws GatewayError 400 when it came twice or holds what a header cannot
 */
export function headerText(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > LONGEST_VALUE || !SAFE_VALUE.test(value)) throw badHeader(name);
  return value.trim();
}

/**
 * What of the caller's headers goes to a provider that speaks the caller's dialect.
 *
 * @throws GatewayError 400 when one of them holds what a header cannot
 */
export function forwardedHeaders(headers: RequestHeaders, dialect: DialectName): Record<string, string> {
  const forwarded: Record<string, string> = {};
  for (const name of DIALECTS[dialect].forwardedHeaders) {
    // Several headers of one name mean the same as one list.
    const value = headers[name];
    const text = headerText(typeof value === 'object' ? { [name]: value.join(',') } : headers, name);
    if (text !== undefined && text !== '') forwarded[name] = text;
  }
  return forwarded;
}

/** The content type, and what of a provider's headers goes back to the caller. */
export function returnedHeaders(headers: IncomingHttpHeaders, contentType: string): Record<string, string> {
  const returned: Record<string, string> = { 'content-type': contentType };
  for (const name of RETURNED) {
    const value = headers[name];
    if (typeof value === 'string' && value.length <= 256 && SAFE_VALUE.test(value)) returned[name] = value;
  }
  return returned;
}

/** Headers that tell a caller whether and when to try again. A 400 is left to the client: some drop what is refused and go on. */
export function retryHeaders(error: GatewayError): Record<string, string> {
  return {
    ...(error.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))) }),
    ...(error.status > 400 ? { 'x-should-retry': String(error.retryable) } : {}),
    ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
}

function badHeader(name: string): GatewayError {
  return invalidRequest(
    name,
    `The header ${name} may be given once, with at most ${LONGEST_VALUE} visible ASCII characters.`,
    'invalid_header',
  );
}
