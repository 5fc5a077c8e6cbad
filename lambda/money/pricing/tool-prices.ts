import type { ProviderKind } from '../../../lib/private/contract';
import type { ToolUse } from '../../wire/model';
import { GUARDRAIL_PRICES } from './guardrails';

/** Nano-USD of one thousandth of a thousand calls at one US dollar: how vendors list the prices of their tools. */
const PER_THOUSAND = 1_000_000n;
const CENT = 10_000_000n;

type UnitPrices = Readonly<Record<string, bigint>>;

/** Billed in tokens alone. */
const TOKENS_ALONE: UnitPrices = { mcp: 0n, tool_search: 0n };

/**
 * A container by the hour, charged as if it ran as long as a call may last, a quarter of one.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool#usage-and-pricing
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool#usage-and-pricing (tokens alone)
 */
const CLAUDE: UnitPrices = {
  ...TOKENS_ALONE,
  web_search: 10n * PER_THOUSAND,
  web_fetch: 0n,
  code_execution: (5n * CENT) / 4n,
};

/** By size (square, tall or wide) within quality, in tenths of a cent. */
const PICTURES: Readonly<Record<string, Readonly<Record<'low' | 'medium' | 'high', readonly [number, number]>>>> = {
  'gpt-image-1-mini': { low: [5, 6], medium: [11, 15], high: [36, 52] },
  'gpt-image-1.5': { low: [9, 13], medium: [34, 50], high: [133, 200] },
  'gpt-image-1': { low: [11, 16], medium: [42, 63], high: [167, 250] },
};
/** A picture of a model, quality or size that is not listed: four million pixels of the dearest model at its best. */
const UNLISTED_PICTURE = 40n * CENT;

/** @see https://platform.openai.com/docs/guides/image-generation#cost-and-latency */
function pictures(): UnitPrices {
  const prices: Record<string, bigint> = { image_generation: UNLISTED_PICTURE };
  for (const [model, qualities] of Object.entries(PICTURES)) {
    const unit = `image_generation:${model}:`;
    for (const [quality, [square, oblong]] of Object.entries(qualities)) {
      prices[`${unit}${quality}:1024x1024`] = BigInt(square) * PER_THOUSAND;
      prices[`${unit}${quality}:1024x1536`] = BigInt(oblong) * PER_THOUSAND;
      prices[`${unit}${quality}:1536x1024`] = BigInt(oblong) * PER_THOUSAND;
    }
  }
  return prices;
}

/** One container: twenty minutes of one with this much memory. @see https://platform.openai.com/docs/pricing#built-in-tools */
function containers(oneGigabyte: bigint): UnitPrices {
  return {
    code_interpreter: oneGigabyte,
    'code_interpreter:4g': 4n * oneGigabyte,
    'code_interpreter:16g': 16n * oneGigabyte,
    'code_interpreter:64g': 64n * oneGigabyte,
  };
}

const OPENAI: UnitPrices = {
  ...TOKENS_ALONE,
  ...containers(3n * CENT),
  ...pictures(),
  web_search: 10n * PER_THOUSAND,
  /** Models that reason pay what the newer search costs; for the others its results cost no tokens. */
  web_search_preview: 25n * PER_THOUSAND,
  file_search: (5n * PER_THOUSAND) / 2n,
};

/** What a request costs more when it searches in several steps, however much of the web it reads. @see https://docs.perplexity.ai/getting-started/pricing */
const PRO_SEARCH = 8n * PER_THOUSAND;

const KINDS: Partial<Record<ProviderKind, UnitPrices>> = {
  openai: OPENAI,
  // @see https://azure.microsoft.com/pricing/details/azure-openai
  'azure-openai': { ...TOKENS_ALONE, ...containers((33n * CENT) / 10n), ...pictures(), file_search: (5n * PER_THOUSAND) / 2n },
  anthropic: CLAUDE,
  bedrock: { ...CLAUDE, ...GUARDRAIL_PRICES },
  'vertex-ai': CLAUDE,
  // @see https://docs.x.ai/docs/models#tools-pricing
  xai: {
    ...TOKENS_ALONE,
    web_search: 5n * PER_THOUSAND,
    x_search: 5n * PER_THOUSAND,
    code_interpreter: 5n * PER_THOUSAND,
    code_execution: 5n * PER_THOUSAND,
    document_search: 5n * PER_THOUSAND,
    attachment_search: 10n * PER_THOUSAND,
    file_search: (5n * PER_THOUSAND) / 2n,
    collections_search: (5n * PER_THOUSAND) / 2n,
    live_search: 25n * PER_THOUSAND,
    view_image: 0n,
    view_x_video: 0n,
  },
  // @see https://groq.com/pricing: code and browsers by the hour, charged as five minutes of it.
  groq: {
    ...TOKENS_ALONE,
    web_search: 8n * PER_THOUSAND,
    browser_search: 8n * PER_THOUSAND,
    visit_website: 1n * PER_THOUSAND,
    code_interpreter: (18n * CENT) / 12n,
    code_execution: (18n * CENT) / 12n,
    browser_automation: (8n * CENT) / 12n,
  },
  // A search is part of the request's own price, but for the models whose rows price it.
  perplexity: { web_search: 0n, pro_search: PRO_SEARCH },
};

/** A request by how much of the web it reads. @see https://docs.perplexity.ai/getting-started/pricing */
function requests(model: string): UnitPrices {
  if (/deep-research/.test(model) || !/^sonar/.test(model)) return {};
  const [low, medium, high] = /pro/.test(model) ? [6n, 10n, 14n] : [5n, 8n, 12n];
  return { 'request:low': low * PER_THOUSAND, 'request:medium': medium * PER_THOUSAND, 'request:high': high * PER_THOUSAND };
}

/** Models that reason, for which OpenAI's older search costs what the newer one does. */
const REASONING = /^(?:o\d|gpt-(?:[5-9]|\d\d)(?!.*-chat))/;

/** Nano-USD by what a provider bills of its own tools. What is not named here or in the price book costs as an unknown tool. */
export function toolPricesOf(kind: ProviderKind, model: string): UnitPrices {
  const prices = KINDS[kind] ?? {};
  if (kind === 'perplexity') return { ...prices, ...requests(model) };
  return kind === 'openai' && REASONING.test(model) ? { ...prices, web_search_preview: 10n * PER_THOUSAND } : prices;
}

/** Searches of a research, which are reported and never asked for, and what each brings in citations. */
const RESEARCH_SEARCHES = 50;
const CITATION_TOKENS = 3_000;
/** @see https://console.groq.com/docs/compound/systems */
const COMPOUND_CALLS = 10;
const COMPOUND_RESULT_TOKENS = 10_000;
/** @see https://openrouter.ai/docs/features/web-search */
const ONLINE_SEARCHES = 5;

/** Tools that a model uses without being asked to. */
export function impliedUses(kind: ProviderKind, model: string): readonly ToolUse[] {
  switch (kind) {
    case 'perplexity':
      return [
        { unit: 'web_search', most: RESEARCH_SEARCHES, tokens: /deep-research/.test(model) ? CITATION_TOKENS : 0, readOnce: true },
        { unit: 'request', most: 1, tokens: 0 },
      ];
    case 'groq':
      if (!/compound/.test(model)) return [];
      return ['web_search', 'visit_website', 'code_execution', 'browser_automation'].map((unit) => ({
        unit,
        most: COMPOUND_CALLS,
        tokens: COMPOUND_RESULT_TOKENS,
      }));
    case 'openrouter':
      return /:online$|sonar|-search-/.test(model) ? [{ unit: 'web_search', most: ONLINE_SEARCHES, tokens: COMPOUND_RESULT_TOKENS }] : [];
    case 'openai':
    case 'azure-openai':
      return /-search-(?:preview|api)(?:-|$)/.test(model) ? [{ unit: 'web_search_preview', most: 1 }] : [];
    default:
      return [];
  }
}
