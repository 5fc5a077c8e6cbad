import fc from 'fast-check';
import { loadPriceBook } from '../../../../lambda/money/deployed-book';
import { costOf, costOfUsage, createPriceBook, FREE_PRICE, type Price, type PriceBook } from '../../../../lambda/money/pricing';
import { TOKEN_CLASSES } from '../../../../lambda/money/pricing/price';
import type { TokenClasses, Usage } from '../../../../lambda/wire/model/usage';
import { bookOf } from '../../../support/prices';

const at = Date.UTC(2026, 10, 24);
let book: PriceBook;
beforeAll(async () => {
  book = await loadPriceBook();
});

function priceOf(kind: Parameters<PriceBook['lookup']>[0]['kind'], model: string): Price {
  const price = book.lookup({ provider: kind, kind, model }, at);
  if (price === undefined) throw new Error(`no price for ${kind}/${model}`);
  return price;
}

/** Invoices worked out by hand from the vendors' price lists, in nano-USD. */
const INVOICES: readonly [string, Parameters<PriceBook['lookup']>[0]['kind'], string, Usage, bigint][] = [
  ['plain input and output', 'openai', 'gpt-5', { inputTokens: 1_000, outputTokens: 100 }, 1_250_000n + 1_000_000n],
  [
    'cache reads are part of the input and cheaper, reasoning part of the output',
    'openai',
    'gpt-5',
    { inputTokens: 10_000, cacheReadInputTokens: 8_000, outputTokens: 500, reasoningOutputTokens: 300 },
    2_000n * 1_250n + 8_000n * 125n + 500n * 10_000n,
  ],
  [
    'five-minute and one-hour cache writes',
    'anthropic',
    'claude-sonnet-4-5',
    {
      inputTokens: 6_000,
      cacheReadInputTokens: 1_000,
      cacheCreationInputTokens: 3_000,
      cacheCreation1hInputTokens: 2_000,
      outputTokens: 10,
    },
    2_000n * 3_000n + 1_000n * 300n + 1_000n * 3_750n + 2_000n * 6_000n + 10n * 15_000n,
  ],
  [
    'a long prompt is dearer as a whole',
    'google-ai-studio',
    'gemini-2.5-pro',
    { inputTokens: 250_000, outputTokens: 1_000 },
    250_000n * 2_500n + 1_000n * 15_000n,
  ],
  ['a regional profile costs a tenth more', 'bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', { inputTokens: 1_000 }, 3_300_000n],
  ['a global profile does not', 'bedrock', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', { inputTokens: 1_000 }, 3_000_000n],
  [
    'server-side tools cost a price per call',
    'anthropic',
    'claude-sonnet-4-5',
    { inputTokens: 0, outputTokens: 0, toolCalls: { web_search: 3 } },
    30_000_000n,
  ],
  ['a fraction of a nano-dollar is rounded up once', 'openai', 'gpt-5', { inputTokens: 0, cacheReadInputTokens: 0, outputTokens: 0 }, 0n],
];

test.each(INVOICES)('F16 golden invoice: %s', (_name, kind, model, usage, cost) => {
  expect(costOfUsage(priceOf(kind, model), usage)).toBe(cost);
});

test('R11 a row says what its tiers, its pictures and its tools cost, and how long its answers are', () => {
  const facts = 'window=1000 maxOutput=100 speed=900 tier:priority=166.6667';
  const prices = 'input=1 output=2 imageOutput=30 call:pictures=0.000000001 call:pictures:high=0.000000007';
  const made = createPriceBook(bookOf(['openai'], `m | ${facts} | ${prices}`));
  const price = made.lookup({ provider: 'openai', kind: 'openai', model: 'm' }, at) as Price;

  expect(price).toMatchObject({ contextWindow: 1_000, maxOutputTokens: 100, fastestTokensPerSecond: 900 });
  expect(costOfUsage(price, { inputTokens: 0, outputTokens: 3, imageOutputTokens: 2 })).toBe(62_000n);
  expect(costOfUsage(price, { inputTokens: 1_000_000, outputTokens: 0, serviceTier: 'priority' })).toBe(1_666_667_000n);
  expect(costOfUsage(price, { inputTokens: 1, outputTokens: 0, serviceTier: 'flex' })).toBe(1_000n);
  expect(costOfUsage(price, { toolCalls: { 'pictures:high:1024x1024': 2, 'pictures:low': 1 } })).toBe(15n);
});

test('F16 audio tokens have a price of their own', () => {
  const price = priceOf('openai', 'gpt-audio');
  const text = costOfUsage(price, { inputTokens: 1_000, outputTokens: 1_000 });
  const audio = costOfUsage(price, { inputTokens: 1_000, audioInputTokens: 1_000, outputTokens: 1_000, audioOutputTokens: 1_000 });
  expect(audio).toBeGreaterThan(text);
});

const tokens = fc.record(
  Object.fromEntries(TOKEN_CLASSES.map((name) => [name, fc.nat(3_000_000)])) as Record<keyof TokenClasses, fc.Arbitrary<number>>,
);
const models = fc.constantFrom<[Parameters<PriceBook['lookup']>[0]['kind'], string]>(
  ['openai', 'gpt-5'],
  ['openai', 'gpt-5.5'],
  ['anthropic', 'claude-sonnet-4-5'],
  ['google-ai-studio', 'gemini-2.5-pro'],
  ['bedrock', 'amazon.nova-pro-v1:0'],
  ['simulated', 'any'],
);

test('I23 the cost grows with each class of tokens', () => {
  fc.assert(
    fc.property(models, tokens, fc.constantFrom(...TOKEN_CLASSES), fc.nat(1_000_000), ([kind, model], used, name, more) => {
      const price = priceOf(kind, model);
      const cost = costOf(price, { tokens: used as TokenClasses });
      const larger = costOf(price, { tokens: { ...(used as TokenClasses), [name]: used[name] + more } });
      expect(larger >= cost).toBe(true);
    }),
  );
});

test('I23 the cost of disjoint classes adds up, but for one rounding', () => {
  const price = priceOf('anthropic', 'claude-haiku-4-5');
  const none = Object.fromEntries(TOKEN_CLASSES.map((name) => [name, 0])) as unknown as TokenClasses;
  fc.assert(
    fc.property(tokens, (used) => {
      const whole = costOf(price, { tokens: used as TokenClasses });
      const parts = TOKEN_CLASSES.map((name) => costOf(price, { tokens: { ...none, [name]: used[name] } }));
      const sum = parts.reduce((total, part) => total + part, 0n);
      expect(sum - whole >= 0n && sum - whole < BigInt(TOKEN_CLASSES.length)).toBe(true);
    }),
  );
});

test('H16 every price in the book is a whole number of nano-USD', async () => {
  const { default: data } = await import('../../../../lambda/money/pricing/price-book.json');
  const rates = Object.values(data.lists).flatMap((lines) =>
    lines.flatMap((line) => line.match(/(?<=(?:put|Read|Write..|reasoning)=)\S+/g) ?? []),
  );
  expect(rates.length).toBeGreaterThan(1_000);
  expect(rates.filter((rate) => !/^\d+(\.\d{1,9})?(,\d+:\d+(\.\d{1,9})?)*$/.test(rate))).toEqual([]);
});

test('H16 a price is pinned: looking it up earlier gives the earlier price', () => {
  const dated = createPriceBook(bookOf(['openai'], 'm || input=10 | from=2026-08-17 input=20 | hours=60-240 input=40'));
  const input = (when: number) => dated.lookup({ provider: 'openai', kind: 'openai', model: 'm' }, when)?.rates.input.base;
  expect(input(Date.UTC(2026, 7, 1))).toBe(10_000_000_000n);
  expect(input(Date.UTC(2026, 8, 1))).toBe(20_000_000_000n);
  expect(input(Date.UTC(2026, 8, 1, 2))).toBe(40_000_000_000n);
});

test('an unknown model has no price, never zero', () => {
  expect(book.lookup({ provider: 'openai', kind: 'openai', model: 'gpt-nobody-knows' }, at)).toBeUndefined();
  expect(book.lookup({ provider: 'vllm', kind: 'vllm', model: 'llama' }, at)).toBeUndefined();
});

test('a free provider costs nothing, and an override says more than the book', () => {
  expect(book.lookup({ provider: 'vllm', kind: 'vllm', model: 'llama', free: true }, at)?.source).toBe('free');
  const changed = book.withOverrides([
    { id: 'openai/gpt-*', usdPerMillionTokens: { input: '1', output: '2' }, generation: 7, updatedAt: '2026-11-24T00:00:00Z' },
  ]);
  const price = changed.lookup({ provider: 'openai', kind: 'openai', model: 'gpt-5' }, at);
  expect(price).toMatchObject({ source: 'override', version: 'override-7' });
  expect(costOfUsage(price as Price, { inputTokens: 1_000_000, outputTokens: 1_000_000 })).toBe(3_000_000_000n);
});

test('a Bedrock inference profile is priced by the model in its ARN', () => {
  const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0';
  expect(priceOf('bedrock', arn).rates.input.base).toBe(3_300_000_000n);
});

test('R15 a tool costs what the nearest of its names costs, in whatever order the book has them', () => {
  const cost = (tool: string, ...names: string[]) =>
    costOfUsage(
      { ...FREE_PRICE, calls: Object.fromEntries(names.map((name) => [name, BigInt(name.length)])) },
      { toolCalls: { [tool]: 1 } },
    );
  for (const names of [
    ['default', 'search', 'search:deep'],
    ['search:deep', 'search', 'default'],
    ['search', 'default', 'search:deep'],
  ]) {
    expect(['search:deep:eu', 'search:deep', 'search_20250305', 'other'].map((tool) => cost(tool, ...names))).toEqual([11n, 11n, 6n, 7n]);
  }
  expect(cost('other', 'search')).toBe(0n);
});

test('R15 what is less than nothing takes nothing off a cost', () => {
  const price: Price = { ...FREE_PRICE, units: { image: 10n ** 9n, call: 10n ** 8n } };
  const cost = (units: NonNullable<Usage['units']>) => costOfUsage(price, { units });
  expect([cost({ image: 2 }), cost({ image: -2 }), cost({ call: 0 }), cost({ image: -2, call: 3 })]).toEqual([2_100n, 100n, 0n, 300n]);
});
