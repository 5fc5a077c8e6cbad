import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Largest multiple of 62 in a byte: what lies above it would favour the first letters. */
const UNBIASED_BELOW = 248;

/** Random letters and digits, each with the same chance. */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < UNBIASED_BELOW && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
}

/** A 32-bit number as six letters and digits. */
export function base62Of32Bits(value: number): string {
  let rest = value >>> 0;
  let text = '';
  for (let digit = 0; digit < 6; digit += 1) {
    text = ALPHABET[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
