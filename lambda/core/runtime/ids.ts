import { randomFillSync } from 'node:crypto';

const random = Buffer.alloc(10 * 256);
let used = random.length;

/**
 * A UUID version 7 (RFC 9562): 48 bits of epoch milliseconds, then randomness, so that ids sort by time.
 *
 * @param nowMs epoch milliseconds, from the `Clock`
 */
export function uuidV7(nowMs: number): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const time = Math.floor(nowMs).toString(16).padStart(12, '0');
  const noise = random.toString('hex', used, used + 10);
  used += 10;
  const variant = ((Number.parseInt(noise[3] as string, 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${noise.slice(0, 3)}-${variant}${noise.slice(4, 7)}-${noise.slice(8, 20)}`;
}
