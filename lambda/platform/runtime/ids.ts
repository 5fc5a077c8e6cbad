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
