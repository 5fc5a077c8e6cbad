/** What is charged is never more than what was reserved: for every row of the price book, and any report that can be true. */
import fc from 'fast-check';
import { loadPriceBookData } from '../../../../lambda/money/deployed-book';
import { boundOf, callsOf, costOfUsage, createPriceBook, implausible, type Price } from '../../../../lambda/money/pricing';
import { namesOf } from '../../../../lambda/money/pricing/book-line';
import type { BoundFacts } from '../../../../lambda/money/pricing/bound-facts';
import { mediaTokens } from '../../../../lambda/money/pricing/media';
import { impliedUses } from '../../../../lambda/money/pricing/tool-prices';
import type { Usage } from '../../../../lambda/wire/model/usage';
import type { ProviderKind } from '../../../../lib/private/contract';
import { png, wav } from '../../../support/pictures';

const NOVEMBER = Date.UTC(2026, 10, 29);
const RUNS_A_ROW = 12;
const MEDIA: BoundFacts['media'] = [
  { kind: 'image', base64: png(1_000, 800) },
  { kind: 'image' },
  { kind: 'audio', base64: wav(1) },
  { kind: 'document', base64: Buffer.alloc(900).toString('base64') },
  { kind: 'video' },
];
const UNITS = [
  'web_search',
  'web_search_preview',
  'web_fetch',
  'file_search',
  'code_interpreter',
  'code_interpreter:64g',
  'code_execution',
  'image_generation',
  'image_generation:gpt-image-1:high:1024x1024',
  'mcp',
  'live_search',
  'something_new',
];
const share = fc.double({ min: 0, max: 1, noNaN: true });

const call = fc.record({
  textBytes: fc.integer({ min: 2, max: 600_000 }),
  cap: fc.integer({ min: 1, max: 200_000 }),
  choices: fc.integer({ min: 1, max: 3 }),
  media: fc.subarray([...MEDIA]),
  tools: fc.uniqueArray(
    fc.record({ unit: fc.constantFrom(...UNITS), most: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) }),
    {
      selector: ({ unit }) => unit,
      maxLength: 3,
    },
  ),
  modalities: fc.constantFrom(undefined, ['text'], ['text', 'audio'], ['text', 'image']),
  cacheWrite: fc.constantFrom(undefined, '5m' as const, '1h' as const),
  named: fc.constantFrom(undefined, 'auto', 'default', 'flex', 'priority', 'fast', 'ultrafast'),
  /** Shares of what can be true. */
  shares: fc.record({
    input: share,
    output: share,
    cacheRead: share,
    cacheWrite: share,
    hour: share,
    audio: share,
    image: share,
    reasoning: share,
    sound: share,
    pictures: share,
    calls: share,
  }),
  tier: fc.nat(20),
});
type Drawn = typeof call extends fc.Arbitrary<infer T> ? T : never;

/** Tiers that a call may be answered with, by who chooses. */
function answeredTiers(kind: ProviderKind, named: string | undefined): (string | undefined)[] {
  const chosen = named === undefined || named === 'auto';
  if (kind === 'openai' || kind === 'azure-openai') return chosen ? [undefined, 'flex', 'priority'] : [named, 'default'];
  if (kind === 'anthropic') return named === 'fast' ? ['fast', 'fast-us'] : [undefined, 'us'];
  return chosen ? [undefined] : [named, undefined];
}

function factsOf({ choices, media, tools, modalities, cacheWrite, named }: Drawn): BoundFacts {
  return {
    choices,
    media,
    toolUses: tools.map(({ unit, most }) => (most === undefined ? { unit } : { unit, most })),
    ...(modalities === undefined ? {} : { modalities }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
    ...(named === undefined ? {} : { serviceTier: named }),
  };
}

/** Everything again after each use, and what it brought; calls without a limit are twenty in ten turns. */
function mostRead(prompt: number, uses: BoundFacts['toolUses'], window: number): number {
  const brought = uses.filter(({ tokens, readOnce }) => tokens !== 0 && readOnce !== true);
  const limited = brought.flatMap(({ most, tokens = 30_000 }) => (most === undefined ? [] : Array<number>(most).fill(tokens)));
  const unlimited = brought.filter(({ most }) => most === undefined).reduce((sum, { tokens = 30_000 }) => sum + 2 * tokens, 0);
  const turns = [...limited, ...(unlimited === 0 ? [] : Array<number>(10).fill(unlimited))].sort((left, right) => right - left);
  let length = prompt;
  let read = prompt;
  for (const tokens of turns) {
    length = Math.min(length + tokens, window);
    read += length;
  }
  const once = uses.filter(({ readOnce }) => readOnce === true).reduce((sum, { most = 20, tokens = 30_000 }) => sum + most * tokens, 0);
  return read + once;
}

/** A report of the drawn shares of everything that can be true. */
function reportOf(drawn: Drawn, facts: BoundFacts, price: Price, kind: ProviderKind): Usage {
  const { shares, textBytes, cap, choices } = drawn;
  const part = (whole: number, of: number): number => Math.floor(whole * of);
  const model = price.place?.model ?? '';
  const window = price.contextWindow ?? Number.POSITIVE_INFINITY;
  const media = mediaTokens(model, facts.media);
  const uses = [...facts.toolUses, ...impliedUses(kind, model)];
  const inputTokens = part(mostRead(Math.min(textBytes + media.audio + media.other, window), uses, window), shares.input);
  const outputTokens = part(Math.min(cap, price.maxOutputTokens ?? cap, window), shares.output) * choices;
  const cacheRead = part(inputTokens, shares.cacheRead);
  const written = part(inputTokens - cacheRead, shares.cacheWrite);
  const hasSound = facts.media.some(({ kind: of }) => of === 'audio' || of === 'video');
  const heard = facts.media.some(({ kind: of }) => of === 'video') ? inputTokens : Math.min(media.audio, inputTokens);
  const toolCalls = Object.fromEntries(
    uses.map((use) => [use.unit === 'request' ? 'request:high' : use.unit, part(callsOf(use, price.place), shares.calls)]),
  );
  const tiers = answeredTiers(kind, drawn.named);
  const serviceTier = tiers[drawn.tier % tiers.length];
  const asked = (modality: string): boolean => facts.modalities?.includes(modality) === true;
  return {
    inputTokens,
    outputTokens,
    cacheReadInputTokens: cacheRead,
    cacheCreationInputTokens: written,
    cacheCreation1hInputTokens: facts.cacheWrite === '1h' ? part(written, shares.hour) : 0,
    audioInputTokens: hasSound ? part(heard, shares.audio) : 0,
    imageInputTokens: facts.media.some(({ kind: of }) => of === 'image') ? part(Math.min(inputTokens, media.other), shares.image) : 0,
    reasoningOutputTokens: part(outputTokens, shares.reasoning),
    audioOutputTokens: asked('audio') ? part(outputTokens, shares.sound) : 0,
    imageOutputTokens: facts.modalities === undefined || asked('image') ? part(outputTokens, shares.pictures) : 0,
    toolCalls,
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

test('R11 D11 a plausible charge is never more than w, for every row of the price book', async () => {
  const data = await loadPriceBookData();
  const book = createPriceBook(data);
  let rows = 0;
  for (const [kind, lines] of Object.entries(data.lists) as [ProviderKind, readonly string[]][]) {
    for (const line of lines) {
      const price = book.lookup({ provider: kind, kind, model: namesOf(line)[0] as string }, NOVEMBER);
      if (price === undefined) continue;
      rows += 1;
      fc.assert(
        fc.property(call, (drawn) => {
          const facts = factsOf(drawn);
          const bodyBytes = drawn.textBytes + facts.media.reduce((sum, { base64 = '' }) => sum + base64.length, 0);
          const usage = reportOf(drawn, facts, price, kind);

          const bound = boundOf({ facts, bodyBytes, maxOutputTokens: drawn.cap, prices: [price] });

          const cost = costOfUsage(price, usage);
          if (cost > bound.costNanoUsd) throw new Error(`${kind} ${line.slice(0, 90)}: charged ${cost}, reserved ${bound.costNanoUsd}`);
          const failed = implausible(usage, { facts, bodyBytes, maxOutputTokens: drawn.cap, price });
          if (failed !== undefined) throw new Error(`${kind} ${line.slice(0, 90)}: ${failed} is called implausible`);
        }),
        { numRuns: RUNS_A_ROW },
      );
    }
  }
  expect(rows).toBeGreaterThan(1_000);
}, 120_000);
