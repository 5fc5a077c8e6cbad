import { overriddenPrice, overridesOf, saysPrice, together } from '../../../../lambda/money/pricing/overridden-price';
import { ceilingPrice, pricesAny, TOKEN_CLASSES, UNKNOWN_CALL } from '../../../../lambda/money/pricing/price';
import type { PriceOverride } from '../../../../lambda/money/pricing/price-override';

const override = (fields: Partial<PriceOverride> & { readonly id?: string }): PriceOverride =>
  ({ id: 'p/m', generation: 3, createdAt: '', updatedAt: '', ...fields }) as PriceOverride;
const overrideOf = (overrides: readonly PriceOverride[], names: readonly string[]) => together(overridesOf(overrides, names));
const PLACE = { kind: 'anthropic', model: 'm' } as const;

test('R15 the override that names a model holds before one that fits it, in any case of letters', () => {
  const [wide, own, other] = [override({ id: 'p/*' }), override({ id: 'P/M' }), override({ id: 'q/m' })];
  expect(overrideOf([wide, own, other], ['p/m'])).toBe(own);
  expect(overrideOf([wide, own, other], ['p/M'])).toBe(own);
  expect(overrideOf([wide, own, other], ['p/n'])).toBe(wide);
  expect(overrideOf([own, other], ['p/n'])).toBeUndefined();
});

test('R15 each price of an override is of its own class, in US dollars a million', () => {
  const amounts = {
    input: '1',
    cache_read: '2',
    audio_cache_read: '3',
    cache_write_5m: '4',
    cache_write_1h: '5',
    audio_input: '6',
    image_input: '7',
    output: '8',
    reasoning: '9',
    audio_output: '10',
    image_output: '11.000000001',
  };
  const price = overriddenPrice(override({ usdPerMillionTokens: amounts }), PLACE, undefined);
  expect(TOKEN_CLASSES.map((name) => price.rates[name])).toEqual(
    [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n].map((usd, index) => ({ base: usd * 10n ** 9n + (index === 10 ? 1n : 0n), tiers: [] })),
  );
  expect(price).toMatchObject({ version: 'override-3', source: 'override', place: PLACE, perRequest: 0n });
  expect([price.contextWindow, price.maxOutputTokens]).toEqual([undefined, undefined]);
});

test('R15 what an override does not say is as the book, its kind and unknown tools have it', () => {
  const amounts = { input: '1', output: '2' };
  const row = { window: 10, maxOutput: 5, tiers: { priority: 170 }, prices: [] };
  const bare = overriddenPrice(override({ usdPerMillionTokens: amounts }), PLACE, undefined);
  expect(bare.serviceTiers).toMatchObject({ batch: 50, fast: 200 });
  expect(bare.calls).toMatchObject({ default: UNKNOWN_CALL, web_search: 10_000_000n });
  const booked = overriddenPrice(override({ usdPerMillionTokens: amounts }), PLACE, row);
  expect(booked).toMatchObject({ contextWindow: 10, maxOutputTokens: 5, serviceTiers: { priority: 170 } });
  const own = override({
    usdPerMillionTokens: amounts,
    contextWindow: 20,
    maxOutputTokens: 7,
    usdPerToolCall: { web_search: '0.02', x: '1' },
  });
  expect(overriddenPrice(own, PLACE, row)).toMatchObject({
    contextWindow: 20,
    maxOutputTokens: 7,
    calls: { web_search: 20_000_000n, x: 10n ** 9n, default: UNKNOWN_CALL },
  });
});

test('R15 a model that an override makes free costs nothing, and keeps its lengths', () => {
  const free = overriddenPrice(override({ free: true }), PLACE, { window: 10, maxOutput: 5, prices: [] });
  expect(free).toMatchObject({
    version: 'override-3',
    source: 'free',
    contextWindow: 10,
    maxOutputTokens: 5,
    perRequest: 0n,
    calls: { default: 0n },
  });
  expect(TOKEN_CLASSES.every((name) => free.rates[name].base === 0n)).toBe(true);
  expect(overriddenPrice(override({ free: false }), PLACE, undefined).source).toBe('override');
});

test('R15 an override prices pictures, seconds, characters, pages and calls, beside tokens or in their place', () => {
  const usdPerUnit = { image: '0.04', second: '0.000011111111112', character: '0.000015', page: '0.001', call: '2' };
  const units = { image: 4n * 10n ** 13n, second: 11_111_111_112n, character: 15n * 10n ** 9n, page: 10n ** 12n, call: 2n * 10n ** 15n };
  const alone = overriddenPrice(override({ usdPerUnit }), PLACE, undefined);
  expect(alone).toMatchObject({ source: 'override', units, tokensUnpriced: true });
  const beside = overriddenPrice(override({ usdPerUnit, usdPerMillionTokens: { input: '1' } }), PLACE, undefined);
  expect(beside.units).toEqual(units);
  // Who is billed by the picture alone has no price for text, which is not the price of zero.
  expect([pricesAny(alone, ['token']), pricesAny(alone, ['token', 'image']), pricesAny(beside, ['token'])]).toEqual([false, true, true]);
  expect(pricesAny(overriddenPrice(override({ usdPerMillionTokens: { input: '1' } }), PLACE, undefined), ['call', 'page'])).toBe(false);
  expect(pricesAny(overriddenPrice(override({ free: true }), PLACE, undefined), ['call'])).toBe(true);
  expect(pricesAny(alone, [])).toBe(true);
  expect(pricesAny(ceilingPrice(7n), ['image'])).toBe(true);
});

test('R15 an override of lengths alone leaves the price to the book', () => {
  expect([override({}), override({ contextWindow: 5 }), override({ free: false })].map(saysPrice)).toEqual([false, false, false]);
  const saying = [override({ free: true }), override({ usdPerMillionTokens: {} as never }), override({ usdPerUnit: { image: '1' } })];
  expect(saying.map(saysPrice)).toEqual([true, true, true]);
});

test('what the override of a model leaves open, one that fits it may tell', () => {
  const wide = override({ id: 'p/*', usdPerMillionTokens: { input: '1' }, contextWindow: 9_000, maxOutputTokens: 90 });
  const own = override({ maxOutputTokens: 70 });

  expect(overrideOf([wide, own], ['p/m'])).toMatchObject({
    usdPerMillionTokens: { input: '1' },
    contextWindow: 9_000,
    maxOutputTokens: 70,
  });
});
