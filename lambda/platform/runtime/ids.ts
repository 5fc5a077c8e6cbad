import { randomFillSync } from 'node:crypto';

const random = Buffer.alloc(10 * 256);
/** The same in hexadecimal digits, two for each byte. */
let digits = '';
let used = random.length;
const VARIANT = '89ab';

/**
 * A UUID version 7 (RFC 9562): 48 bits of epoch milliseconds, then randomness, so that ids sort by time.
 *
 * @param nowMs epoch milliseconds, from the `Clock`
 */
export function uuidV7(nowMs: number): string {
  if (used === random.length) {
    digits = randomFillSync(random).toString('hex');
    used = 0;
  }
  const time = Math.floor(nowMs).toString(16).padStart(12, '0');
  const noise = digits.slice(used * 2, used * 2 + 20);
  const variant = VARIANT[(random[used + 1] as number) & 0x3] as string;
  used += 10;
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${noise.slice(0, 3)}-${variant}${noise.slice(4, 7)}-${noise.slice(8, 20)}`;
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Largest multiple of 62 in a byte: what lies above it would favour the first letters. */
const UNBIASED_BELOW = 248;
const TIME_LETTERS = 8;
/** The end of the years that dates can be written in. */
const LATEST_MS = 253_402_300_800_000;
const NOISE_LETTERS = 14;
let noise = '';
let noiseAt = 0;

/** When an attempt's id was made, in epoch ms; undefined for what is none. */
export function timeOfAttempt(id: string): number | undefined {
  if (!/^[0-9A-Za-z]{22}$/.test(id)) return undefined;
  let ms = 0;
  for (const letter of id.slice(0, TIME_LETTERS)) ms = ms * 62 + LETTERS.indexOf(letter);
  return ms < LATEST_MS ? ms : undefined;
}

/**
 * The id of one attempt: 22 letters and digits that sort by time, as random as a UUID. It stands in every page that the attempt has an
 * entry on, so it is short.
 */
export function attemptId(nowMs: number): string {
  if (noiseAt + NOISE_LETTERS > noise.length) {
    noise = '';
    noiseAt = 0;
    for (const byte of randomFillSync(Buffer.alloc(4_096))) if (byte < UNBIASED_BELOW) noise += LETTERS[byte % 62];
  }
  let time = '';
  for (let rest = Math.floor(nowMs), left = TIME_LETTERS; left > 0; left--, rest = Math.floor(rest / 62)) time = LETTERS[rest % 62] + time;
  noiseAt += NOISE_LETTERS;
  return time + noise.slice(noiseAt - NOISE_LETTERS, noiseAt);
}
