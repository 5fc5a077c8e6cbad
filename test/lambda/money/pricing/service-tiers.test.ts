import { FREE_PRICE, type Price } from '../../../../lambda/money/pricing';
import { mostTierPercent, PRICED_KINDS, serviceTiersOf } from '../../../../lambda/money/pricing/service-tiers';
import type { ProviderKind } from '../../../../lib/private/contract';

const at = (kind: ProviderKind | undefined, serviceTiers: Record<string, number>): Price => ({
  ...FREE_PRICE,
  serviceTiers,
  ...(kind === undefined ? {} : { place: { kind, model: 'm' } }),
});
const TIERS = { priority: 250, flex: 50, batch: 50, fast: 200, us: 110, 'fast-us': 220, scale: 300 };

test.each<readonly [ProviderKind | undefined, string | undefined, number]>([
  // The project or deployment may be set to the dearest.
  ['openai', undefined, 250],
  ['openai', 'auto', 250],
  ['openai', 'default', 100],
  ['openai', 'standard', 100],
  ['openai', 'flex', 100],
  ['openai', 'batch', 100],
  ['openai', 'priority', 250],
  ['openai', 'scale', 300],
  ['openai', 'unheard', 250],
  // Before the book says that a model has it.
  ['openai', 'ultrafast', 600],
  ['bedrock', 'ultrafast', 600],
  ['mistral', 'ultrafast', 100],
  ['azure-openai', undefined, 250],
  ['azure-openai', 'on_demand', 100],
  // A workspace may keep inference in one country.
  ['anthropic', undefined, 110],
  ['anthropic', 'auto', 110],
  ['anthropic', 'standard_only', 110],
  ['anthropic', 'fast', 220],
  ['anthropic', 'fast-us', 220],
  ['anthropic', 'priority', 250],
  // Everybody else serves what is named, and no name at the list price.
  ['google-ai-studio', undefined, 100],
  ['google-ai-studio', 'auto', 250],
  ['google-ai-studio', 'priority', 250],
  ['google-ai-studio', 'flex', 100],
  ['vertex-ai', 'fast-us', 220],
  ['bedrock', 'priority', 250],
  [undefined, undefined, 100],
  [undefined, 'priority', 250],
])('R15 a call at %s that names tier %s may be billed %d percent', (kind, named, percent) => {
  expect(mostTierPercent(at(kind, TIERS), named)).toBe(percent);
});

test('R15 what is served faster may be served anywhere, whichever of both is dearer', () => {
  const tiers = { fast: 200, 'fast-us': 150, us: 110 };
  expect([mostTierPercent(at('anthropic', tiers), 'fast-us'), mostTierPercent(at('anthropic', tiers), 'fast')]).toEqual([200, 200]);
});

test('R15 no tier makes a bound less than the list price', () => {
  for (const kind of [...PRICED_KINDS, undefined]) {
    for (const named of [undefined, 'auto', 'flex', 'batch', 'priority', 'us', 'fast']) {
      expect(mostTierPercent(at(kind, { priority: 40, flex: 50, us: 60, fast: 70, 'fast-us': 80 }), named)).toBe(100);
      expect(mostTierPercent(at(kind, {}), named)).toBe(100);
    }
  }
});

test('R15 tiers by kind of provider, for models whose line says nothing of them', () => {
  expect(serviceTiersOf('openai')).toEqual({ flex: 50, batch: 50, priority: 250 });
  expect(serviceTiersOf('azure-openai')).toEqual({ batch: 50, priority: 250 });
  expect(serviceTiersOf('anthropic')).toEqual({ batch: 50, fast: 200, us: 110, 'fast-us': 220 });
  expect(serviceTiersOf('bedrock')).toEqual({ flex: 50, batch: 50, priority: 175 });
  expect(serviceTiersOf('google-ai-studio')).toEqual({ flex: 50, batch: 50, priority: 180 });
  expect(serviceTiersOf('vertex-ai')).toEqual({ flex: 50, batch: 50, priority: 180, fast: 200, us: 110, 'fast-us': 220 });
  expect(serviceTiersOf('groq')).toEqual({ flex: 100, performance: 100 });
  expect(serviceTiersOf('mistral')).toEqual({});
});
