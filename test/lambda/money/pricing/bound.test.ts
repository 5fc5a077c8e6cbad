import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadPriceBook } from '../../../../lambda/money/deployed-book';
import { type BoundInput, boundOf, capForCost, costOf, type Price, type PriceBook } from '../../../../lambda/money/pricing';
import type { TokenClasses } from '../../../../lambda/wire/model/usage';

const at = Date.UTC(2026, 10, 24);
let book: PriceBook;
beforeAll(async () => {
  book = await loadPriceBook();
});

const FACTS: BoundInput['facts'] = { choices: 1, media: [], toolUses: [] };

function prices(): Price[] {
  const names = [
    ['openai', 'gpt-5'],
    ['openai', 'gpt-5.5'],
    ['anthropic', 'claude-sonnet-4-5'],
    ['google-ai-studio', 'gemini-2.5-pro'],
  ] as const;
  return names.map(([kind, model]) => book.lookup({ provider: kind, kind, model }, at) as Price);
}

test('D09 n choices reserve n caps', () => {
  const one = boundOf({ facts: FACTS, bodyBytes: 10, maxOutputTokens: 1_000, prices: prices() });
  const many = boundOf({ facts: { ...FACTS, choices: 8 }, bodyBytes: 10, maxOutputTokens: 1_000, prices: prices() });
  const input = boundOf({ facts: FACTS, bodyBytes: 10, maxOutputTokens: 0, prices: prices() }).costNanoUsd;
  expect(many.costNanoUsd - input).toBe(8n * (one.costNanoUsd - input));
});

test('D09 money never overflows, however much is asked for', () => {
  const bound = boundOf({ facts: { ...FACTS, choices: 128 }, bodyBytes: 4_194_304, maxOutputTokens: 10 ** 12, prices: prices() });
  expect(typeof bound.costNanoUsd).toBe('bigint');
  expect(Number.isSafeInteger(bound.inputTokens)).toBe(true);
});

test('D10 D11 the bound covers whatever the provider may report within bytes, cap and window', () => {
  fc.assert(
    fc.property(
      fc.record({
        bytes: fc.integer({ min: 2, max: 4_000_000 }),
        cap: fc.integer({ min: 1, max: 200_000 }),
        choices: fc.integer({ min: 1, max: 4 }),
        write: fc.constantFrom(undefined, '5m' as const, '1h' as const),
        which: fc.nat(3),
        shares: fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100)),
        tier: fc.constantFrom(undefined, 'flex', 'priority', 'auto'),
      }),
      ({ bytes, cap, choices, write, which, shares, tier }) => {
        const price = prices()[which] as Price;
        const facts = {
          ...FACTS,
          choices,
          ...(write === undefined ? {} : { cacheWrite: write }),
          ...(tier === undefined ? {} : { serviceTier: tier }),
        };
        const bound = boundOf({ facts, bodyBytes: bytes, maxOutputTokens: cap, prices: prices() });

        const input = Math.min(bytes, price.contextWindow ?? bytes);
        const output = Math.min(cap, price.contextWindow ?? cap, price.maxOutputTokens ?? cap) * choices;
        const part = (index: number): number => Math.floor((input * (shares[index] as number)) / 400);
        const tokens: TokenClasses = {
          input: input - part(0) - part(1) - part(2),
          cacheRead: part(0),
          audioCacheRead: 0,
          cacheWrite5m: part(1),
          cacheWrite1h: write === '1h' ? part(2) : 0,
          audioInput: 0,
          imageInput: 0,
          output: output - Math.floor(output / 3),
          reasoning: Math.floor(output / 3),
          audioOutput: 0,
          imageOutput: 0,
        };
        const served = tier === 'auto' ? 'priority' : tier;
        const cost = costOf(price, { tokens, ...(served === undefined ? {} : { serviceTier: served }) });
        expect(cost <= bound.costNanoUsd).toBe(true);
      },
    ),
  );
});

test('a ceiling on the cost lowers the output cap to what fits, or refuses', () => {
  const input: BoundInput = { facts: FACTS, bodyBytes: 1_000, maxOutputTokens: 100_000, prices: prices() };
  const ceiling = 500_000_000n;
  const cap = capForCost(input, ceiling) as number;
  expect(cap).toBeGreaterThan(0);
  expect(boundOf({ ...input, maxOutputTokens: cap }).costNanoUsd <= ceiling).toBe(true);
  expect(boundOf({ ...input, maxOutputTokens: cap + 1 }).costNanoUsd > ceiling).toBe(true);
  expect(capForCost(input, 1_000n)).toBeUndefined();
  expect(capForCost(input, 10n ** 15n)).toBe(100_000);
});

test('attachments and server-side tools are bounded although the body does not hold them', () => {
  const plain = boundOf({ facts: FACTS, bodyBytes: 1_000, maxOutputTokens: 100, prices: prices() });
  const image = boundOf({
    facts: { ...FACTS, media: [{ kind: 'image' as const }] },
    bodyBytes: 1_000,
    maxOutputTokens: 100,
    prices: prices(),
  });
  const search = boundOf({
    facts: { ...FACTS, toolUses: [{ unit: 'web_search' }] },
    bodyBytes: 1_000,
    maxOutputTokens: 100,
    prices: prices(),
  });
  expect(image.costNanoUsd).toBeGreaterThan(plain.costNanoUsd);
  expect(search.costNanoUsd).toBeGreaterThan(plain.costNanoUsd + 20n * 10_000_000n);
});

const fixtures = join(__dirname, '../../../../../shared/fixtures');
const recorded = existsSync(join(fixtures, 'index.json')) ? test : test.skip;

recorded('D11 the byte bound covers the input of every recorded exchange', () => {
  const index = JSON.parse(readFileSync(join(fixtures, 'index.json'), 'utf8')) as unknown;
  const cases = exchangesOf(index);
  expect(cases.length).toBeGreaterThan(0);
  for (const { inputTokens, requestBytes } of cases) expect(inputTokens).toBeLessThanOrEqual(requestBytes + 2_048);
});

interface IndexEntry {
  readonly requestFile?: string | null;
  readonly facts?: { readonly usage?: Readonly<Record<string, unknown>> | null };
}

/** Recorded exchanges with a request body of text alone and a reported input, in any family's words. */
function exchangesOf(index: unknown): { inputTokens: number; requestBytes: number }[] {
  return (index as { entries: IndexEntry[] }).entries.flatMap(({ requestFile, facts }) => {
    const usage = facts?.usage ?? {};
    const count = (name: string): number => (typeof usage[name] === 'number' ? usage[name] : 0);
    const inputTokens =
      count('prompt_tokens') ||
      count('promptTokenCount') ||
      count('inputTokens') + count('cacheReadInputTokens') + count('cacheWriteInputTokens') ||
      count('input_tokens') + count('cache_read_input_tokens') + count('cache_creation_input_tokens');
    if (typeof requestFile !== 'string' || inputTokens === 0) return [];
    const request = readFileSync(join(fixtures, requestFile), 'utf8');
    if (/image|audio|document|file|inlineData|web_search|code_execution|cachedContent/i.test(request)) return [];
    return [{ inputTokens, requestBytes: Buffer.byteLength(request) }];
  });
}
