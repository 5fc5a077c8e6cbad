import { createSign } from 'node:crypto';
import { GatewayError } from '../../../platform/error';
import type { Transport } from '../../../platform/http';
import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import { type Clock, createRenewed, NEVER_CANCELLED } from '../../../platform/runtime';

/** The only place that assertions are sent to; the `token_uri` of a key file is not trusted. */
const TOKEN_ORIGIN = 'https://oauth2.googleapis.com';
const TOKEN_PATH = '/token';
const LIFETIME_SECONDS = 3_600;
const LONGEST_ANSWER_BYTES = 64 * 1024;
const DEADLINES = { connectMs: 5_000, headersMs: 10_000, idleMs: 10_000 };

export interface GoogleTokens {
  /**
   * An access token for the service account, kept until shortly before it expires; calls at the same time share one exchange.
   *
   * @param keyFile the service account's JSON key file
   * @throws GatewayError 503 `provider_misconfigured` for an unusable key file, 502 `upstream_auth` when Google refuses it or cannot be reached
   */
  token(keyFile: string, scope: string): Promise<string>;
}

/**
 * Google's OAuth 2.0 for service accounts: a signed assertion is exchanged for an access token.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
 * @param origin where assertions go; for tests
 */
export function createGoogleTokens(transport: Transport, clock: Clock, origin: string = TOKEN_ORIGIN): GoogleTokens {
  const renewed = createRenewed<string>(clock);
  return {
    token: (keyFile, scope) =>
      renewed(`${scope}\n${keyFile}`, async () => {
        const account = readKeyFile(keyFile);
        const { token, expiresInMs } = await requestToken(transport, origin, assertion(account, scope, clock.now()));
        return { value: token, expiresMs: clock.now() + expiresInMs };
      }),
  };
}

interface Account {
  readonly email: string;
  readonly privateKey: string;
  readonly keyId?: string;
}

function readKeyFile(text: string): Account {
  const file = parseJson(text);
  if (typeof file === 'object' && file !== null && !Array.isArray(file)) {
    const { client_email: email, private_key: privateKey, private_key_id: keyId } = file as JsonObject;
    if (typeof email === 'string' && typeof privateKey === 'string') {
      return { email, privateKey, ...(typeof keyId === 'string' ? { keyId } : {}) };
    }
  }
  throw unusableKeyFile();
}

function assertion(account: Account, scope: string, nowMs: number): string {
  const issuedAt = Math.floor(nowMs / 1_000);
  const header = { alg: 'RS256', typ: 'JWT', ...(account.keyId === undefined ? {} : { kid: account.keyId }) };
  const claims = { iss: account.email, scope, aud: `${TOKEN_ORIGIN}${TOKEN_PATH}`, iat: issuedAt, exp: issuedAt + LIFETIME_SECONDS };
  const unsigned = `${base64Url(JSON.stringify(header))}.${base64Url(JSON.stringify(claims))}`;
  try {
    return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(account.privateKey, 'base64url')}`;
  } catch {
    throw unusableKeyFile();
  }
}

function base64Url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

async function requestToken(transport: Transport, origin: string, jwt: string): Promise<{ token: string; expiresInMs: number }> {
  const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt });
  const body = Buffer.from(form.toString());
  let answer: unknown;
  try {
    const reply = await transport.send(
      {
        method: 'POST',
        origin,
        path: TOKEN_PATH,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) },
        body,
        network: origin === TOKEN_ORIGIN ? 'public' : 'loopback',
      },
      DEADLINES,
      NEVER_CANCELLED,
    );
    answer = parseJson((await reply.whole(LONGEST_ANSWER_BYTES)).toString('utf8'));
  } catch (cause) {
    throw refused(cause);
  }
  const { access_token: token, expires_in: seconds } = (answer ?? {}) as JsonObject;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw refused(undefined);
  return { token, expiresInMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : LIFETIME_SECONDS * 1_000 };
}

function unusableKeyFile(): GatewayError {
  return new GatewayError({
    code: 'provider_misconfigured',
    message: "The provider's credential must be a service account's JSON key file with client_email and private_key.",
  });
}

function refused(cause: unknown): GatewayError {
  return new GatewayError({
    code: 'upstream_auth',
    message: "The provider's token service did not accept the gateway's credential.",
    ...(cause === undefined ? {} : { cause }),
  });
}
