import fc from 'fast-check';
import { createPriceBook, FREE_PRICE, mostOutput, type Price, writtenWithin } from '../../../../lambda/money/pricing';
import type { ProviderKind } from '../../../../lib/private/contract';
import { bookOf } from '../../../support/prices';

const priceAt = (kind: ProviderKind, line: string) =>
  createPriceBook(bookOf([kind], line)).lookup({ provider: 'p', kind, model: 'm' }, Date.UTC(2026, 10, 29)) as Price;

test.each<readonly [ProviderKind, string, number]>([
  ['openai', 'm || input=1 output=2', 400],
  ['groq', 'm || input=1 output=2', 1_000],
  ['cerebras', 'm || input=1 output=2', 3_000],
  ['cerebras', 'm | speed=1850 | input=1 output=2', 1_850],
])('R02 a model of %s (%s) may write %i tokens a second', (kind, line, tokens) => {
  expect(writtenWithin(1_000, priceAt(kind, line), 1)).toBe(tokens);
});

test('R02 choices are written side by side, a part of a token is one, and no time writes nothing', () => {
  expect([writtenWithin(1_000, undefined, 3), writtenWithin(1, undefined, 1), writtenWithin(0, undefined, 2)]).toEqual([1_200, 1, 0]);
});

test('R02 of a model that nobody knows, the cap alone is known, and the speed of most', () => {
  expect([mostOutput(undefined, 500, 2), writtenWithin(1_000, FREE_PRICE, 1)]).toEqual([500, 400]);
});

test('R02 nothing is written beyond the cap, nor beyond what each choice of the model may hold', () => {
  const known = fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined });
  fc.assert(
    fc.property(known, known, fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 8 }), (longest, window, cap, choices) => {
      const limits = { ...(longest && { maxOutputTokens: longest }), ...(window && { contextWindow: window }) };
      const price = { ...priceAt('openai', 'm || input=1 output=2'), ...limits };

      const most = mostOutput(price, cap * choices, choices);

      const each = Math.min(cap, longest ?? cap, window ?? cap);
      expect(most).toBe(each * choices);
    }),
  );
});
