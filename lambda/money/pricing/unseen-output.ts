import type { ProviderKind } from '../../../lib/private/contract';
import type { Price } from './price';

/** Faster than all but a few models write. */
const TOKENS_PER_SECOND = 400;
/**
 * Providers whose own machines write faster, by the fastest of their models.
 *
 * @see https://inference-docs.cerebras.ai/models/overview
 * @see https://console.groq.com/docs/models
 */
const FASTEST: Partial<Record<ProviderKind, number>> = { cerebras: 3_000, groq: 1_000 };

/** The most output tokens that a call's provider is held to, over all choices. */
export function mostOutput(price: Price | undefined, maxOutputTokens: number, choices: number): number {
  const each = Math.min(price?.maxOutputTokens ?? Number.POSITIVE_INFINITY, price?.contextWindow ?? Number.POSITIVE_INFINITY);
  return Math.min(maxOutputTokens, each * Math.max(1, choices));
}

/** The most output tokens, over all choices, that a model may have written in a time: they are written side by side. */
export function writtenWithin(milliseconds: number, price: Price | undefined, choices: number): number {
  const kind = price?.place?.kind;
  const speed = price?.fastestTokensPerSecond ?? (kind === undefined ? undefined : FASTEST[kind]) ?? TOKENS_PER_SECOND;
  return Math.ceil((Math.max(0, milliseconds) * speed * Math.max(1, choices)) / 1_000);
}

/** Models that think before they write, of which some, most or all is not shown. */
const REASONING =
  /(?:^|[/.])o\d|gpt-(?:[5-9]|\d\d)|gpt-oss|claude-(?!2|instant|3-(?:5|opus|sonnet|haiku))|gemini-(?:2\.5|[3-9])|grok-(?:3-mini|[4-9])|deepseek-(?:r|v4)|reason|think|qwq|magistral|deep-research/;

export function mayReasonUnseen(price: Price | undefined): boolean {
  return price?.place !== undefined && REASONING.test(price.place.model.toLowerCase());
}
