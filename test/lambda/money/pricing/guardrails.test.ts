import { type BoundInput, boundOf, capForCost, costOfUsage, FREE_PRICE, implausible, type Price } from '../../../../lambda/money/pricing';
import { GUARDRAIL_PRICES } from '../../../../lambda/money/pricing/guardrails';
import { completeRates } from '../../../../lambda/money/pricing/price';

const rate = (base: bigint) => ({ base, tiers: [] });
const PRICE: Price = {
  ...FREE_PRICE,
  place: { kind: 'bedrock', model: 'anthropic.claude-x' },
  contextWindow: 100_000,
  maxOutputTokens: 4_000,
  calls: { default: 5n, ...GUARDRAIL_PRICES },
  rates: completeRates({ input: rate(1_000_000n), output: rate(10_000_000n) }),
};
const ANY = GUARDRAIL_PRICES.guardrail_any;
const PICTURE = GUARDRAIL_PRICES.guardrail_content_image;

const input = (more: Partial<BoundInput> = {}): BoundInput => ({
  facts: { choices: 1, media: [], toolUses: [] },
  bodyBytes: 500,
  maxOutputTokens: 0,
  prices: [PRICE],
  guarded: [true],
  ...more,
});
const fee = (more: Partial<BoundInput> = {}) =>
  boundOf(input(more)).costNanoUsd - boundOf({ ...input(more), guarded: undefined }).costNanoUsd;

test('R15 the bound holds every text unit of the prompt, those that providers put around it, and of the answer', () => {
  // 2,048 tokens of the provider's own beside the body.
  expect(fee({ bodyBytes: 952 })).toBe(3n * ANY);
  expect(fee({ bodyBytes: 953 })).toBe(4n * ANY);
  // 16 characters a token and 4,096 beside, twice.
  expect(fee({ bodyBytes: 952, maxOutputTokens: 119 })).toBe(3n * ANY + 2n * 6n * ANY);
  expect(fee({ bodyBytes: 952, maxOutputTokens: 120 })).toBe(3n * ANY + 2n * 7n * ANY);
});

test('R15 pictures are looked at, sound is not', () => {
  const media = [{ kind: 'image' as const }, { kind: 'file' as const }, { kind: 'audio' as const }];
  expect(fee({ facts: { choices: 1, media, toolUses: [] } }) - fee()).toBe(2n * PICTURE);
});

test('R15 only places that have a guardrail are reserved for, and a lost attempt there paid for its prompt', () => {
  const other: Price = { ...PRICE, version: 'other', place: { kind: 'openai', model: 'gpt-x' } };
  const both = { prices: [PRICE, other], guarded: [true, false] };
  expect(fee({ ...both, bodyBytes: 952, maxOutputTokens: 120 })).toBe(3n * ANY + 14n * ANY);
  expect(fee({ prices: [other, other], guarded: [false, false] })).toBe(0n);
  // The dearest answer is at one account, the lost prompt at the other.
  expect(fee({ prices: [PRICE, { ...PRICE }], guarded: [true, true], accounts: ['a', 'b'], bodyBytes: 952 })).toBe(6n * ANY);
  expect(fee({ prices: [PRICE, PRICE], guarded: [false, true], accounts: ['a', 'b'], bodyBytes: 952 })).toBe(3n * ANY);
});

test('R15 fees of guards that the gateway asks are added once, however many places there are', () => {
  const guardFees = { inputNanoUsd: 7n, outputNanoUsd: (characters: number) => BigInt(characters) };
  const with_ = (more: Partial<BoundInput>) => boundOf(input({ ...more, guardFees })).costNanoUsd - boundOf(input(more)).costNanoUsd;
  expect(with_({})).toBe(7n);
  expect(with_({ maxOutputTokens: 10, prices: [PRICE, { ...PRICE }], guarded: undefined, accounts: ['a', 'b'] })).toBe(7n + 4_256n);
  expect(with_({ maxOutputTokens: 10, facts: { choices: 2, media: [], toolUses: [] } })).toBe(7n + 4_416n);
});

test('R15 a cap that fits an amount leaves room for the fees', () => {
  const asked = input({ maxOutputTokens: 4_000 });
  const most = boundOf({ ...asked, maxOutputTokens: 1_000 }).costNanoUsd;
  const cap = capForCost(asked, most) ?? 0;
  expect(cap).toBeGreaterThanOrEqual(1_000);
  expect(boundOf({ ...asked, maxOutputTokens: cap }).costNanoUsd).toBeLessThanOrEqual(most);
  expect(boundOf({ ...asked, maxOutputTokens: cap + 1 }).costNanoUsd).toBeGreaterThan(most);
});

test('R15 units are charged by policy, and a free place charges none', () => {
  const usage = { inputTokens: 0, outputTokens: 0, guardrailUnits: { content: 2, topic: 0, grounding: 1 } };
  expect(costOfUsage(PRICE, usage)).toBe(2n * 150_000n + 100_000n);
  expect(costOfUsage(FREE_PRICE, usage)).toBe(0n);
});

test('R15 what a guardrail cannot have looked at is not believed', () => {
  const call = { facts: input().facts, bodyBytes: 952, maxOutputTokens: 120, price: PRICE, guarded: true };
  const odd = (units: Record<string, number>, more = {}) => implausible({ guardrailUnits: units }, { ...call, ...more });
  expect(odd({ content: 10 })).toBeUndefined();
  expect(odd({ content: -1 })).toBe('content');
  expect(odd({ content: 100_000 })).toBe('content');
  expect(odd({ content: 1 }, { guarded: false })).toBe('content');
  expect(odd({ content: 1 }, { guarded: false, price: FREE_PRICE })).toBeUndefined();
  expect(odd({ content_image: 1 })).toBe('content_image');
  expect(odd({ content_image: 1 }, { facts: { ...call.facts, media: [{ kind: 'image' }] } })).toBeUndefined();
});
