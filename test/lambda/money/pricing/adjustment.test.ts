import fc from 'fast-check';
import {
  adjustmentOf,
  boundOf,
  capForCost,
  charged,
  chargeOfUsage,
  costOfUsage,
  createPriceBook,
  dearerPrice,
  type Price,
  type PriceOverride,
  parsePercent,
  percentText,
  textCost,
} from '../../../../lambda/money/pricing';
import { chargeOf } from '../../../../lambda/money/pricing/adjustment';
import { PERCENT_PATTERN } from '../../../../lib/private/contract';
import { bookOf } from '../../../support/prices';
import { randomPrice } from '../../../support/random-price';

const WHOLE = 1_000_000n;
const millionths = fc.bigInt({ min: 0n, max: 11n * WHOLE });
const adjustment = fc.record({ place: millionths, team: millionths });
const amount = fc.bigInt({ min: 0n, max: 10n ** 24n });
const override = (id: string, fields: Partial<PriceOverride>): PriceOverride => ({ id, generation: 1, updatedAt: '', ...fields });

describe('percentages', () => {
  test.each([
    ['-12.5', 875_000n],
    ['10', 1_100_000n],
    ['0', 1_000_000n],
    ['-100', 0n],
    ['1000', 11_000_000n],
    ['-0.0001', 999_999n],
    ['999.9999', 10_999_999n],
  ])('%s is exact', (text, whole) => {
    expect(parsePercent(text)).toBe(whole);
    expect(new RegExp(PERCENT_PATTERN).test(text)).toBe(true);
    expect(percentText(whole)).toBe(text);
  });

  test('what an administrator may write is read, and nothing makes a price negative', () => {
    const pattern = new RegExp(PERCENT_PATTERN);
    const texts = fc.oneof(fc.stringMatching(pattern), fc.stringMatching(/^-?\d{1,5}(\.\d{0,6})?$/), fc.string());
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parsePercent(text);
        if (pattern.test(text)) expect(parsed).toBeDefined();
        if (parsed !== undefined) expect(parsed >= 0n && parsed <= 11n * WHOLE).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(['-100.0001', '1000.5', '-101', '1e3', '+5', '12.', ' 5', '٣'].map(parsePercent)).toEqual(Array(8).fill(undefined));
  });
});

describe('what is charged', () => {
  test('R15 is rounded up to a nano-dollar at each step, exact, and never below zero', () => {
    fc.assert(
      fc.property(amount, adjustment, (list, terms) => {
        const { listNanoUsd, billedNanoUsd, costNanoUsd } = chargeOf(list, terms);
        expect(listNanoUsd).toBe(list);
        const beyond = billedNanoUsd * WHOLE - list * terms.place;
        expect(beyond >= 0n && beyond < WHOLE).toBe(true);
        const beyondTeam = costNanoUsd * WHOLE - billedNanoUsd * terms.team;
        expect(beyondTeam >= 0n && beyondTeam < WHOLE).toBe(true);
        expect(charged(list, terms)).toBe(costNanoUsd);
      }),
    );
  });

  test('R15 never falls as the list price grows, nor as a mark-up does', () => {
    fc.assert(
      fc.property(amount, amount, adjustment, millionths, (list, more, terms, other) => {
        expect(charged(list + more, terms) >= charged(list, terms)).toBe(true);
        const dearer = { place: terms.place + other, team: terms.team };
        expect(charged(list, dearer) >= charged(list, terms)).toBe(true);
      }),
    );
  });

  test('R11 no call is charged more than its bound, nor capped above what it may cost, whatever was agreed', () => {
    fc.assert(
      fc.property(
        randomPrice,
        fc.option(adjustment, { nil: undefined }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        (known, terms, bodyBytes, cap, most) => {
          const price: Price = terms === undefined ? known : { ...known, adjustment: terms };
          const input = { facts: { choices: 1, media: [], toolUses: [] }, bodyBytes, maxOutputTokens: cap, prices: [price] };
          const bound = boundOf(input).costNanoUsd;
          const longest = Math.min(bodyBytes, price.contextWindow ?? bodyBytes);
          const usage = { inputTokens: longest, outputTokens: Math.min(cap, price.maxOutputTokens ?? cap, price.contextWindow ?? cap) };
          const { listNanoUsd, costNanoUsd } = chargeOfUsage(price, usage);
          expect(costNanoUsd <= bound).toBe(true);
          expect(listNanoUsd).toBe(costOfUsage(price, usage));
          expect(costNanoUsd).toBe(charged(listNanoUsd, terms));
          const held = capForCost(input, most);
          if (held !== undefined) expect(boundOf({ ...input, maxOutputTokens: held }).costNanoUsd <= most).toBe(true);
        },
      ),
    );
  });

  test('R15 of two models that answer one call, the dearer terms hold', () => {
    fc.assert(
      fc.property(
        randomPrice,
        fc.option(adjustment, { nil: undefined }),
        fc.option(adjustment, { nil: undefined }),
        fc.nat(10_000),
        (known, left, right, tokens) => {
          const [first, other] = [left, right].map((terms): Price => (terms === undefined ? known : { ...known, adjustment: terms }));
          const both = textCost(dearerPrice(first as Price, other as Price), tokens, tokens, undefined);
          expect(both >= textCost(first as Price, tokens, tokens, undefined)).toBe(true);
          expect(both >= textCost(other as Price, tokens, tokens, undefined)).toBe(true);
        },
      ),
    );
  });
});

describe('which terms hold', () => {
  const meant = [
    override('p/m', { teamPercent: { red: '5' } }),
    override('p/*', { percent: '-20', teamPercent: { red: '50', blue: '10' } }),
    override('*', { percent: '3' }),
  ];

  test('the first of the provider, and the first of the team', () => {
    expect(adjustmentOf(meant, undefined)).toEqual({ place: 800_000n, team: WHOLE });
    expect(adjustmentOf(meant, 'red')).toEqual({ place: 800_000n, team: 1_050_000n });
    expect(adjustmentOf(meant, 'blue')).toEqual({ place: 800_000n, team: 1_100_000n });
    expect(adjustmentOf(meant, 'constructor')).toEqual({ place: 800_000n, team: WHOLE });
    expect(adjustmentOf([override('p/m', { percent: '0' }), ...meant], undefined)).toBeUndefined();
  });

  test('a model goes before its provider, in the book and under a price of its own, and what is free stays so', () => {
    const book = createPriceBook(bookOf(['openai'], 'm a b || input=1 output=2'), [
      override('p/*', { percent: '-10' }),
      override('p/m', { percent: '-50' }),
      override('p/b', { usdPerMillionTokens: { input: '7' } }),
    ]);
    const found = (model: string, more = {}) => book.lookup({ provider: 'p', kind: 'openai', model, ...more }, 0)?.adjustment?.place;
    expect([found('m'), found('b')]).toEqual([500_000n, 900_000n]);
    expect(found('unknown')).toBeUndefined();
    expect(found('m', { free: true })).toBeUndefined();
    expect(book.pricesTeams).toBe(false);
    expect(createPriceBook(bookOf([]), meant).pricesTeams).toBe(true);
  });
});
