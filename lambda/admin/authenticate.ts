import type { KeyRecord, Peppers } from '../identity';
import { equalInConstantTime, parseKey, ROOT_KEY_ID, verifyKey } from '../identity';
import { GatewayError, invalidRequest } from '../platform/error';
import type { ErrorCode } from '../platform/error-catalogue';
import type { Caller } from './caller';
import { forbidden } from './caller';
import type { AdminRequest } from './message';

/** What authentication needs to look up. */
export interface CredentialSource {
  peppers(): Promise<Peppers>;
  /** The secret of the bootstrap credential. */
  bootstrapSecret(): Promise<string>;
  /** The key's row, read consistently: a revoked key fails on its very next call. An id without a row may be remembered. */
  readKey(keyId: string): Promise<KeyRecord | undefined>;
  /** Epoch ms. */
  now(): number;
}

/** How far the clocks of two machines may be apart, in ms. */
const CLOCK_SKEW_MS = 2_000;

/**
 * Finds out who calls, by the credential alone.
 *
 * @throws GatewayError 401 without a valid credential, 400 for two different ones, 403 for a key that is blocked or has no admin role
 */
export async function authenticate(request: AdminRequest, source: CredentialSource): Promise<Caller> {
  const text = readCredential(request.headers);
  const parsed = text === undefined ? undefined : parseKey(text);
  if (parsed === undefined) throw unauthorized();

  if (parsed.keyId === ROOT_KEY_ID) {
    if (equalInConstantTime(await source.bootstrapSecret(), parsed.secret)) return { keyId: ROOT_KEY_ID, role: 'admin' };
    throw unauthorized();
  }

  const [key, peppers] = await Promise.all([source.readKey(parsed.keyId), source.peppers()]);
  if (!verifyKey(key?.hashes, parsed, peppers, source.now()) || key === undefined) throw unauthorized();
  if (key.status !== 'active') throw refused(`key_${key.status}`, `This key is ${key.status}.`);
  if (key.expiresAt !== undefined && source.now() >= Date.parse(key.expiresAt) + CLOCK_SKEW_MS) {
    throw refused('key_expired', 'This key has expired.');
  }
  if (key.role === 'caller') throw forbidden('This key is for the data plane only; the admin API takes a key with an admin role.');
  if (key.role === 'team_admin' && key.teamId === undefined) throw forbidden('This key has the role team_admin but no team.');
  return { keyId: key.id, role: key.role, ...(key.teamId === undefined || key.role === 'admin' ? {} : { teamId: key.teamId }) };
}

function unauthorized(): GatewayError {
  return refused('invalid_api_key', 'A valid admin key is required: Authorization: Bearer sk-gw-...');
}

function refused(code: ErrorCode, message: string): GatewayError {
  return new GatewayError({ code, message });
}

function readCredential(headers: AdminRequest['headers']): string | undefined {
  const found = new Set<string>();
  for (const value of values(headers['authorization'])) {
    const match = /^\s*bearer[ \t]+(\S+)\s*$/i.exec(value);
    if (match === null) throw unauthorized();
    found.add(match[1] as string);
  }
  for (const name of ['x-api-key', 'api-key']) for (const value of values(headers[name])) found.add(value.trim());
  if (found.size > 1) {
    throw invalidRequest(undefined, 'Two different credentials were sent; send one.', 'ambiguous_credentials');
  }
  return [...found][0];
}

function values(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
