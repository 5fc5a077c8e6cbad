import { type BoundInput, boundOf, FREE_PRICE, type Price } from '../../../../lambda/money/pricing';
import type { TokenClass } from '../../../../lambda/money/pricing/price';
import { wav } from '../../../support/pictures';

/** Each part of what a call may cost, told by what changes when it alone is there. */

const FACTS: BoundInput['facts'] = { choices: 1, media: [], toolUses: [] };
/** Nano-USD of one token. */
const INPUT = 1_000n;
const OUTPUT = 8_000n;

function price(changes: Partial<Price> = {}, rates: Partial<Record<TokenClass, bigint>> = {}): Price {
  const flat = Object.keys(FREE_PRICE.rates).map((name) => {
    const each = rates[name as TokenClass] ?? (/output|reasoning/i.test(name) ? OUTPUT : INPUT);
    return [name, { base: each * 1_000_000n, tiers: [] }];
  });
  return { ...FREE_PRICE, source: 'book', rates: Object.fromEntries(flat), contextWindow: 1_000_000, maxOutputTokens: 50_000, ...changes };
}

function bound(facts: Partial<BoundInput['facts']>, of: Price | readonly Price[] = price(), more: Partial<BoundInput> = {}) {
  const prices = Array.isArray(of) ? of : [of];
  return boundOf({ facts: { ...FACTS, ...facts }, bodyBytes: 10_000, maxOutputTokens: 100, prices, ...more });
}
const cost = (...parameters: Parameters<typeof bound>): bigint => bound(...parameters).costNanoUsd;

test('one price asked for two tiers costs what the dearer of them does, in either order', () => {
  const tiered = price({ serviceTiers: { priority: 200 } }, { input: 2_000n });
  const dear = cost({}, tiered, { serviceTiers: ['priority'] });

  expect(dear).toBeGreaterThan(cost({}, tiered));
  for (const serviceTiers of [
    [undefined, 'priority'],
    ['priority', undefined],
  ])
    expect(cost({}, [tiered, tiered], { serviceTiers })).toBe(dear);
});

test('every account may lose an attempt of its own, also where the dear ones come last', () => {
  const [cheap, dear] = [price(), price({}, { input: 50_000n })];
  const lostDear = cost({}, [dear, dear], { accounts: ['a', 'b'] }) - cost({}, dear);
  const lostCheap = cost({}, [cheap, cheap], { accounts: ['a', 'b'] }) - cost({}, cheap);

  expect(cost({}, [cheap, dear, dear], { accounts: ['a', 'b', 'c'] })).toBe(cost({}, dear) + lostCheap + lostDear);
});

test('what a tool brings is read once where the model reads nothing again for it', () => {
  const use = { unit: 'web_search', most: 50, readOnce: true, free: true };
  const without = { toolUses: [{ ...use, tokens: 0 }] };
  const brings = { toolUses: [{ ...use, tokens: 3_000 }] };

  expect(cost(brings) - cost(without)).toBe(150_000n * INPUT);
  expect(bound(brings).inputTokens - bound(without).inputTokens).toBe(150_000);
});

test('a recording is read again after each use of a tool, at its own rate', () => {
  const media = [{ kind: 'audio' as const, base64: wav(12) }];
  const [plain, dear] = [price(), price({}, { audioInput: 9_000n })];
  const more = (toolUses: BoundInput['facts']['toolUses']) => cost({ media, toolUses }, dear) - cost({ media, toolUses }, plain);
  const use = (most: number) => [{ unit: 'web_search', most, tokens: 1, free: true as const }];

  expect(more([])).toBeGreaterThan(0n);
  expect(more(use(1))).toBe(2n * more([]));
  expect(more(use(3))).toBe(4n * more([]));
});

test.each([1, 2])('each of %i answers of another model that a tool asks is as long as that may write', (most) => {
  const toolUses = [{ unit: 'advisor', most, tokens: 0, free: true as const, model: 'other' }];
  const [short, long] = [price({ maxOutputTokens: 20_000 }), price({ maxOutputTokens: 50_000 })];

  expect(cost({ toolUses }, long) - cost({ toolUses }, short)).toBe(BigInt(most) * 30_000n * OUTPUT);
  expect(cost({}, long)).toBe(cost({}, short));
});

test('what is predicted in vain is written too, for each choice, and nothing where nothing is generated', () => {
  expect(cost({ predictedTokens: 5_000 }) - cost({})).toBe(5_000n * OUTPUT);
  expect(cost({ predictedTokens: 5_000, choices: 3 }) - cost({ choices: 3 })).toBe(3n * 5_000n * OUTPUT);
  expect(cost({ predictedTokens: 5_000 }, price(), { maxOutputTokens: 0 })).toBe(cost({}, price(), { maxOutputTokens: 0 }));
});

test('what may go nowhere costs nothing, nor what is free wherever it goes', () => {
  expect(bound({}, [])).toEqual({ costNanoUsd: 0n, inputTokens: 0 });
  expect(cost({}, [FREE_PRICE, { ...FREE_PRICE }])).toBe(0n);
});
