import fc from 'fast-check';
import { costOf, costOfUsage, FREE_PRICE, type Price, tierPercent } from '../../../../lambda/money/pricing';
import { atTier, callPrice, rateAt } from '../../../../lambda/money/pricing/cost';
import { parseUnitUsd } from '../../../../lambda/money/pricing/money';
import { ceilingPrice, completeRates, TOKEN_CLASSES } from '../../../../lambda/money/pricing/price';
import { PRICE_UNITS, type PriceUnit, type UnitCounts } from '../../../../lambda/wire/model';
import type { TokenClasses, Usage } from '../../../../lambda/wire/model/usage';
import { promptTokens, randomPrice, TIER_TOKENS } from '../../../support/random-price';

const OUTPUT = new Set(['output', 'reasoning', 'audioOutput', 'imageOutput']);

/** A price list read by a person: each token at its rate, the whole at its tier, a started nano-dollar is one; then what is counted in pieces. */
function invoice(
  price: Price,
  tokens: TokenClasses,
  tier: string | undefined,
  calls: Readonly<Record<string, number>>,
  units: UnitCounts,
): bigint {
  const prompt = TOKEN_CLASSES.filter((name) => !OUTPUT.has(name)).reduce((sum, name) => sum + tokens[name], 0);
  let list = 0n;
  for (const name of TOKEN_CLASSES) {
    const rate = price.rates[name];
    const reached = rate.tiers.filter(({ above }) => prompt - above >= 1).at(-1);
    list += BigInt(tokens[name]) * (reached?.price ?? rate.base);
  }
  // In millionths of a nano-dollar at a ten-thousandth of a percent: 10^6 for the rates, 10^6 for the percents.
  const tenThousandths = BigInt(
    Math.round((tier === undefined ? 100 : (new Map(Object.entries(price.serviceTiers)).get(tier) ?? 100)) * 10_000),
  );
  let beside = 0n;
  for (const [unit, rate] of Object.entries(price.units ?? {})) {
    const count = units[unit as PriceUnit];
    // Who counts no calls made one.
    const whole = count === undefined ? (unit === 'call' ? 1 : 0) : Math.ceil(count);
    beside += BigInt(whole) * rate;
  }
  const exact = list * tenThousandths + beside * 10n ** 6n;
  let total = exact / 10n ** 12n;
  if (exact % 10n ** 12n > 0n) total++;
  const low = price.calls['request:low'] as bigint;
  const kind = calls['request:low'] !== undefined && low < price.perRequest ? low : price.perRequest;
  for (const [unit, count] of Object.entries(calls)) {
    if (unit.startsWith('request')) continue;
    const name = unit.startsWith('search:deep') ? 'search:deep' : unit.startsWith('search') ? 'search' : 'default';
    total += BigInt(count) * (price.calls[name] as bigint);
  }
  return total + kind;
}

const counts = fc.tuple(promptTokens, fc.array(fc.nat(1_000), { minLength: 11, maxLength: 11 })).map(([prompt, shares]) => {
  const tokens = Object.fromEntries(TOKEN_CLASSES.map((name, index) => [name, shares[index] ?? 0])) as Record<keyof TokenClasses, number>;
  const rest = TOKEN_CLASSES.filter((name) => !OUTPUT.has(name) && name !== 'input').reduce((sum, name) => sum + tokens[name], 0);
  tokens.input = Math.max(0, prompt - rest);
  return tokens as TokenClasses;
});
const tier = fc.constantFrom(undefined, 'priority', 'flex', 'nobody', 'toString');
const calls = fc.dictionary(
  fc.constantFrom('search', 'search_2026', 'search:deep:x', 'sea', 'other', 'request:low'),
  fc.integer({ min: 1, max: 9 }),
);

const units: fc.Arbitrary<UnitCounts> = fc.record(
  Object.fromEntries(PRICE_UNITS.map((name) => [name, fc.oneof(fc.nat(2_000), fc.double({ min: 0, max: 500, noNaN: true }))])),
  { requiredKeys: [] },
);

test('R15 a cost is what a person reads from the price list: rounded up once, at the tier of the whole prompt, every class at its own rate', () => {
  fc.assert(
    fc.property(randomPrice, counts, tier, calls, units, (price, tokens, serviceTier, toolCalls, counted) => {
      const cost = costOf(price, { tokens, toolCalls, units: counted, ...(serviceTier === undefined ? {} : { serviceTier }) });
      expect(cost).toBe(invoice(price, tokens, serviceTier, toolCalls, counted));
    }),
    { numRuns: 400 },
  );
});

test('R15 a started nano-dollar is charged, a whole one is not charged twice', () => {
  const price = (base: bigint): Price => ({
    ...FREE_PRICE,
    rates: completeRates({ input: { base, tiers: [] } }),
    serviceTiers: { half: 50, third: 33.3333 },
  });
  const cost = (base: bigint, inputTokens: number, serviceTier?: string) =>
    costOfUsage(price(base), { inputTokens, ...(serviceTier === undefined ? {} : { serviceTier }) });
  expect([cost(1n, 1), cost(999_999n, 1), cost(1_000_000n, 1), cost(1_000_001n, 1), cost(1n, 1_000_000)]).toEqual([1n, 1n, 1n, 2n, 1n]);
  expect([cost(2_000_000n, 1, 'half'), cost(2_000_001n, 1, 'half'), cost(0n, 5, 'half')]).toEqual([1n, 2n, 0n]);
  // The smallest part of a nano-dollar that there is.
  expect([atTier(0n, 0.0001), atTier(1n, 0.0001), atTier(10n ** 12n, 0.0001), atTier(10n ** 12n + 1n, 0.0001)]).toEqual([0n, 1n, 1n, 2n]);
  expect([cost(1_000_000n, 10_000, 'third'), cost(1_000_000n, 1, 'third')]).toEqual([3_334n, 1n]);
});

test.each([
  [199_999, 1n],
  [200_000, 1n],
  [200_001, 2n],
  [400_000, 2n],
  [400_001, 3n],
])('R15 a prompt of %d tokens is at its own tier: the boundary belongs to the cheaper one', (prompt, price) => {
  const tiers = [
    { above: TIER_TOKENS, price: 2n },
    { above: 2 * TIER_TOKENS, price: 3n },
  ];
  expect(rateAt({ base: 1n, tiers }, prompt)).toBe(price);
});

test('R15 what the cache read and wrote, pictures and sound count towards the length of a prompt; the answer does not', () => {
  const rate = { base: 1_000_000n, tiers: [{ above: TIER_TOKENS, price: 2_000_000n }] };
  const price: Price = { ...FREE_PRICE, rates: completeRates({ input: rate, output: { base: 0n, tiers: [] } }) };
  const long = BigInt(2 * (TIER_TOKENS + 1));
  const whole: Usage = { inputTokens: TIER_TOKENS + 1 };
  expect(costOfUsage(price, { inputTokens: TIER_TOKENS, outputTokens: 9_000_000 })).toBe(BigInt(TIER_TOKENS));
  const part = TIER_TOKENS - 5;
  for (const more of [
    {},
    { cacheReadInputTokens: part },
    { cacheReadInputTokens: part, audioCacheReadInputTokens: part },
    { cacheCreationInputTokens: part },
    { cacheCreationInputTokens: part, cacheCreation1hInputTokens: part },
    { audioInputTokens: part },
    { imageInputTokens: part },
  ]) {
    expect(costOfUsage(price, { ...whole, ...more })).toBe(long);
  }
});

test('R15 each class of a report is charged at its own rate, and what is left at the whole’s', () => {
  const classes = TOKEN_CLASSES.map((name, index) => [name, { base: 10n ** BigInt(index) * 1_000_000n, tiers: [] }] as const);
  const price: Price = { ...FREE_PRICE, rates: Object.fromEntries(classes) as unknown as Price['rates'] };
  const one = (usage: Usage) => costOfUsage(price, usage);
  const at = (name: (typeof TOKEN_CLASSES)[number]) => 10n ** BigInt(TOKEN_CLASSES.indexOf(name));
  expect(one({ inputTokens: 1 })).toBe(at('input'));
  expect(one({ inputTokens: 1, cacheReadInputTokens: 1 })).toBe(at('cacheRead'));
  expect(one({ inputTokens: 1, cacheReadInputTokens: 1, audioCacheReadInputTokens: 1 })).toBe(at('audioCacheRead'));
  expect(one({ inputTokens: 1, cacheCreationInputTokens: 1 })).toBe(at('cacheWrite5m'));
  expect(one({ inputTokens: 1, cacheCreationInputTokens: 1, cacheCreation1hInputTokens: 1 })).toBe(at('cacheWrite1h'));
  expect(one({ inputTokens: 1, audioInputTokens: 1 })).toBe(at('audioInput'));
  expect(one({ inputTokens: 1, imageInputTokens: 1 })).toBe(at('imageInput'));
  expect(one({ outputTokens: 1 })).toBe(at('output'));
  expect(one({ outputTokens: 1, reasoningOutputTokens: 1 })).toBe(at('reasoning'));
  expect(one({ outputTokens: 1, audioOutputTokens: 1 })).toBe(at('audioOutput'));
  expect(one({ outputTokens: 1, imageOutputTokens: 1 })).toBe(at('imageOutput'));
  expect(one({ inputTokens: 7, cacheReadInputTokens: 2, cacheCreationInputTokens: 3, cacheCreation1hInputTokens: 1 })).toBe(
    2n * at('input') + 2n * at('cacheRead') + 2n * at('cacheWrite5m') + at('cacheWrite1h'),
  );
  // What a provider bills has its discounts in it already.
  expect(one({ inputTokens: 9, cacheReadInputTokens: 4, billedInputTokens: 3, outputTokens: 8, billedOutputTokens: 2 })).toBe(
    3n * at('input') + 2n * at('output'),
  );
});

test('R15 a class without a price of its own costs what its nearest relative does', () => {
  const rate = (base: bigint) => ({ base, tiers: [] });
  const bases = (known: Parameters<typeof completeRates>[0]) => {
    const rates = completeRates(known);
    return TOKEN_CLASSES.map((name) => rates[name].base);
  };
  // In the order of classes: input, cacheRead, audioCacheRead, cacheWrite5m, cacheWrite1h, audioInput, imageInput, output, reasoning, audioOutput, imageOutput.
  expect(bases({})).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
  expect(bases({ input: rate(1n) })).toEqual([1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n]);
  expect(bases({ output: rate(2n) })).toEqual([2n, 2n, 2n, 2n, 2n, 2n, 2n, 2n, 2n, 2n, 2n]);
  expect(bases({ input: rate(1n), output: rate(2n) })).toEqual([1n, 1n, 1n, 1n, 1n, 1n, 1n, 2n, 2n, 2n, 2n]);
  expect(bases({ input: rate(1n), cacheRead: rate(3n) })).toEqual([1n, 3n, 3n, 1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n]);
  expect(bases({ input: rate(1n), cacheRead: rate(3n), audioInput: rate(4n) })).toEqual([1n, 3n, 4n, 1n, 1n, 4n, 1n, 1n, 1n, 1n, 1n]);
  expect(bases({ input: rate(1n), cacheWrite5m: rate(5n) })).toEqual([1n, 1n, 1n, 5n, 5n, 1n, 1n, 1n, 1n, 1n, 1n]);
  expect(bases(Object.fromEntries(TOKEN_CLASSES.map((name, index) => [name, rate(BigInt(index + 1))])))).toEqual(
    TOKEN_CLASSES.map((_name, index) => BigInt(index + 1)),
  );
});

test('R15 tiers and tools that nobody listed', () => {
  const price: Price = { ...FREE_PRICE, calls: { default: 5n, a: 1n, 'a:b': 2n, ab: 3n }, serviceTiers: { flex: 50 } };
  expect(['flex', 'priority', undefined, 'constructor', '__proto__'].map((name) => tierPercent(price, name))).toEqual([
    50, 100, 100, 100, 100,
  ]);
  expect(['a', 'a:', 'a:b', 'a:bc', 'ab', 'abc', 'b', 'default'].map((unit) => callPrice(price, unit))).toEqual([
    1n,
    1n,
    2n,
    2n,
    3n,
    3n,
    5n,
    5n,
  ]);
  expect(callPrice({ ...price, calls: {} }, 'a')).toBe(0n);
  const none = { tokens: Object.fromEntries(TOKEN_CLASSES.map((name) => [name, 0])) as unknown as TokenClasses };
  // Nothing is billed backwards, and a part of a call is a call.
  expect(costOf(price, { ...none, toolCalls: { a: -3, b: 0 } })).toBe(0n);
  expect(costOf(price, { ...none, toolCalls: { a: 1.5 } })).toBe(2n);
  expect(costOf(ceilingPrice(77n), none)).toBe(77n);
  expect(costOf({ ...price, perRequest: 9n, calls: { 'request:low': 4n } }, { ...none, toolCalls: { 'request:low': 1 } })).toBe(4n);
  expect(costOf({ ...price, perRequest: 9n }, { ...none, toolCalls: { 'request:low': 1 } })).toBe(9n);
  expect(costOf({ ...price, perRequest: 9n, calls: { 'request:low': 4n } }, { ...none, toolCalls: { 'request:low': 0 } })).toBe(9n);
});

test('R15 pictures, seconds, characters, pages and calls are charged each at its own price, to the millionth of a nano-dollar', () => {
  const units = { image: parseUnitUsd('0.04'), second: parseUnitUsd('0.000011111111112'), character: parseUnitUsd('0.000015') };
  const price: Price = { ...FREE_PRICE, units: { ...(units as Price['units']), page: 10n ** 12n, call: 2n * 10n ** 12n } };
  const cost = (counts: UnitCounts) => costOfUsage(price, { units: counts });
  expect(cost({ call: 0 })).toBe(0n);
  expect(cost({})).toBe(2_000_000n);
  expect(cost({ call: 3 })).toBe(6_000_000n);
  expect(cost({ call: 0, image: 2 })).toBe(80_000_000n);
  // An hour at 4 cents: the price of a second cannot be said more exactly, and what is begun is charged.
  expect(cost({ call: 0, second: 3_600 })).toBe(40_000_001n);
  expect(cost({ call: 0, second: 0.2 })).toBe(11_112n);
  expect(cost({ call: 0, character: 4_096 })).toBe(61_440_000n);
  expect(cost({ call: 0, page: 1 })).toBe(1_000_000n);
});

test('R15 a fast tier makes tokens dearer, and nothing that is billed beside them', () => {
  const price: Price = {
    ...FREE_PRICE,
    rates: completeRates({ input: { base: 10n ** 9n, tiers: [] } }),
    units: { image: 10n ** 12n },
    serviceTiers: { priority: 200 },
  };
  expect(costOfUsage(price, { inputTokens: 10, units: { image: 1 }, serviceTier: 'priority' })).toBe(20_000n + 1_000_000n);
});
