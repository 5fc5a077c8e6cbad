import fc from 'fast-check';
import { boundOf, chargeOfUsage, implausible, mediaOf, type Price } from '../../../../lambda/money/pricing';
import type { BoundFacts } from '../../../../lambda/money/pricing/bound-facts';
import { PRICE_UNITS } from '../../../../lambda/wire/model';
import type { Usage } from '../../../../lambda/wire/model/usage';
import { png, wav } from '../../../support/pictures';
import { randomPrice } from '../../../support/random-price';

const PLACES = [
  undefined,
  { kind: 'anthropic', model: 'claude-x' },
  { kind: 'openai', model: 'gpt-x' },
  { kind: 'google-ai-studio', model: 'gemini-2.5-x' },
] as const;
const TIERS = [undefined, 'auto', 'default', 'flex', 'priority', 'fast', 'us'] as const;
const MEDIA: BoundFacts['media'] = [
  { kind: 'image', base64: png(900, 700) },
  { kind: 'image' },
  { kind: 'audio', base64: wav(3) },
  { kind: 'audio' },
  { kind: 'document' },
  { kind: 'video' },
  { kind: 'file' },
];

const price: fc.Arbitrary<Price> = fc
  .tuple(
    randomPrice,
    fc.option(fc.integer({ min: 1_000, max: 2_000_000 }), { nil: undefined }),
    fc.constantFrom(...PLACES),
    fc.option(fc.record({ place: fc.bigInt({ min: 0n, max: 11_000_000n }), team: fc.bigInt({ min: 0n, max: 11_000_000n }) }), {
      nil: undefined,
    }),
  )
  .map(([known, window, place, adjustment]) => ({
    ...known,
    ...(adjustment === undefined ? {} : { adjustment }),
    ...(window === undefined ? {} : { contextWindow: window }),
    ...(place === undefined ? {} : { place }),
  }));
const unitCounts = fc.record(
  Object.fromEntries(PRICE_UNITS.map((name) => [name, fc.oneof(fc.nat(50), fc.double({ min: 0, max: 50, noNaN: true }))])),
  { requiredKeys: [] },
);
const facts: fc.Arbitrary<BoundFacts> = fc.record(
  {
    choices: fc.integer({ min: 1, max: 3 }),
    media: fc.subarray([...MEDIA]),
    toolUses: fc.constant([]),
    serviceTier: fc.constantFrom('auto', 'default', 'flex', 'priority', 'fast'),
    cacheWrite: fc.constantFrom('5m' as const, '1h' as const),
    asksWindow: fc.constant(1_000_000),
    units: unitCounts,
  },
  { requiredKeys: ['choices', 'media', 'toolUses'] },
);

test('R11 no report of what a call can have sent is believed and costs more than w, whatever its media, window, tier and units', () => {
  fc.assert(
    fc.property(
      price,
      facts,
      fc.integer({ min: 2, max: 4_000_000 }),
      fc.integer({ min: 1, max: 50_000 }),
      fc.constantFrom(...TIERS),
      fc.constantFrom(1, 0.5, 0),
      fc.constantFrom('none', 'cacheRead', 'write', 'hour', 'audio', 'image'),
      fc.option(unitCounts, { nil: undefined }),
      (known, asked, textBytes, cap, tier, share, part, units) => {
        const bodyBytes = textBytes + asked.media.reduce((sum, { base64 = '' }) => sum + base64.length, 0);
        const media = mediaOf(asked, known);
        const sent = textBytes + 2_048 + media.audio + media.other;
        const heard = asked.media.some(({ kind }) => kind === 'video' || kind === 'file') ? sent : media.audio;
        const bound = boundOf({ facts: asked, bodyBytes, maxOutputTokens: cap, prices: [known] });
        // As long as the call, and as long as any reading that is believed.
        for (const inputTokens of [sent, known.contextWindow ?? sent, 1_000_000, 200_000].filter((tokens) => tokens <= sent)) {
          const some = Math.floor(inputTokens * share);
          const usage: Usage = {
            inputTokens,
            outputTokens: Math.min(cap, known.maxOutputTokens ?? cap, known.contextWindow ?? cap) * asked.choices,
            ...(part === 'cacheRead' ? { cacheReadInputTokens: some } : {}),
            ...(part === 'write' || part === 'hour' ? { cacheCreationInputTokens: some } : {}),
            ...(part === 'hour' ? { cacheCreation1hInputTokens: some } : {}),
            ...(part === 'audio' ? { audioInputTokens: Math.min(some, heard) } : {}),
            ...(part === 'image' ? { imageInputTokens: some } : {}),
            ...(tier === undefined ? {} : { serviceTier: tier }),
            ...(units === undefined ? { units: asked.units ?? {} } : { units }),
          };
          if (implausible(usage, { facts: asked, bodyBytes, maxOutputTokens: cap, price: known }) !== undefined) continue;
          expect(chargeOfUsage(known, usage).costNanoUsd).toBeLessThanOrEqual(bound.costNanoUsd);
        }
      },
    ),
    { numRuns: 600 },
  );
});
