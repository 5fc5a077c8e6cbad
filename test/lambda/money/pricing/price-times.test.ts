import { createPriceBook } from '../../../../lambda/money/pricing';
import { bookOf } from '../../../support/prices';

/** Monday. */
const MONDAY = Date.UTC(2026, 10, 30);
const DAY_MS = 86_400_000;
const inputAt = (line: string, at: number, regions?: string[]) =>
  createPriceBook(bookOf(['bedrock', 'openai'], line)).lookup(
    { provider: 'p', kind: 'openai', model: 'm', ...(regions === undefined ? {} : { regions }) },
    at,
  )?.rates.input.base;
const at = (day: number, hour: number, minute = 0, second = 0) => MONDAY + day * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1_000;

test('R14 hours hold from their first minute to before their last one, over midnight too', () => {
  const line = 'm || input=1 | hours=60-240 input=2 | hours=1380-30 input=3';

  expect([at(0, 0, 59, 59), at(0, 1), at(0, 3, 59, 59), at(0, 4)].map((when) => inputAt(line, when))).toEqual(
    [1n, 2n, 2n, 1n].map((usd) => usd * 10n ** 9n),
  );
  expect([at(0, 22, 59), at(0, 23), at(1, 0, 0), at(1, 0, 29, 59), at(1, 0, 30)].map((when) => inputAt(line, when))).toEqual(
    [1n, 3n, 3n, 3n, 1n].map((usd) => usd * 10n ** 9n),
  );
});

test('R14 days are those of the week, the last one is Sunday', () => {
  const line = 'm || input=1 | hours=0-1440 days=17 input=2';

  expect([0, 1, 2, 3, 4, 5, 6].map((day) => inputAt(line, at(day, 12)))).toEqual(
    [2n, 1n, 1n, 1n, 1n, 1n, 2n].map((usd) => usd * 10n ** 9n),
  );
});

test('R14 a later price holds from the first moment of its day', () => {
  const line = 'm || input=1 | from=2026-11-30 input=2';

  expect([inputAt(line, MONDAY - 1), inputAt(line, MONDAY)]).toEqual([1_000_000_000n, 2_000_000_000n]);
});

test('R14 what costs more in one place costs it there alone, rounded up, at every length', () => {
  const price = createPriceBook(bookOf(['vertex-ai'], 'm | regional=110 | input=0.000000001,9:0.000000011 output=2'));
  const find = (regions?: string[]) =>
    price.lookup({ provider: 'p', kind: 'vertex-ai', model: 'm', ...(regions === undefined ? {} : { regions }) }, MONDAY);

  expect(find(['global'])?.rates.input).toEqual({ base: 1n, tiers: [{ above: 9, price: 11n }] });
  expect(find([])).toEqual(find());
  expect(find(['us-east5'])?.rates.input).toEqual({ base: 2n, tiers: [{ above: 9, price: 13n }] });
  expect(find(['global', 'us-east5'])?.rates.output.base).toBe(2_200_000_000n);
});

test('R14 of several Regions the dearest counts by input and output together, in whatever order', () => {
  const book = createPriceBook(
    bookOf(['bedrock'], 'v.m || input=1 output=1', 'eu-west-1/v.m || input=2 output=1', 'eu-west-2/v.m || input=1 output=3'),
  );
  const outputOf = (...regions: string[]) =>
    book.lookup({ provider: 'p', kind: 'bedrock', model: 'v.m', regions }, MONDAY)?.rates.output.base;

  expect([outputOf('eu-west-1', 'eu-west-2'), outputOf('eu-west-2', 'eu-west-1'), outputOf('eu-west-1')]).toEqual([
    3_000_000_000n,
    3_000_000_000n,
    1_000_000_000n,
  ]);
  expect(outputOf('us-east-1')).toBe(1_000_000_000n);
});

test('R14 one name stands for all spellings of a model, and an unknown one has none', () => {
  const book = createPriceBook(bookOf(['openai'], 'gpt-9 gpt-9-2026-01-01 || input=1'));

  expect(['gpt-9', 'GPT-9', 'gpt-9-2026-01-01', 'gpt-9-2026-02-02', 'gpt-9-x'].map((model) => book.nameOf('openai', model))).toEqual([
    'gpt-9',
    'gpt-9',
    'gpt-9',
    'gpt-9',
    undefined,
  ]);
  expect(book.nameOf('groq', 'gpt-9')).toBeUndefined();
  expect(book.nameOf('simulated', 'whatever')).toBe('simulated');
});

test('R14 a request has its price beside its tokens, and tools that nobody prices cost more than any that is listed', () => {
  const book = createPriceBook(bookOf(['perplexity'], 'm || input=1 call:request=0.012 call:search=0.005'));
  const price = book.lookup({ provider: 'p', kind: 'perplexity', model: 'm' }, MONDAY);

  expect(price).toMatchObject({ version: 'test', perRequest: 12_000_000n, calls: { default: 50_000_000n, search: 5_000_000n } });
  expect(book.withOverrides([]).date).toBe('2026-11-29');
});
