import { hash } from 'node:crypto';
import { GatewayError } from '../platform/error';
import type { Clock, Soon } from '../platform/runtime';
import { credentialOf, notAuthenticated, type RequestHeaders } from './credential';
import type { KeyHash, KeyRecord } from './entities';
import { type Peppers, parsePeppers } from './peppers';
import type { Secrets } from './ports';
import type { DatedRows, IdentityRows, KeptRows } from './rows';
import { type ParsedKey, parseKey, ROOT_KEY_ID, verifyKey } from './virtual-key';

/** Clocks of callers, the table and this process may differ by this much. */
const SKEW_MS = 2_000;
/** A row that refuses a caller is read again when it is older than this: the key may just have been rotated or unblocked. */
const RECHECK_AFTER_MS = 1_000;
/** Refusals that an administrator may take back. */
const REOPENED: ReadonlySet<string> = new Set(['key_blocked', 'key_expired']);

/** Who calls. */
export interface Caller {
  readonly key: KeyRecord;
  /** What its call is planned from. */
  readonly rows: KeptRows;
  /** They were read for this call, all of them. */
  readonly isAnew: boolean;
  /**
   * The same caller by its rows as they are now.
   *
   * @throws GatewayError as `authenticate`
   */
  again(): Promise<Caller>;
}

export interface Authenticator {
  /**
   * Finds out who calls.
   *
   * @param anew reads the key's rows as they are now; for routes that do not pass the ledger, which does so itself
   * @param beside called when the credential has the form of a key, to begin what is read beside the key's rows
   * @throws GatewayError 400 `ambiguous_credentials`; 401 `invalid_api_key`, `key_revoked`, `key_expired`; 403 `key_blocked`;
   * 503 `misconfigured`, `secret_unavailable`, `store_unavailable`
   */
  authenticate(headers: RequestHeaders, anew: boolean, beside?: () => void): Promise<Caller>;
  /**
   * Whether anybody could be authenticated at all.
   *
   * @throws GatewayError 503 `misconfigured`, `secret_unavailable`
   */
  check(): Promise<void>;
}

/** Authenticates virtual keys. What is malformed is refused before anything is read. */
export function createAuthenticator(
  rows: Pick<IdentityRows, 'of' | 'anew'>,
  secrets: Secrets,
  pepperSecretArn: string,
  clock: Clock,
): Authenticator {
  const present = rememberOpened();
  let parsedFrom = '';
  let peppers: Peppers | undefined;

  const peppersIn = (text: string): Peppers => {
    if (peppers === undefined || text !== parsedFrom) {
      peppers = parsePeppers(text);
      parsedFrom = text;
    }
    return peppers;
  };
  const currentPeppers = (): Soon<Peppers> => {
    const text = secrets.read(pepperSecretArn);
    return typeof text === 'string' ? peppersIn(text) : text.then(peppersIn);
  };

  async function read(reading: Promise<DatedRows>): Promise<DatedRows> {
    try {
      return await reading;
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  async function admit(presented: Presented, current: Peppers, anew: boolean): Promise<Caller> {
    const refuse = (row: KeyRecord | undefined): GatewayError | undefined => {
      const nowMs = clock.now();
      return refusalOf(row, presented.opens(row?.hashes, current, nowMs), nowMs);
    };
    let isAnew = anew;
    const known = anew ? rows.anew(presented.keyId) : rows.of(presented.keyId);
    let found = known instanceof Promise ? await read(known) : known;
    let refusal = refuse(found.rows?.key);
    // Who holds the secret of a key that is blocked or over is told by the row as it is now.
    const mostAgeMs = REOPENED.has(refusal?.code ?? '') ? 0 : RECHECK_AFTER_MS;
    if (refusal !== undefined && found.rows !== undefined && found.ageMs > mostAgeMs) {
      isAnew = true;
      found = await read(rows.anew(presented.keyId));
      refusal = refuse(found.rows?.key);
    }
    if (refusal !== undefined || found.rows === undefined) throw refusal ?? notAuthenticated('AuthUnknownKey');
    return { key: found.rows.key, rows: found.rows, isAnew, again: async () => admit(presented, await currentPeppers(), true) };
  }

  return {
    async check() {
      await currentPeppers();
    },
    async authenticate(headers, anew, beside) {
      const current = currentPeppers();
      const known = current instanceof Promise ? await current : current;
      const presented = present(credentialOf(headers));
      beside?.();
      return await admit(presented, known, anew);
    },
  };
}

/** A credential as it was presented. */
interface Presented {
  readonly keyId: string;
  /** Whether it opens a row with these hashes. */
  opens(hashes: readonly KeyHash[] | undefined, peppers: Peppers, nowMs: number): boolean;
}

const MAX_OPENED = 1_000;

/**
 * Reads credentials, and remembers by their digests which rows they opened, so that a busy key is taken apart and costs its HMAC once
 * per row read.
 *
 * @throws GatewayError 401 for what cannot be a key of callers
 */
function rememberOpened(): (credential: string) => Presented {
  const opened = new Map<string, { readonly keyId: string; readonly hashes: readonly KeyHash[] }>();

  return (credential) => {
    const digest = hash('sha256', credential, 'base64');
    const known = opened.get(digest);
    let parsed: ParsedKey | undefined;
    const parse = (): ParsedKey => {
      parsed ??= callersKey(credential);
      return parsed;
    };
    const keyId = known?.keyId ?? parse().keyId;
    return {
      keyId,
      opens(hashes, peppers, nowMs) {
        if (known !== undefined && known.hashes === hashes) return true;
        if (!verifyKey(hashes, parse(), peppers, nowMs)) return false;
        // A secret in its grace period stops working at a moment of its own, so those are verified each time.
        if (hashes === undefined || hashes.length !== 1 || hashes[0]?.validUntil !== undefined) return true;
        if (opened.size >= MAX_OPENED) opened.clear();
        opened.set(digest, { keyId, hashes });
        return true;
      },
    };
  };
}

/** Whether the headers bear one credential in the form of a caller's key; nobody is asked, so it may be no key of this gateway. */
export function bearsKey(headers: RequestHeaders): boolean {
  try {
    callersKey(credentialOf(headers));
    return true;
  } catch {
    return false;
  }
}

function callersKey(credential: string): ParsedKey {
  const parsed = parseKey(credential);
  if (parsed === undefined) throw notAuthenticated('AuthBadFormat');
  if (parsed.keyId === ROOT_KEY_ID) throw notAuthenticated('AuthUnknownKey');
  return parsed;
}

/** Why this row does not let the caller in. The state of a key is told only to who holds its secret. */
function refusalOf(key: KeyRecord | undefined, matches: boolean, nowMs: number): GatewayError | undefined {
  if (key === undefined) return notAuthenticated('AuthUnknownKey');
  if (!matches) return notAuthenticated('AuthWrongSecret');
  if (key.status === 'revoked') return unusable('key_revoked', 'This API key has been revoked.');
  if (key.status === 'blocked') return blocked();
  if (key.expiresAt !== undefined && nowMs > Date.parse(key.expiresAt) + SKEW_MS)
    return unusable('key_expired', 'This API key has expired.');
  return undefined;
}

/** A 401 for a key that was good once. */
export function unusable(code: 'key_revoked' | 'key_expired', message: string): GatewayError {
  return new GatewayError({ code, message, cause: code });
}

export function blocked(): GatewayError {
  return new GatewayError({ code: 'key_blocked', message: 'This API key is blocked.' });
}

/** The 503 for a table that does not answer: never a 401, never let through. */
export function storeUnavailable(cause: unknown): GatewayError {
  return new GatewayError({
    code: 'store_unavailable',
    message: "The gateway's store does not answer just now; try again shortly.",
    retryAfterMs: 2_000,
    cause,
  });
}
