import fc from 'fast-check';
import { type BoundInput, boundOf, capForCost, dearOutput, FREE_PRICE, type Price } from '../../../../lambda/money/pricing';
import type { Rate, TokenClass } from '../../../../lambda/money/pricing/price';
import type { ToolUse } from '../../../../lambda/wire/model/tool-use';
import { wav } from '../../../support/pictures';
import { randomPrice } from '../../../support/random-price';

type Facts = BoundInput['facts'];

function largest(amounts: readonly bigint[]): bigint {
  return [...amounts].sort((left, right) => (left < right ? 1 : -1))[0] ?? 0n;
}

/** The dearest that any prompt of up to this length pays for one token that may be of these classes. */
function dearest(price: Price, classes: readonly TokenClass[], prompt: number): bigint {
  const amounts = classes.flatMap((name) => {
    const { base, tiers }: Rate = price.rates[name];
    return [base, ...tiers.filter(({ above }) => prompt > above).map((tier) => tier.price)];
  });
  return largest(amounts);
}

function upwards(sum: bigint, percent: number, beside = 0n): bigint {
  const exact = sum * BigInt(Math.round(percent * 10_000)) + beside * 10n ** 6n;
  return exact / 10n ** 12n + (exact % 10n ** 12n === 0n ? 0n : 1n);
}

/** What each turn puts into the prompt, the most first; tools without a limit share ten turns. */
function turnsOf(uses: readonly ToolUse[]): number[] {
  const limited = uses.flatMap(({ most, tokens = 30_000 }) => (most === undefined || tokens === 0 ? [] : Array<number>(most).fill(tokens)));
  const unlimited = uses.reduce((sum, { most, tokens = 30_000 }) => (most === undefined ? sum + 2 * tokens : sum), 0);
  return [...limited, ...(unlimited === 0 ? [] : Array<number>(10).fill(unlimited))].sort((left, right) => right - left);
}

/** What one place may bill for a call without media: everything at the dearest rate that it may have. */
function atPlace(facts: Facts, price: Price, bodyBytes: number, cap: number) {
  const window = price.contextWindow ?? Number.POSITIVE_INFINITY;
  const toolTokens = facts.toolUses.reduce((sum, { most = 20, tokens = 30_000 }) => sum + most * tokens, 0);
  const prompt = Math.min(bodyBytes + 2_048, window);
  const read = prompt + toolTokens;
  // What is to be summed up is read twice, and the summary is an answer of its own.
  const readings = facts.compacts === true && read >= 50_000 ? 2 : 1;
  const turns = turnsOf(facts.toolUses);
  const lengths = turns.map((_, index) => Math.min(prompt + turns.slice(0, index + 1).reduce((sum, tokens) => sum + tokens, 0), window));
  const input = lengths.reduce((sum, length) => sum + length, prompt) * readings;
  const answers = readings === 1 ? 1 : 1 + Math.min(turns.length + 1, Math.ceil(read / 50_000));
  const inputClasses: TokenClass[] = ['input', 'cacheRead', 'cacheWrite5m'];
  if (facts.cacheWrite === '1h') inputClasses.push('cacheWrite1h');
  if (facts.toolUses.length > 0) inputClasses.push('imageInput');
  const pictures = price.rates.imageOutput.base !== price.rates.output.base && (facts.modalities?.includes('image') ?? true);
  const outputClasses: TokenClass[] = ['output', 'reasoning'];
  if (facts.modalities?.includes('audio') === true) outputClasses.push('audioOutput');
  if (pictures) outputClasses.push('imageOutput');
  const asked = cap === 0 ? 0 : Math.max(cap, pictures ? 2_520 : 0);
  const output = Math.min(asked, price.maxOutputTokens ?? asked, window) * facts.choices * answers;
  const named = facts.serviceTier === 'auto' ? 'priority' : facts.serviceTier;
  const percent = Math.max(100, named === undefined ? 100 : (price.serviceTiers[named] ?? 100));
  const units = Object.entries({ call: 1, ...facts.units }).reduce(
    (sum, [unit, count]) => sum + BigInt(Math.ceil(count)) * (price.units?.[unit as 'call'] ?? 0n),
    0n,
  );
  const of = (outputTokens: number) =>
    upwards(
      BigInt(input) * dearest(price, inputClasses, input) + BigInt(outputTokens) * dearest(price, outputClasses, input),
      percent,
      units,
    ) + price.perRequest;
  const tools = facts.toolUses.reduce((sum, { unit, most = 20, free }) => {
    const name = unit.startsWith('search') ? 'search' : 'default';
    return free === true ? sum : sum + BigInt(most) * (price.calls[name] as bigint);
  }, 0n);
  return { answer: of(output) + tools, lost: of(0), inputTokens: read * readings };
}

function expected({ facts, prices, accounts, bodyBytes }: BoundInput, cap: number) {
  const places = prices.map((price, index) => ({ ...atPlace(facts, price, bodyBytes, cap), account: accounts?.[index] ?? '' }));
  const names = [...new Set(places.map(({ account }) => account))];
  const costs = names.map((answering) => {
    const answer = largest(places.filter(({ account }) => account === answering).map((place) => place.answer));
    const others = accounts === undefined ? [] : names.filter((name) => name !== answering);
    return others.reduce((sum, name) => sum + largest(places.filter(({ account }) => account === name).map(({ lost }) => lost)), answer);
  });
  return { costNanoUsd: largest(costs), inputTokens: Math.max(...places.map(({ inputTokens }) => inputTokens)) };
}

const limit = fc.option(fc.integer({ min: 1, max: 500_000 }), { nil: undefined });
const price: fc.Arbitrary<Price> = fc.tuple(randomPrice, limit, limit, fc.boolean()).map(([known, window, longest, makesPictures]) => ({
  ...known,
  rates: makesPictures ? known.rates : { ...known.rates, imageOutput: known.rates.output },
  ...(window === undefined ? {} : { contextWindow: window }),
  ...(longest === undefined ? {} : { maxOutputTokens: longest }),
}));
const toolUse: fc.Arbitrary<ToolUse> = fc.record(
  { unit: fc.constantFrom('search', 'other'), most: fc.integer({ min: 1, max: 5 }), tokens: fc.nat(5_000), free: fc.constant(true) },
  { requiredKeys: ['unit'] },
);
const facts: fc.Arbitrary<Facts> = fc.record(
  {
    choices: fc.integer({ min: 1, max: 4 }),
    media: fc.constant([]),
    toolUses: fc.uniqueArray(toolUse, { maxLength: 2, selector: ({ unit }) => unit }),
    serviceTier: fc.constantFrom('priority', 'flex', 'auto', 'standard'),
    cacheWrite: fc.constantFrom('5m' as const, '1h' as const),
    modalities: fc.subarray(['text', 'audio', 'image']),
    units: fc.record({ image: fc.nat(10), second: fc.double({ min: 0, max: 900, noNaN: true }), call: fc.nat(5) }, { requiredKeys: [] }),
    compacts: fc.constant(true),
  },
  { requiredKeys: ['choices', 'media', 'toolUses'] },
);
const call: fc.Arbitrary<BoundInput> = fc
  .tuple(
    facts,
    fc.oneof(fc.nat(700_000), fc.integer({ min: 197_950, max: 197_955 }), fc.integer({ min: 47_950, max: 47_953 })),
    fc.oneof(fc.constant(0), fc.nat(200_000)),
    fc.array(price, { minLength: 1, maxLength: 4 }),
    fc.option(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 4, maxLength: 4 }), { nil: undefined }),
  )
  .map(([known, bodyBytes, maxOutputTokens, prices, accounts]) => ({
    facts: known,
    bodyBytes,
    maxOutputTokens,
    prices,
    ...(accounts === undefined ? {} : { accounts: accounts.slice(0, prices.length) }),
  }));

test('R15 w is what the dearest place may bill, beside one lost input at each other account, and no more', () => {
  fc.assert(
    fc.property(call, (input) => {
      expect(boundOf(input)).toEqual(expected(input, input.maxOutputTokens));
    }),
    { numRuns: 400 },
  );
});

test('R15 the cap for an amount is the largest that fits, to the token', () => {
  fc.assert(
    fc.property(call, fc.nat(40), fc.integer({ min: -1, max: 41 }), fc.constantFrom(-1n, 0n, 1n), (input, cap, target, off) => {
      const asked = { ...input, maxOutputTokens: cap };
      const ceiling = boundOf({ ...asked, maxOutputTokens: Math.max(0, Math.min(target, cap)) }).costNanoUsd + off;
      const fitting = Array.from({ length: cap + 1 }, (_unused, tokens) => tokens).filter(
        (tokens) => boundOf({ ...asked, maxOutputTokens: tokens }).costNanoUsd <= ceiling,
      );
      const largest = fitting.at(-1);
      expect(capForCost(asked, ceiling)).toBe(largest === undefined || (largest === 0 && cap > 0) ? undefined : largest);
    }),
    { numRuns: 300 },
  );
});

test('R15 code runs in one container however often it is called, and a recording is counted at its own rate', () => {
  const known = fc.sample(randomPrice, { numRuns: 1, seed: 7 })[0] as Price;
  const dear = (base: bigint) => ({ base, tiers: [] });
  const rates = { ...known.rates, imageOutput: known.rates.output, audioInput: dear(10n ** 12n), imageInput: dear(10n ** 13n) };
  const price: Price = { ...known, serviceTiers: {}, perRequest: 0n, rates };
  const of = (facts: Partial<Facts>, bodyBytes = 1_000) =>
    boundOf({ facts: { choices: 1, media: [], toolUses: [], ...facts }, bodyBytes, maxOutputTokens: 0, prices: [price] });
  for (const unit of ['code_interpreter', 'code_execution', 'code_interpreter:4g']) {
    expect(of({ toolUses: [{ unit, most: 9, tokens: 0 }] }).costNanoUsd).toBe(of({ toolUses: [{ unit, most: 1, tokens: 0 }] }).costNanoUsd);
  }
  // Twelve seconds of 32 tokens, one for the header, and the 64 around them.
  const audio = wav(12);
  const heard = of({ media: [{ kind: 'audio', base64: audio }] }, audio.length + 1_000);
  expect(heard.inputTokens).toBe(1_000 + 2_048 + 13 * 32 + 64);
  const text = dearest(price, ['input', 'cacheRead', 'cacheWrite5m'], heard.inputTokens);
  const sound = dearest(price, ['audioInput', 'audioCacheRead', 'input', 'cacheRead', 'cacheWrite5m'], heard.inputTokens);
  expect(heard.costNanoUsd).toBe(upwards(3_048n * text + 480n * sound, 100));
  // Summed up first, all of it is read twice.
  const summed = of({ media: [{ kind: 'audio', base64: audio }], compacts: true }, audio.length + 100_000);
  const [longText, longSound] = [
    dearest(price, ['input', 'cacheRead', 'cacheWrite5m'], summed.inputTokens),
    dearest(price, ['audioInput', 'audioCacheRead', 'input', 'cacheRead', 'cacheWrite5m'], summed.inputTokens),
  ];
  expect(summed).toEqual({ inputTokens: 2 * 102_528, costNanoUsd: upwards(2n * 102_048n * longText + 2n * 480n * longSound, 100) });
});

test('R15 code is billed by the call where the provider bills it so', () => {
  const of = (kind: 'xai' | 'groq' | 'anthropic', unit = 'code_execution') =>
    boundOf({
      facts: { choices: 1, media: [], toolUses: [{ unit, most: 9, tokens: 0 }] },
      bodyBytes: 10,
      maxOutputTokens: 1,
      prices: [{ ...FREE_PRICE, calls: { default: 7n }, place: { kind, model: 'm' } }],
    }).costNanoUsd;
  expect([of('xai'), of('groq'), of('anthropic'), of('anthropic', 'my_code_execution')]).toEqual([63n, 63n, 7n, 63n]);
});

test('R15 a search that is set beside a model which searches anyway is not counted twice where it is the same search', () => {
  const of = (kind: 'perplexity' | 'groq', model: string, toolUses: readonly ToolUse[]) =>
    boundOf({
      facts: { choices: 1, media: [], toolUses },
      bodyBytes: 10,
      maxOutputTokens: 1,
      prices: [{ ...FREE_PRICE, calls: { default: 1n }, place: { kind, model } }],
    }).costNanoUsd;
  const [set, called]: ToolUse[] = [
    { unit: 'web_search', most: 7, tokens: 0, bySetting: true },
    { unit: 'web_search', most: 7, tokens: 0 },
  ];
  expect([of('perplexity', 'sonar', [set as ToolUse]), of('perplexity', 'sonar', [called as ToolUse])]).toEqual([50n, 57n]);
  // Three tools of ten calls, and one container.
  expect([of('groq', 'compound', []), of('groq', 'compound', [set as ToolUse])]).toEqual([40n, 47n]);
});

test('R15 an answer that may be sound or pictures is billed as the dearest of what it may be', () => {
  const rate = (base: bigint) => ({ base, tiers: [] });
  const of = (audioOutput: bigint, imageOutput: bigint, modalities?: string[]) =>
    dearOutput(
      { choices: 1, media: [], toolUses: [], ...(modalities === undefined ? {} : { modalities }) },
      { ...FREE_PRICE, rates: { ...FREE_PRICE.rates, output: rate(20n), audioOutput: rate(audioOutput), imageOutput: rate(imageOutput) } },
    );
  expect([of(80n, 20n), of(80n, 20n, ['audio']), of(20n, 20n, ['audio']), of(19n, 19n, ['audio', 'image'])]).toEqual([
    undefined,
    'audioOutput',
    undefined,
    undefined,
  ]);
  expect([of(20n, 60n), of(20n, 60n, ['text']), of(80n, 60n, ['image']), of(60n, 60n, ['text', 'Image'])]).toEqual([
    'imageOutput',
    undefined,
    'imageOutput',
    'imageOutput',
  ]);
  expect([of(80n, 60n, ['audio', 'image']), of(60n, 80n, ['audio', 'image'])]).toEqual(['audioOutput', 'imageOutput']);
});

test('R15 a film or an unknown file may be heard, a picture may not', () => {
  const known = { ...(fc.sample(randomPrice, { numRuns: 1, seed: 7 })[0] as Price), serviceTiers: {} };
  const dear = { base: 10n ** 18n, tiers: [] };
  const hears = (kind: 'image' | 'video' | 'file' | 'document', name: 'audioInput' | 'audioCacheRead') =>
    boundOf({
      facts: { choices: 1, media: [{ kind }], toolUses: [] },
      bodyBytes: 10,
      maxOutputTokens: 0,
      prices: [{ ...known, rates: { ...known.rates, [name]: dear } }],
    }).costNanoUsd >=
    2_058n * 10n ** 12n;
  for (const name of ['audioInput', 'audioCacheRead'] as const) {
    expect([hears('video', name), hears('file', name), hears('image', name), hears('document', name)]).toEqual([true, true, false, false]);
  }
});

test('R15 one token of an answer costs one token', () => {
  const rate = { base: 10n ** 12n, tiers: [] };
  const price: Price = { ...FREE_PRICE, rates: { ...FREE_PRICE.rates, output: rate, imageOutput: rate } };
  const of = (maxOutputTokens: number) =>
    boundOf({ facts: { choices: 1, media: [], toolUses: [] }, bodyBytes: 10, maxOutputTokens, prices: [price] }).costNanoUsd;
  expect([of(0), of(1), of(2)]).toEqual([0n, 10n ** 6n, 2n * 10n ** 6n]);
});

test('R15 what is free is bounded by nothing, so that no budget is asked', () => {
  const facts: Facts = { choices: 2, media: [], toolUses: [{ unit: 'search' }] };
  expect(boundOf({ facts, bodyBytes: 9_000, maxOutputTokens: 100, prices: [FREE_PRICE] }).costNanoUsd).toBe(0n);
});

test('R15 tools that a model uses unasked are bounded, be it one or several', () => {
  const calls = { default: 10n ** 12n };
  const of = (kind: 'openai' | 'perplexity' | 'groq', model: string) =>
    boundOf({
      facts: { choices: 1, media: [], toolUses: [] },
      bodyBytes: 10,
      maxOutputTokens: 1,
      prices: [{ ...FREE_PRICE, calls, place: { kind, model } }],
    }).costNanoUsd /
    10n ** 12n;
  expect([of('openai', 'gpt-4o'), of('openai', 'gpt-4o-search-preview'), of('perplexity', 'sonar')]).toEqual([0n, 1n, 50n]);
});
