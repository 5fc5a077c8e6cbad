import fc from 'fast-check';
import { createPriceBook } from '../../../../lambda/money/pricing';
import { orderOf } from '../../../../lambda/routing';
import { factsWith, targetsOf } from '../../../support/routed-targets';

const cents = fc.integer({ min: 0, max: 50_000 }).map((count) => (count / 100).toFixed(2));

/** Nano-USD for a million tokens of a price in US dollars, by hand. */
const perMillion = (usd: string): bigint => BigInt(usd.replace('.', '')) * 10_000_000n;

test('the target at which the prompt and what is usually written cost least is asked first, by own arithmetic', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ input: cents, output: cents }), { minLength: 2, maxLength: 6 }),
      fc.integer({ min: 1, max: 500_000 }),
      fc.integer({ min: 0, max: 20_000 }),
      (prices, inputTokens, outputTokens) => {
        const names = prices.map((_price, index) => `account-${index}/model`);
        const book = createPriceBook(
          { version: 'test', date: '2026-11-29', lists: {} },
          prices.map((usdPerMillionTokens, index) => ({
            id: names[index] as string,
            usdPerMillionTokens,
            generation: 1,
            updatedAt: '2026-11-29T00:00:00.000Z',
          })),
        );
        const known = names.map((name) => [
          name,
          book.lookup({ provider: name.slice(0, name.indexOf('/')), kind: 'openai-compatible', model: 'model' }, 0),
        ]);
        const facts = factsWith({ prices: Object.fromEntries(known), inputTokens: () => inputTokens, outputTokens: () => outputTokens });
        const costs = prices.map(
          ({ input, output }) => BigInt(inputTokens) * perMillion(input) + BigInt(outputTokens) * perMillion(output),
        );

        const ordered = orderOf('lowest_cost', targetsOf(...names), facts);

        // Whole nano-dollars, rounded up: what differs by less costs the same.
        const nano = costs.map((cost) => (cost + 999_999n) / 1_000_000n);
        const paid = ordered.map(({ name }) => nano[names.indexOf(name)] as bigint);
        expect(paid).toEqual([...nano].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0)));
      },
    ),
  );
});

test('targets that cost the same share the conversations by their weights', () => {
  const targets = targetsOf({ name: 'a/m', weight: 3 }, { name: 'b/m', weight: 1 });
  const found = Array.from({ length: 10_000 }, (_, conversation) => orderOf('lowest_cost', targets, factsWith({ conversation }))[0]?.name);

  expect(found.filter((name) => name === 'a/m').length / 10_000).toBeCloseTo(0.75, 1);
});
