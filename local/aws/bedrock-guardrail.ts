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

/**
 * A guardrail without an account: it refuses texts that hold `guardrail:block`, masks e-mail addresses, and counts text units as Bedrock's
 * content filters and personal data do.
 */
export function playedGuardrail({ body }: AwsRequest): AwsAnswer {
  const texts = textsOf(body);
  const units = Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / UNIT_CHARACTERS);
  const usage = {
    contentPolicyUnits: units,
    sensitiveInformationPolicyUnits: units,
    sensitiveInformationPolicyFreeUnits: 0,
    topicPolicyUnits: 0,
    wordPolicyUnits: 0,
    contextualGroundingPolicyUnits: 0,
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
  const masked = texts.map((text) => text.replace(ADDRESS, MASK));
  if (masked.every((text, at) => text === texts[at])) return answer('NONE', [], { invocationMetrics: { usage } });
  const piiEntities = [{ type: 'EMAIL', match: MASK, action: 'ANONYMIZED', detected: true }];
  return answer('GUARDRAIL_INTERVENED', masked, { sensitiveInformationPolicy: { piiEntities, regexes: [] } });
}

function textsOf(body: Buffer): readonly string[] {
  try {
    const { content } = JSON.parse(body.toString()) as { content: readonly { text: { text: string } }[] };
    return content.map(({ text }) => String(text.text));
  } catch {
    throw new AwsError('ValidationException', 'the body has no content to look at', 400);
  }
}
