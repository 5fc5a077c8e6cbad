import fc from 'fast-check';
import { formatUsd, NANO_USD, parseUsd, usd } from '../../../../lambda/money/pricing';
import { formatUnitUsd, parseUnitUsd, unitUsd } from '../../../../lambda/money/pricing/money';

test('amounts survive writing and reading exactly', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 23n), max: 10n ** 23n }), (amount) => {
      expect(parseUsd(formatUsd(amount))).toBe(amount);
    }),
  );
});

test.each([
  ['25', 25_000_000_000n],
  ['25.00', 25_000_000_000n],
  ['0.000000001', 1n],
  ['-1.5', -1_500_000_000n],
])('%s is %s nano-USD', (text, amount) => {
  expect(parseUsd(text)).toBe(amount);
});

test.each(['', '.5', '1.', '1e3', '0x10', '1,000', ' 1', '1.0000000001', 'NaN', '9'.repeat(16)])('fails on %p', (text) => {
  expect(parseUsd(text)).toBeUndefined();
});

test('amounts are written with at least two and at most nine digits', () => {
  expect(formatUsd(25_000_000_000n)).toBe('25.00');
  expect(formatUsd(1n)).toBe('0.000000001');
  expect(formatUsd(-1_500_000_000n)).toBe('-1.50');
});

test('R15 nothing has no sign, and neither has the smallest amount', () => {
  expect([formatUsd(0n), formatUsd(-1n), formatUsd(10_000_000n), formatUsd(1_000_000n)]).toEqual(['0.00', '-0.000000001', '0.01', '0.001']);
  expect(parseUsd('1')).toBe(NANO_USD);
  expect([parseUsd('-0'), parseUsd('0.1'), parseUsd('9'.repeat(15)), usd('0.05')]).toEqual([
    0n,
    100_000_000n,
    999_999_999_999_999n * 10n ** 9n,
    50_000_000n,
  ]);
  expect(() => usd('1e3')).toThrow('not an amount in US dollars: 1e3');
  expect(() => usd('x'.repeat(9_000))).toThrow(new Error(`not an amount in US dollars: ${'x'.repeat(40)}`));
});

test('R15 what one costs is written and read exactly, down to a millionth of a nano-dollar', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n }), (amount) => {
      expect(parseUnitUsd(formatUnitUsd(amount))).toBe(amount);
    }),
  );
  expect([formatUnitUsd(1n), formatUnitUsd(4n * 10n ** 13n), formatUnitUsd(-(10n ** 15n))]).toEqual(['0.000000000000001', '0.04', '-1.00']);
  expect([unitUsd('0.000000000000001'), unitUsd('2'), parseUnitUsd('0.0000000000000001')]).toEqual([1n, 2n * 10n ** 15n, undefined]);
  expect(() => unitUsd('2,5')).toThrow('not an amount in US dollars: 2,5');
});
