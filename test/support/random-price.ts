import fc from 'fast-check';
import type { Price } from '../../lambda/money/pricing';
import { type Rate, TOKEN_CLASSES, type TokenClass } from '../../lambda/money/pricing/price';
import { PRICE_UNITS } from '../../lambda/wire/model';

/** Where a price of the tests becomes dearer: a prompt of exactly this length does not. */
export const TIER_TOKENS = 200_000;

/** Lengths of prompts about the boundaries of tiers. */
export const promptTokens = fc.oneof(
  fc.integer({ min: 0, max: 900_000 }),
  fc.integer({ min: TIER_TOKENS - 2, max: TIER_TOKENS + 2 }),
  fc.integer({ min: 2 * TIER_TOKENS - 2, max: 2 * TIER_TOKENS + 2 }),
);

/** Odd amounts, so that a division never comes out even. */
const amount = fc.bigInt(1n, 99_999_999_999n);
const rate: fc.Arbitrary<Rate> = fc
  .tuple(amount, fc.option(amount, { nil: undefined }), fc.option(amount, { nil: undefined }))
  .map(([base, first, second]) => ({
    base,
    tiers: [
      ...(first === undefined ? [] : [{ above: TIER_TOKENS, price: first }]),
      ...(second === undefined ? [] : [{ above: 2 * TIER_TOKENS, price: second }]),
    ],
  }));

/** Percents of service tiers, down to the fourth decimal. */
const percent = fc.integer({ min: 1, max: 4_000_000 }).map((steps) => steps / 10_000);

/** Some units without a price, and others down to a millionth of a nano-dollar. */
const units: fc.Arbitrary<Price['units']> = fc.option(
  fc.record(Object.fromEntries(PRICE_UNITS.map((name) => [name, fc.oneof(amount, fc.bigInt(1n, 10n ** 15n))])), { requiredKeys: [] }),
  { nil: undefined },
);

/** A price with another rate for every class. */
export const randomPrice: fc.Arbitrary<Price> = fc
  .tuple(
    units,
    fc.record<Price>({
      version: fc.constant('test'),
      source: fc.constant('book' as const),
      rates: fc.record(Object.fromEntries(TOKEN_CLASSES.map((name) => [name, rate])) as Record<TokenClass, fc.Arbitrary<Rate>>),
      calls: fc.record({ default: amount, search: amount, 'search:deep': amount, 'request:low': amount }),
      perRequest: fc.oneof(fc.constant(0n), amount),
      serviceTiers: fc.record({ priority: percent, flex: percent }),
    }),
  )
  .map(([known, price]) => (known === undefined ? price : { ...price, units: known }));
