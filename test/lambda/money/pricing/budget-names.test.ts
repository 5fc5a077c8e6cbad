/** No spelling of a model that has its price leaves a budget on it. */
import fc from 'fast-check';
import { createPriceBook } from '../../../../lambda/money/pricing';
import { namesOf as namesOnLine } from '../../../../lambda/money/pricing/book-line';
import data from '../../../../lambda/money/pricing/price-book.json';
import { withoutProfile } from '../../../../lambda/wire/model/bedrock-profile';
import { bindsModel } from '../../../../lambda/wire/model/model-pattern';
import type { ProviderKind } from '../../../../lib/private/contract';

const NOW = Date.parse('2026-11-29');
const book = createPriceBook(data);
const isPriced = (kind: ProviderKind, model: string) => book.lookup({ provider: 'p', kind, model }, NOW) !== undefined;
const binds = (kind: ProviderKind, model: string, pattern: string) =>
  bindsModel(
    pattern,
    `p/${model}`,
    book.namesOf(kind, model).map((name) => `p/${name}`),
  );

const listed = Object.entries(data.lists).flatMap(([kind, lines]) =>
  lines.flatMap((line) => namesOnLine(line).map((name) => ({ kind: kind as ProviderKind, model: name }))),
);
const geography = fc.constantFrom('us', 'eu', 'apac', 'jp', 'au', 'ca', 'in', 'sa', 'me', 'af', 'mx', 'us-gov', 'global', 'xx');
const day = fc.constantFrom('2024-07-18', '2025-11-01', '2026-11-29');
const dated = fc
  .tuple(fc.constantFrom('-', '@'), day, fc.boolean())
  .map(([sign, date, dashes]) => sign + (dashes ? date : date.replaceAll('-', '')));
/** What a caller may put around a model's name. */
const around = fc.oneof(
  geography.map((prefix) => (model: string) => `${prefix}.${model}`),
  geography.map((prefix) => (model: string) => `arn:aws:bedrock:us-east-1:1:inference-profile/${prefix}.${model}`),
  dated.map((suffix) => (model: string) => model + suffix),
  dated.map((suffix) => (model: string) => `ft:${model}${suffix}:org:name:id`),
  dated.map((suffix) => (model: string) => `models/${model}${suffix}`),
  fc.constantFrom<(model: string) => string>(
    (model) => `models/${model}`,
    (model) => `publishers/google/models/${model}`,
    (model) => `google/${model}`,
    (model) => `ft:${model}`,
    (model) => `ft:${model}:org::id`,
    (model) => `${model}-latest`,
    (model) => `${model}-001`,
    (model) => `${model}-v1:0`,
    (model) => `${model}:0`,
    (model) => model.toUpperCase(),
  ),
);

test('R03 every spelling that has a price of the book binds the budget of the bare model', () => {
  let priced = 0;
  fc.assert(
    fc.property(fc.constantFrom(...listed), around, ({ kind, model }, spell) => {
      const bare =
        kind === 'vertex-ai'
          ? model.replace(/^(?:google|anthropic)\//, '')
          : kind === 'bedrock'
            ? withoutProfile(model.slice(model.lastIndexOf('/') + 1))
            : model;
      const spelled = spell(bare);
      // Elsewhere a vendor before a name makes it another host's name, listed by itself.
      fc.pre(kind === 'vertex-ai' || spelled !== `google/${bare}`);
      // A colon ends what a fine-tuned model was made of.
      fc.pre(isPriced(kind, spelled) && !(spelled.startsWith('ft:') && bare.includes(':')));
      priced++;

      // What has a slash is `provider/model`, also where it is the whole of a bare name.
      const patterns = [`p/${bare}`, `p/${bare.slice(0, -1)}*`, `P/${bare.toUpperCase()}`, ...(bare.includes('/') ? [] : [bare])];
      expect([spelled, patterns.filter((pattern) => !binds(kind, spelled, pattern))]).toEqual([spelled, []]);
    }),
    { numRuns: 5_000 },
  );
  expect(priced).toBeGreaterThan(1_000);
});

test.each<[ProviderKind, string, string]>([
  ['openai', 'gpt-4o-mini-2024-07-18', 'p/gpt-4o-mini'],
  ['openai', 'gpt-4o-mini@20240718', 'p/gpt-4o-mini'],
  ['openai', 'ft:gpt-4o-mini-2024-07-18:a::b', 'p/gpt-4o-mini'],
  ['openai', 'ft:gpt-4o-mini-2024-07-18:a::b', 'gpt-4o-mini'],
  ['openai', 'gpt-4-0613', 'p/gpt-4'],
  ['google-ai-studio', 'models/gemini-2.5-flash', 'p/gemini-2.5-flash'],
  ['vertex-ai', 'publishers/anthropic/models/claude-sonnet-4-5@20250929', 'p/claude-sonnet-4-5'],
  ['anthropic', 'claude-3-5-haiku-latest', 'p/claude-3-5-haiku'],
  ['bedrock', 'in.anthropic.claude-sonnet-4-5-20250929-v1:0', 'p/anthropic.claude-sonnet-4-5'],
  ['bedrock', 'IN.anthropic.claude-sonnet-4-5-20250929-v1:0', 'p/anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['bedrock', 'latam.anthropic.claude-x', 'p/anthropic.claude-x'],
  ['bedrock', 'mx.newcomer.model-1', 'newcomer.model-1'],
])('R03 %s %s binds the budget on %s', (kind, model, pattern) => {
  expect(binds(kind, model, pattern)).toBe(true);
});

test.each<[ProviderKind, string, string]>([
  ['openai', 'gpt-4o', 'p/gpt-4o-mini'],
  ['openai', 'gpt-4o-mini', 'p/gpt-4o'],
  ['openai', 'gpt-4o-mini', 'p/gpt-4o-mini-2024-07-18'],
  ['openai', 'gpt-5-codex', 'p/gpt-5'],
  ['bedrock', 'deepseek.v3.2', 'p/v3.2'],
  ['bedrock', 'openai.gpt-5.4', 'p/gpt-5.4'],
  ['bedrock', 'anthropic.claude-x', 'p/us.anthropic.claude-x'],
])('R03 %s %s does not bind the budget on %s, another model or a narrower name', (kind, model, pattern) => {
  expect(binds(kind, model, pattern)).toBe(false);
});
