import { GatewayError } from '../platform/error';

/** Request headers by lower-case name; one that came more than once is an array. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const BEARER = /^\s*bearer[ \t]+(\S+)\s*$/i;

/** Why a caller is not let in; for the log, never for the caller. */
export type AuthenticationFault = 'AuthMissing' | 'AuthBadFormat' | 'AuthUnknownKey' | 'AuthWrongSecret';

/**
 * The one credential of a request: `Authorization: Bearer`, `x-api-key` or `api-key`. The same one in several headers is one.
 *
 * @throws GatewayError 401 when there is none, 400 `ambiguous_credentials` when there are several
 */
export function credentialOf(headers: RequestHeaders): string {
  const { authorization, 'x-api-key': key, 'api-key': otherKey } = headers;
  // What nearly every client sends.
  if (typeof authorization === 'string' && key === undefined && otherKey === undefined) {
    const credential = BEARER.exec(authorization)?.[1];
    if (credential === undefined) throw notAuthenticated('AuthBadFormat');
    return credential;
  }
  const found: string[] = [];
  const add = (credential: string): void => {
    if (!found.includes(credential)) found.push(credential);
  };
  for (const value of valuesOf(authorization)) add(BEARER.exec(value)?.[1] ?? '');
  for (const value of valuesOf(key)) add(value.trim());
  for (const value of valuesOf(otherKey)) add(value.trim());

  if (found.length > 1) {
    throw new GatewayError({
      code: 'ambiguous_credentials',
      message: 'The request carries different credentials. Send one: in Authorization, x-api-key or api-key.',
    });
  }
  const [credential] = found;
  if (credential === undefined) throw notAuthenticated('AuthMissing');
  if (credential === '') throw notAuthenticated('AuthBadFormat');
  return credential;
}

function valuesOf(header: string | readonly string[] | undefined): readonly string[] {
  return header === undefined ? [] : typeof header === 'string' ? [header] : header;
}

/** The same answer for every caller who is not known, whatever is wrong. */
export function notAuthenticated(fault: AuthenticationFault): GatewayError {
  return new GatewayError({
    code: 'invalid_api_key',
    message: 'No valid API key was given. Send a key of this gateway as "Authorization: Bearer sk-gw-..." or in x-api-key.',
    cause: fault,
  });
}
