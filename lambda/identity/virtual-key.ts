import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62Of32Bits, randomBase62 } from './base62';
import type { KeyHash } from './entities';
import type { Peppers } from './peppers';

/** Id of the bootstrap credential, which is good for the admin plane only. */
export const ROOT_KEY_ID = 'root';

const SECRET_LENGTH = 43;
const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_LENGTH = 16;
const LONGEST_KEY = 256;
const FORMAT = /^sk-gw-([a-z2-7]{16})-([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
const ROOT_FORMAT = /^sk-gw-root-([0-9A-Za-z]{32,128})$/;

/** What a virtual key's text says of itself. */
export interface ParsedKey {
  readonly keyId: string;
  readonly secret: string;
}

/** A new key: `text` is shown once and never stored. */
export interface GeneratedKey extends ParsedKey {
  readonly text: string;
  /** The last four characters of `text`, for people. */
  readonly lastFour: string;
}

/** A random key id: 80 bits in lower-case base32. */
export function generateKeyId(): string {
  let id = '';
  for (const byte of randomBytes(ID_LENGTH)) id += ID_ALPHABET[byte & 31];
  return id;
}

/**
 * Makes a key: `sk-gw-<key id>-<secret><checksum>`, 256 bits of secret.
 *
 * @param keyId the id of an existing key whose secret is rotated; a new one by default
 */
export function generateKey(keyId: string = generateKeyId()): GeneratedKey {
  return formatKey(keyId, randomBase62(SECRET_LENGTH));
}

/** The text of a key whose secret is known: 43 letters and digits. */
export function formatKey(keyId: string, secret: string): GeneratedKey {
  const text = `sk-gw-${keyId}-${secret}${checksum(keyId, secret)}`;
  return { keyId, secret, text, lastFour: text.slice(-4) };
}

/** Takes a key's text apart without asking anybody. Undefined when it cannot be a key of any gateway. */
export function parseKey(text: string): ParsedKey | undefined {
  if (text.length > LONGEST_KEY) return undefined;
  const match = FORMAT.exec(text);
  if (match !== null) {
    const [, keyId, secret, check] = match as unknown as [string, string, string, string];
    return checksum(keyId, secret) === check ? { keyId, secret } : undefined;
  }
  const root = ROOT_FORMAT.exec(text);
  return root === null ? undefined : { keyId: ROOT_KEY_ID, secret: root[1] as string };
}

/** Whether a text has the form of a bootstrap credential, which only the admin plane can check. */
export function isBootstrapForm(text: string): boolean {
  return text.length <= LONGEST_KEY && ROOT_FORMAT.test(text);
}

/** HMAC-SHA-256 of a secret under a pepper, bound to its key's id; lower-case hex. */
export function hashSecret(pepper: string, keyId: string, secret: string): string {
  return createHmac('sha256', pepper).update(`${keyId}\n${secret}`).digest('hex');
}

/**
 * Whether the secret belongs to the key, compared in constant time.
 *
 * A key that does not exist is compared against a hash that nothing matches, so that both cost the same.
 *
 * @param hashes of the stored key; undefined when no such key exists
 * @param nowMs epoch milliseconds: a hash past its `validUntil` no longer counts
 */
export function verifyKey(hashes: readonly KeyHash[] | undefined, parsed: ParsedKey, peppers: Peppers, nowMs: number): boolean {
  const candidates = hashes === undefined || hashes.length === 0 ? [unmatchable(peppers)] : hashes;
  let matches = false;
  for (const candidate of candidates) {
    const pepper = peppers.byVersion.get(candidate.pepperVersion) ?? (peppers.byVersion.get(peppers.current) as string);
    const known = peppers.byVersion.has(candidate.pepperVersion);
    const live = candidate.validUntil === undefined || nowMs < Date.parse(candidate.validUntil);
    const equal = equalHex(hashSecret(pepper, parsed.keyId, parsed.secret), candidate.hmac);
    matches = matches || (equal && known && live);
  }
  return matches;
}

/** Whether two texts are equal, in a time that depends on their lengths alone. */
export function equalInConstantTime(left: string, right: string): boolean {
  return equalHex(createHmac('sha256', 'compare').update(left).digest('hex'), createHmac('sha256', 'compare').update(right).digest('hex'));
}

function checksum(keyId: string, secret: string): string {
  return base62Of32Bits(crc32(`${keyId}-${secret}`));
}

function unmatchable(peppers: Peppers): KeyHash {
  return { pepperVersion: peppers.current, hmac: '' };
}

function equalHex(computed: string, stored: string): boolean {
  const left = Buffer.from(computed, 'latin1');
  const right = Buffer.alloc(left.length);
  const written = right.write(stored, 'latin1');
  return timingSafeEqual(left, right) && written === left.length && stored.length === computed.length;
}
