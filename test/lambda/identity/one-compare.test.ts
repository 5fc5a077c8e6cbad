import * as crypto from 'node:crypto';
import { formatKey, generateKeyId, hashSecret, verifyKey } from '../../../lambda/identity/virtual-key';

jest.mock('node:crypto', () => {
  const actual = jest.requireActual<typeof crypto>('node:crypto');
  return { ...actual, timingSafeEqual: jest.fn(actual.timingSafeEqual) };
});

const PEPPERS = { current: 1, byVersion: new Map([[1, 'p'.repeat(64)]]) };
const compares = crypto.timingSafeEqual as unknown as jest.Mock;

test.each([
  ['an unknown id', undefined],
  ['a known id and a wrong secret', [{ pepperVersion: 1, hmac: hashSecret('p'.repeat(64), 'other', 'x') }]],
  ['a known id whose pepper is gone', [{ pepperVersion: 7, hmac: hashSecret('p'.repeat(64), 'other', 'x') }]],
])('R07 A05 %s takes exactly one comparison in constant time', (_what, hashes) => {
  compares.mockClear();
  const key = formatKey(generateKeyId(), 'x'.repeat(43));

  expect(verifyKey(hashes, key, PEPPERS, 0)).toBe(false);

  expect(compares).toHaveBeenCalledTimes(1);
  expect(compares.mock.calls[0].map(({ length }: Buffer) => length)).toEqual([64, 64]);
});
