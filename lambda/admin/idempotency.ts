import { createHash, createHmac } from 'node:crypto';
import type { Peppers } from '../identity';
import { generateKeyId, randomBase62 } from '../identity';
import { GatewayError, invalidRequest } from '../platform/error';
import type { JsonObject } from '../platform/json';
import type { Caller } from './caller';
import type { AdminRequest } from './message';
import { header } from './message';

const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const SECRET_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 43;
/** Largest multiple of 62 in a byte: what lies above it would favour the first letters. */
const UNBIASED_BELOW = 248;

/**
 * Where a creation takes its id and secret from. Without an idempotency key both are random. With one they follow from it,
 * the caller and the pepper, so that the same call finds what it made the first time and can be answered the same again,
 * although the secret is stored nowhere.
 */
export interface Creation {
  readonly id: string;
  readonly secret: string;
  /** Hash of the body; present only with an idempotency key. */
  readonly requestHash?: string;
}

/** @throws GatewayError 400 for an unusable `idempotency-key` */
export function planCreation(request: AdminRequest, caller: Caller, resource: string, body: JsonObject, peppers: Peppers): Creation {
  const key = header(request, 'idempotency-key');
  if (key === undefined) return { id: generateKeyId(), secret: randomBase62(SECRET_LENGTH) };
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalidRequest('idempotency-key', 'idempotency-key takes 1 to 255 printable characters without spaces.');
  }
  const pepper = peppers.byVersion.get(peppers.current) as string;
  const derive = (purpose: string, round = 0) =>
    createHmac('sha512', pepper)
      .update(JSON.stringify(['idempotency', purpose, round, caller.keyId, resource, key]))
      .digest();
  const id = [...derive('id').subarray(0, 16)].map((byte) => ID_ALPHABET[byte & 31]).join('');
  let secret = '';
  for (let round = 0; secret.length < SECRET_LENGTH; round += 1) {
    for (const byte of derive('secret', round)) {
      if (byte < UNBIASED_BELOW && secret.length < SECRET_LENGTH) secret += SECRET_ALPHABET[byte % 62];
    }
  }
  return { id, secret, requestHash: createHash('sha256').update(canonical(body)).digest('hex') };
}

/** The id is taken: by the same call, which is then answered again, or by another one. */
export function checkReplay(creation: Creation, stored: { readonly requestHash?: string } | undefined, resource: string): void {
  if (creation.requestHash === undefined || stored?.requestHash === undefined) {
    throw new GatewayError({
      code: 'already_exists',
      message: `There is a ${resource} with this id already.`,
      param: 'id',
    });
  }
  if (stored.requestHash !== creation.requestHash) {
    throw new GatewayError({
      code: 'idempotency_key_reused',
      message: 'This idempotency-key came before with another request body.',
      param: 'idempotency-key',
    });
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
