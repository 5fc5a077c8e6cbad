import type { Access } from './authorizer';
import { type AwsAnswer, AwsError, type AwsRequest } from './service';

/** What a guardrail is asked for. */
export interface GuardrailCall {
  readonly id: string;
  readonly accesses: readonly Access[];
}

/** Begins what the guardrail that is played refuses, so that this can be tried. */
const REFUSED = /\bguardrail:block\b/i;
const ADDRESS = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g;
const MASK = '{EMAIL}';
const UNIT_CHARACTERS = 1_000;

/** The call of a path, with the permission that it needs. @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html */
export function guardrailCall({ method, url, region }: AwsRequest, account: string): GuardrailCall | undefined {
  const [, named] = /^\/guardrail\/([^/]+)\/version\/[^/]+\/apply$/.exec(url.pathname) ?? [];
  if (named === undefined || method !== 'POST') return undefined;
  const id = decodeURIComponent(named);
  const resource = id.startsWith('arn:') ? id : `arn:aws:bedrock:${region}:${account}:guardrail/${id}`;
  return { id, accesses: [{ action: 'bedrock:ApplyGuardrail', resource }] };
}

/** Least share of an answer's words that stand in what it is held against. */
const GROUNDED = 0.5;

/**
 * A guardrail without an account: it refuses texts that hold `guardrail:block`, masks e-mail addresses, and counts text units as Bedrock's
 * content filters and personal data do. An answer that is held against a source is refused where fewer than half of its words stand there.
 */
export function playedGuardrail({ body }: AwsRequest): AwsAnswer {
  const { guarded: texts, against } = contentOf(body);
  const units = unitsOf(texts);
  const usage = {
    contentPolicyUnits: units,
    sensitiveInformationPolicyUnits: units,
    sensitiveInformationPolicyFreeUnits: 0,
    topicPolicyUnits: 0,
    wordPolicyUnits: 0,
    contextualGroundingPolicyUnits: against.length === 0 ? 0 : units + unitsOf(against),
  };
  const answer = (action: string, outputs: readonly string[], assessment: object): AwsAnswer => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ usage, action, outputs: outputs.map((text) => ({ text })), assessments: [assessment] }),
  });
  if (texts.some((text) => REFUSED.test(text))) {
    const filters = [{ type: 'MISCONDUCT', confidence: 'HIGH', action: 'BLOCKED', detected: true }];
    return answer('GUARDRAIL_INTERVENED', ['The guardrail refuses this.'], { contentPolicy: { filters } });
  }
  const score = against.length === 0 ? 1 : groundedShare(texts.join(' '), against.join(' '));
  if (score < GROUNDED) {
    const filters = [{ type: 'GROUNDING', threshold: GROUNDED, score, action: 'BLOCKED', detected: true }];
    return answer('GUARDRAIL_INTERVENED', ['The guardrail refuses this.'], { contextualGroundingPolicy: { filters } });
  }
  const masked = texts.map((text) => text.replace(ADDRESS, MASK));
  if (masked.every((text, at) => text === texts[at])) return answer('NONE', [], { invocationMetrics: { usage } });
  const piiEntities = [{ type: 'EMAIL', match: MASK, action: 'ANONYMIZED', detected: true }];
  return answer('GUARDRAIL_INTERVENED', masked, { sensitiveInformationPolicy: { piiEntities, regexes: [] } });
}

function unitsOf(texts: readonly string[]): number {
  return Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / UNIT_CHARACTERS);
}

function groundedShare(answer: string, against: string): number {
  const known = new Set(wordsOf(against));
  const words = wordsOf(answer);
  return words.length === 0 ? 1 : words.filter((word) => known.has(word)).length / words.length;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

interface GuardrailContent {
  /** What is looked at. */
  readonly guarded: readonly string[];
  /** Sources and queries. */
  readonly against: readonly string[];
}

function contentOf(body: Buffer): GuardrailContent {
  try {
    const { content } = JSON.parse(body.toString()) as { content: readonly { text: { text: string; qualifiers?: readonly string[] } }[] };
    const isGuarded = ({ text: { qualifiers = [] } }: (typeof content)[0]) =>
      qualifiers.length === 0 || qualifiers.includes('guard_content');
    const textsOf = (blocks: typeof content) => blocks.map(({ text }) => String(text.text));
    return { guarded: textsOf(content.filter(isGuarded)), against: textsOf(content.filter((block) => !isGuarded(block))) };
  } catch {
    throw new AwsError('ValidationException', 'the body has no content to look at', 400);
  }
}
