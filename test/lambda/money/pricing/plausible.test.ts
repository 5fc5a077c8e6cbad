import fc from 'fast-check';
import { FREE_PRICE, implausible, mediaOf, type Price, type ReportedCall } from '../../../../lambda/money/pricing';
import { completeRates } from '../../../../lambda/money/pricing/price';
import type { UnitCounts } from '../../../../lambda/wire/model';
import type { Usage } from '../../../../lambda/wire/model/usage';
import { wav } from '../../../support/pictures';

const rate = (base: bigint) => ({ base, tiers: [] });
const PRICE: Price = {
  ...FREE_PRICE,
  contextWindow: 100_000,
  maxOutputTokens: 4_000,
  calls: { default: 5n, search: 5n, free: 0n },
  rates: completeRates({ input: rate(10n), output: rate(20n) }),
};
/** Sound and pictures cost more than text. */
const DEAR: Price = {
  ...PRICE,
  rates: completeRates({ input: rate(10n), output: rate(20n), audioInput: rate(40n), imageInput: rate(30n), audioOutput: rate(80n) }),
};

const call = (facts: Partial<ReportedCall['facts']> = {}, more: Partial<ReportedCall> = {}): ReportedCall => ({
  facts: { choices: 1, media: [], toolUses: [], ...facts },
  bodyBytes: 500,
  maxOutputTokens: 1_000,
  price: PRICE,
  ...more,
});

/** The most of each class that is believed: one more is not. */
function most(name: keyof Usage, asked: ReportedCall, beside: Usage = {}): number | undefined {
  const believed = (count: number) => implausible({ ...beside, [name]: count }, asked) === undefined;
  if (!believed(0)) return undefined;
  let low = 0;
  let high = 2 ** 45;
  if (believed(high)) return Number.POSITIVE_INFINITY;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (believed(middle)) low = middle;
    else high = middle;
  }
  return low;
}

test('R15 input: the window, once and after each call of a tool', () => {
  expect(most('inputTokens', call())).toBe(100_000);
  expect(most('billedInputTokens', call())).toBe(100_000);
  expect(most('inputTokens', call({}, { bodyBytes: 300_000 }))).toBe(100_000);
  expect(most('inputTokens', call({ asksWindow: 900_000 }, { bodyBytes: 300_000 }))).toBe(900_000);
  expect(most('inputTokens', call({ asksWindow: 900 }))).toBe(100_000);
  // A wider window is Claude's to give.
  const at = (model: string) => ({ price: { ...PRICE, place: { kind: 'bedrock' as const, model } } });
  expect(most('inputTokens', call({ asksWindow: 900_000 }, at('anthropic.claude-x')))).toBe(900_000);
  expect(most('inputTokens', call({ asksWindow: 900_000 }, at('amazon.nova')))).toBe(100_000);
  expect(most('inputTokens', call({ compacts: true }))).toBe(200_000);
  expect(most('inputTokens', call({ toolUses: [{ unit: 'search', most: 3 }] }))).toBe(4 * 100_000 + 3 * 30_000);
  expect(most('inputTokens', call({ toolUses: [{ unit: 'search', most: 3, tokens: 7 }] }))).toBe(4 * 100_000 + 3 * 7);
  expect(most('inputTokens', call({ toolUses: [{ unit: 'search' }] }))).toBe(201 * 100_000 + 200 * 30_000);
  const { contextWindow, ...unknown } = PRICE;
  expect(contextWindow).toBe(100_000);
  expect(most('inputTokens', call({}, { price: unknown }))).toBe(10_000_000);
  expect(most('inputTokens', call({}, { price: unknown, bodyBytes: 11_000_000 }))).toBe(11_002_048);
  // A recording is counted by its length: twelve seconds and the header of 32 tokens, and the 64 around them.
  const audio = wav(12);
  const heard = call({ media: [{ kind: 'audio', base64: audio }] }, { price: unknown, bodyBytes: 11_000_000 + audio.length });
  expect(most('inputTokens', heard)).toBe(11_002_048 + 13 * 32 + 64);
  const seen = call({ media: [{ kind: 'image' }] }, { price: unknown, bodyBytes: 11_000_000 });
  expect(most('inputTokens', seen)).toBe(11_002_048 + mediaOf(seen.facts, unknown).other);
});

test('R15 output: the longest answer of the model, over all choices; a call without any has none', () => {
  expect(most('outputTokens', call())).toBe(4_000);
  expect(most('billedOutputTokens', call({ choices: 3 }))).toBe(12_000);
  expect(most('outputTokens', call({}, { maxOutputTokens: 9_000 }))).toBe(9_000);
  expect(most('outputTokens', call({ compacts: true }))).toBe(8_000);
  expect(most('outputTokens', call({ compacts: true, toolUses: [{ unit: 'search', most: 3 }] }))).toBe(5 * 4_000);
  expect(most('outputTokens', call({}, { maxOutputTokens: 0 }))).toBe(0);
  const { maxOutputTokens, ...open } = PRICE;
  expect(maxOutputTokens).toBe(4_000);
  expect(most('outputTokens', call({}, { price: open }))).toBe(100_000);
  expect(most('outputTokens', call({}, { price: { ...open, contextWindow: 5_000_000 } }))).toBe(1_000_000);
});

test('R15 a part is never more than its whole', () => {
  const whole: Usage = { inputTokens: 700, outputTokens: 300 };
  for (const name of ['cacheReadInputTokens', 'cacheCreationInputTokens', 'audioInputTokens', 'imageInputTokens'] as const) {
    expect([name, most(name, call(), whole)]).toEqual([name, 700]);
  }
  for (const name of ['reasoningOutputTokens', 'audioOutputTokens', 'imageOutputTokens'] as const) {
    expect([name, most(name, call(), whole)]).toEqual([name, 300]);
  }
  // Without a whole, the part is held to the most that the whole could be.
  expect(most('cacheReadInputTokens', call())).toBe(100_000);
  expect(most('reasoningOutputTokens', call())).toBe(4_000);
  expect(most('cacheCreation1hInputTokens', call({ cacheWrite: '1h' }), { cacheCreationInputTokens: 60 })).toBe(60);
  expect(most('cacheCreation1hInputTokens', call({ cacheWrite: '1h' }))).toBe(0);
  expect(most('cacheCreation1hInputTokens', call({ cacheWrite: '5m' }), { cacheCreationInputTokens: 60 })).toBe(0);
  expect(most('cacheCreation1hInputTokens', call(), { cacheCreationInputTokens: 60 })).toBe(0);
  expect(most('audioCacheReadInputTokens', call(), { cacheReadInputTokens: 60 })).toBe(60);
  expect(most('audioCacheReadInputTokens', call())).toBe(0);
});

test('R15 what is dearer than text is believed only where the call has it', () => {
  const dear = { price: DEAR };
  const whole: Usage = { inputTokens: 700, cacheReadInputTokens: 60, outputTokens: 300 };
  expect(most('audioInputTokens', call({}, dear), whole)).toBe(0);
  expect(most('audioInputTokens', call({ media: [{ kind: 'audio', base64: 'AAAA' }] }, dear), whole)).toBe(700);
  expect(most('audioInputTokens', call({ media: [{ kind: 'video' }] }, dear), whole)).toBe(700);
  expect(most('audioInputTokens', call({ media: [{ kind: 'image' }] }, dear), whole)).toBe(0);
  expect(most('audioCacheReadInputTokens', call({}, dear), whole)).toBe(0);
  expect(most('audioCacheReadInputTokens', call({ media: [{ kind: 'audio', base64: 'AAAA' }] }, dear), whole)).toBe(60);
  expect(most('imageInputTokens', call({}, dear), whole)).toBe(0);
  expect(most('imageInputTokens', call({ media: [{ kind: 'image' }] }, dear), whole)).toBe(700);
  expect(most('audioOutputTokens', call({}, dear), whole)).toBe(0);
  expect(most('audioOutputTokens', call({ modalities: ['audio'] }, dear), whole)).toBe(300);
  expect(most('imageOutputTokens', call({}, dear), whole)).toBe(300);
  // Sound in a cache is held against text in a cache, which is cheaper than text.
  const cached = { ...PRICE, rates: completeRates({ input: rate(10n), output: rate(20n), cacheRead: rate(1n), audioCacheRead: rate(5n) }) };
  expect(most('audioCacheReadInputTokens', call({}, { price: cached }), whole)).toBe(0);
  const cheap = { ...PRICE, rates: completeRates({ input: rate(10n), output: rate(20n), cacheRead: rate(50n), audioInput: rate(40n) }) };
  expect(most('audioInputTokens', call({}, { price: cheap }), whole)).toBe(0);
});

test('R15 a tier that is dearer than what was asked for is not believed', () => {
  const price = { ...PRICE, serviceTiers: { priority: 200, flex: 50 } };
  const named = (serviceTier: string, asked?: string) =>
    implausible({ inputTokens: 1, serviceTier }, call(asked === undefined ? {} : { serviceTier: asked }, { price }));
  expect([named('flex', 'default'), named('priority', 'priority'), named('priority', 'auto')]).toEqual([undefined, undefined, undefined]);
  expect([named('priority', 'flex'), named('priority', 'default')]).toEqual(['serviceTier', 'serviceTier']);
  expect(implausible({ inputTokens: -1, serviceTier: 'priority' }, call({ serviceTier: 'flex' }, { price }))).toBe('inputTokens');
});

test('R15 sound that is dearer than text from some length of prompt on is dearer', () => {
  const above = (tokens: number, price: bigint) => ({ base: 10n, tiers: [{ above: tokens, price }] });
  const believed = (audioInput: Price['rates']['input'], input: Price['rates']['input']) => {
    const rates = completeRates({ input, output: rate(20n), audioInput });
    return most('audioInputTokens', call({}, { price: { ...PRICE, rates } }), { inputTokens: 700 });
  };
  expect([believed(above(50, 11n), rate(10n)), believed(above(50, 10n), rate(10n))]).toEqual([0, 700]);
  expect([believed(rate(10n), above(50, 9n)), believed(rate(10n), above(50, 11n))]).toEqual([0, 700]);
});

test('R15 tools: as often as the call allows, else two hundred times; what costs nothing, at will', () => {
  const calls = (unit: string, asked: ReportedCall): number | undefined => {
    const believed = (count: number) => implausible({ toolCalls: { [unit]: count } }, asked) === undefined;
    return [0, 1, 2, 3, 5, 6, 200, 201, 1e12].filter(believed).at(-1);
  };
  expect(calls('search', call())).toBe(0);
  expect(calls('search', call({ toolUses: [{ unit: 'search', most: 2 }] }))).toBe(2);
  expect(
    calls(
      'search',
      call({
        toolUses: [
          { unit: 'search', most: 2 },
          { unit: 'search:deep', most: 3 },
          { unit: 'other', most: 9 },
        ],
      }),
    ),
  ).toBe(5);
  expect(calls('search', call({ toolUses: [{ unit: 'search' }] }))).toBe(200);
  expect(calls('free', call())).toBe(1e12);
  const priced = { price: { ...PRICE, calls: { ...PRICE.calls, request: 0n } } };
  expect(calls('request', call({}, priced))).toBe(0);
  expect(calls('request:low', call({}, priced))).toBe(0);
  for (const count of [-1, Number.NaN, -0.5]) expect(implausible({ toolCalls: { free: count } }, call())).toBe('free');
});

test('R15 the first class that cannot be true is named; no number that is none is believed', () => {
  expect(implausible({}, call())).toBeUndefined();
  expect(implausible({ malformed: true }, call())).toBe('malformed');
  expect(implausible({ malformed: false, inputTokens: 1 }, call())).toBeUndefined();
  expect(implausible({ outputTokens: 1e12, inputTokens: 1e12 }, call())).toBe('inputTokens');
  fc.assert(
    fc.property(
      fc.constantFrom('inputTokens', 'outputTokens', 'cacheReadInputTokens', 'billedOutputTokens'),
      fc.constantFrom(-1, -0.001, Number.NaN, Number.NEGATIVE_INFINITY),
      (name, count) => {
        expect(implausible({ [name]: count }, call())).toBe(name);
      },
    ),
  );
});

test('R15 what is billed beside tokens: no more than the call can have been, a call once; what costs nothing, at will', () => {
  const units: Price['units'] = { image: 7n, second: 7n, call: 7n, page: 0n };
  const asked = call({ units: { image: 2, second: 9.5, call: 3 } }, { price: { ...PRICE, units } });
  const believed = (counts: UnitCounts, of = asked) => implausible({ units: counts }, of);
  expect(believed({ image: 2, second: 10, call: 3 })).toBeUndefined();
  expect(believed({ image: 3 })).toBe('image');
  expect(believed({ second: 10.1 })).toBe('second');
  expect(believed({ call: 4 })).toBe('call');
  expect(believed({ image: -1 })).toBe('image');
  expect(believed({ image: Number.NaN })).toBe('image');
  expect(believed({ page: 1e9, character: 1e9 })).toBeUndefined();
  const plain = call({}, { price: { ...PRICE, units } });
  expect([believed({ call: 1 }, plain), believed({ call: 2 }, plain), believed({ image: 1 }, plain)]).toEqual([undefined, 'call', 'image']);
});
