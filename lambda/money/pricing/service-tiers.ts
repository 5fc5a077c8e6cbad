import type { ProviderKind } from '../../../lib/private/contract';
import { tierPercent } from './cost';
import type { Price } from './price';

/** Named by `pricedTier` of the Messages protocol; the two multiply. */
const CLAUDE = { fast: 200, us: 110, 'fast-us': 220 };

/**
 * What service tiers cost, in percent of the list price. For models whose line in the price book says nothing of tiers;
 * where a provider's factor differs from model to model, the dearest: charged may then be a little more than billed, never less.
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

/** Tiers that a price book may price. The list price has no tier: a percentage of it would be one of all calls. */
export const PRICED_TIERS: ReadonlySet<string> = new Set(['flex', 'batch', 'priority', 'performance', 'ultrafast', ...Object.keys(CLAUDE)]);

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

/** Names of the list price itself: what is asked for by one of them is not served dearer. */
const LISTED = new Set(['default', 'standard', 'standard_only', 'on_demand', 'flex', 'batch']);

/**
 * The most that a call may be billed, in percent of the list price, when this tier is named, or none.
 *
 * OpenAI and Azure take a call that names no tier, or `auto`, at the tier of the project or deployment, which can be `priority`.
 * Anthropic's workspaces may keep inference in the United States without being told in the call. Everybody else serves a call that
 * names no tier at the list price, and nobody serves a named tier dearer than it is.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-service_tier
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/concepts/priority-processing
 * @see https://docs.claude.com/en/docs/build-with-claude/data-residency#workspace-level-restrictions
 */
export function mostTierPercent(price: Price, named: string | undefined): number {
  const most = (...tiers: readonly string[]): number => Math.max(100, ...tiers.map((tier) => tierPercent(price, tier)));
  switch (price.place?.kind) {
    case 'openai':
    case 'azure-openai':
      if (named === undefined || named === 'auto') return most('priority');
      return LISTED.has(named) ? 100 : most(named, 'priority');
    case 'anthropic':
      return named === 'fast' || named === 'fast-us' ? most('fast', 'fast-us') : most('us', named ?? '');
    default:
      return named === 'auto' ? most('priority') : most(named ?? '');
  }
}
