import { base62Of32Bits, randomBase62 } from '../../../lambda/identity/base62';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

test('a number is written with its digits to the base of 62, six of them', () => {
  expect(base62Of32Bits(0)).toBe('000000');
  expect(base62Of32Bits(61)).toBe('00000z');
  expect(base62Of32Bits(62)).toBe('000010');
  expect(base62Of32Bits(62 ** 5 + 2 * 62 + 3)).toBe('100023');
  expect(base62Of32Bits(-1)).toBe(base62Of32Bits(2 ** 32 - 1));
  expect([...base62Of32Bits(2 ** 32 - 1)].reduce((sum, digit) => sum * 62 + LETTERS.indexOf(digit), 0)).toBe(2 ** 32 - 1);
});

test('every letter of a random text has the same chance', () => {
  const length = 620_000;
  const text = randomBase62(length);
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);

  expect(text).toHaveLength(length);
  expect([...counts.keys()].sort().join('')).toBe(LETTERS);
  // Ten standard deviations of an even draw; a byte taken modulo 62 would favour eight letters by a quarter.
  for (const count of counts.values()) expect(Math.abs(count - length / 62)).toBeLessThan(1_000);
});
