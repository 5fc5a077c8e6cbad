import type { BoundFacts } from './bound-facts';
import { mostCharacters } from './characters';

/** Nano-USD of a text unit at a tenth of a US dollar for a thousand: how AWS lists them. */
const PER_THOUSAND = 100_000n;
/** A guardrail has two policies of automated reasoning at most. */
const REASONING_POLICIES = 2n;
const CONTENT = (3n * PER_THOUSAND) / 2n;
const TOPIC = (3n * PER_THOUSAND) / 2n;
const SENSITIVE_INFORMATION = PER_THOUSAND;
const GROUNDING = PER_THOUSAND;
const REASONING = (17n * PER_THOUSAND) / 10n;

/** A text unit that a guardrail looked at with every policy that it can have. Grounding needs sources that are marked as such. */
const EVERY_POLICY = CONTENT + TOPIC + SENSITIVE_INFORMATION + REASONING_POLICIES * REASONING;

/**
 * What a guardrail of Bedrock bills, in nano-USD: text units by policy, and pictures. Lists of words and regular expressions cost nothing.
 * `any` is for what nobody reported.
 *
 * @see https://aws.amazon.com/bedrock/pricing/ (Guardrails)
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailAutomatedReasoningPolicyConfig.html
 */
export const GUARDRAIL_PRICES = {
  guardrail_any: EVERY_POLICY,
  guardrail_content: CONTENT,
  guardrail_topic: TOPIC,
  guardrail_sensitive_information: SENSITIVE_INFORMATION,
  guardrail_grounding: GROUNDING,
  guardrail_reasoning: REASONING,
  guardrail_content_image: (15n * PER_THOUSAND) / 2n,
} as const;

/** What units of a guardrail cost, by policy, in nano-USD. */
export function guardrailFee(units: Readonly<Record<string, number>>): bigint {
  const prices: Readonly<Record<string, bigint>> = GUARDRAIL_PRICES;
  return Object.entries(units).reduce((sum, [policy, count]) => sum + BigInt(count) * (prices[`guardrail_${policy}`] ?? EVERY_POLICY), 0n);
}

/** Characters of a text unit; a begun one is whole. @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-how.html */
const UNIT_CHARACTERS = 1_000;
/** A stream is looked at in pieces, of which AWS says no length: each unit is reckoned as half full. */
const STREAM_PIECES = 2;

/** Text units of a text that is looked at in one piece. */
export function textUnits(characters: number): number {
  return Math.ceil(characters / UNIT_CHARACTERS);
}

/** Text units of a call and of an answer that is capped so, at most: a character is never shorter than a byte. */
export function guardrailUnits(textBytes: number, maxOutputTokens: number): number {
  return textUnits(textBytes) + (maxOutputTokens === 0 ? 0 : STREAM_PIECES * textUnits(mostCharacters(maxOutputTokens)));
}

/** Pictures that a guardrail may look at. */
export function guardrailPictures({ media }: Pick<BoundFacts, 'media'>): number {
  return media.filter(({ kind }) => kind !== 'audio').length;
}
