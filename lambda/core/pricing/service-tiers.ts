import type { ProviderKind } from '../../../lib/private/contract';

/** Named by `pricedTier` of the Messages protocol; the two multiply. */
const CLAUDE = { fast: 200, us: 110, 'fast-us': 220 };

/**
 * What service tiers cost, in percent of the list price. Where a provider's factor differs from model to model, the dearest:
 * charged may then be a little more than billed, never less. Overrides can say it exactly.
 *
 * @see https://openai.com/api/pricing (flex, batch, priority)
 * @see https://ai.google.dev/gemini-api/docs/pricing
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
 * @see https://docs.claude.com/en/api/service-tiers
 * @see https://docs.claude.com/en/docs/build-with-claude/fast-mode (`fast`)
 * @see https://docs.claude.com/en/docs/build-with-claude/data-residency (`us`, for inference in the United States alone)
 */
const TIERS: Partial<Record<ProviderKind, Readonly<Record<string, number>>>> = {
  openai: { flex: 50, batch: 50, priority: 250 },
  'azure-openai': { batch: 50, priority: 250 },
  anthropic: { batch: 50, ...CLAUDE },
  bedrock: { flex: 50, batch: 50, priority: 175 },
  'google-ai-studio': { flex: 50, batch: 50, priority: 180 },
  'vertex-ai': { flex: 50, batch: 50, priority: 180, ...CLAUDE },
  groq: { flex: 100, performance: 100 },
};

/** Kinds of provider that a price book may list. */
export const PRICED_KINDS: readonly ProviderKind[] = [
  'anthropic',
  'azure-openai',
  'bedrock',
  'cerebras',
  'cohere',
  'deepseek',
  'fireworks',
  'google-ai-studio',
  'groq',
  'hugging-face',
  'mistral',
  'nvidia-nim',
  'openai',
  'openrouter',
  'perplexity',
  'together',
  'vertex-ai',
  'xai',
];

export function serviceTiersOf(kind: ProviderKind): Readonly<Record<string, number>> {
  return TIERS[kind] ?? {};
}
