import type { BedrockGuardConfig } from '../../lib/private/contract';
import { type ApplyGuardrail, askByHttp, NoVerdict, type Question, type ServiceVerdict } from '../guardrails';
import { guardrailFee, textUnits } from '../money/pricing';
import type { Transport } from '../platform/http';
import { isJsonObject, type JsonObject, type JsonValue } from '../platform/json';
import { withoutTrailingSlash } from '../platform/runtime';
import { guardrailUnits } from '../wire/protocols';
import type { AwsCredentialSource, SigV4Signer } from './signing';

export interface BedrockGuardrailsParts {
  readonly transport: Transport;
  readonly signer: SigV4Signer;
  readonly credentials: AwsCredentialSource;
  /** Where a guardrail is that names no Region. */
  readonly region: string;
  /** Where calls go instead of the Region's own endpoint. */
  readonly endpoint: string | undefined;
}

/**
 * Bedrock's guardrails by our own signed call, for texts of whatever model.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
 */
export function createApplyGuardrail({ transport, signer, credentials, region, endpoint }: BedrockGuardrailsParts): ApplyGuardrail {
  return async (config, question) => {
    const place = regionOf(config) ?? region;
    const origin = withoutTrailingSlash(endpoint ?? `https://bedrock-runtime.${place}.amazonaws.com`);
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const request = {
      method: 'POST' as const,
      origin,
      path: `/guardrail/${encodeURIComponent(config.guardrail_id)}/version/${config.guardrail_version}/apply`,
      headers,
      body: Buffer.from(JSON.stringify(bodyOf(config, question))),
      // AWS is reached at private addresses through interface endpoints; plain http only on this machine.
      network: origin.startsWith('http:') ? ('loopback' as const) : ('vpc' as const),
    };
    const signed = signer.sign(request, await credentials(), 'bedrock', place);
    const answer = await askByHttp(transport, { ...request, headers: { ...headers, ...signed } }, question);
    return verdictOf(answer, question.texts);
  };
}

/** An ARN says where it is. */
function regionOf({ region, guardrail_id: id }: BedrockGuardConfig): string | undefined {
  return region ?? (id.startsWith('arn:') ? id.split(':')[3] : undefined);
}

/** What an answer is held against is looked at for nothing else. */
function bodyOf({ grounding: holds }: BedrockGuardConfig, { direction, texts, grounding }: Question): JsonObject {
  const against = holds === true ? grounding : undefined;
  const content = against === undefined ? texts.map((text) => block(text)) : texts.map((text) => block(text, 'guard_content'));
  if (against !== undefined) content.unshift(block(against.source, 'grounding_source'), block(against.query, 'query'));
  return { source: direction === 'input' ? 'INPUT' : 'OUTPUT', content };
}

function block(text: string, qualifier?: 'grounding_source' | 'query' | 'guard_content'): JsonObject {
  return { text: { text, ...(qualifier === undefined ? {} : { qualifiers: [qualifier] }) } };
}

/**
 * Where it masks, there is an output for each text; where it blocks, one text of its own words in their place. What it did stands at each of its
 * findings.
 */
function verdictOf(answer: JsonObject, texts: readonly string[]): ServiceVerdict {
  const { action, assessments, outputs, usage } = answer;
  if (!(action === 'NONE' || action === 'GUARDRAIL_INTERVENED') || !Array.isArray(assessments)) throw new NoVerdict('malformed');
  const findings = assessments.flatMap(findingsIn);
  const types = [...new Set(findings.map(({ type }) => type))];
  const units = isJsonObject(usage) ? guardrailUnits(usage) : { any: texts.reduce((sum, text) => sum + textUnits(text.length), 0) };
  const found = { types, costNanoUsd: guardrailFee(units) };
  if (action === 'NONE') return { blocked: false, ...found };
  const masked = Array.isArray(outputs) ? outputs.flatMap(textIn) : [];
  const masks = !findings.some((finding) => finding.blocked) && masked.length === texts.length;
  return masks ? { blocked: false, masked, ...found } : { blocked: true, ...found };
}

interface GuardrailFinding {
  readonly type: string;
  readonly blocked: boolean;
}

/** What assessments call their lists of findings, and what of a finding names it: never what was found. */
const LISTS: Readonly<Record<string, readonly [list: string, name: (finding: JsonObject) => JsonValue | undefined][]>> = {
  contentPolicy: [['filters', ({ type }) => type]],
  topicPolicy: [['topics', ({ name }) => name]],
  wordPolicy: [
    ['customWords', () => 'CUSTOM_WORD'],
    ['managedWordLists', ({ type }) => type],
  ],
  sensitiveInformationPolicy: [
    ['piiEntities', ({ type }) => type],
    ['regexes', ({ name }) => name],
  ],
  contextualGroundingPolicy: [['filters', ({ type }) => type]],
};

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailAssessment.html */
function findingsIn(assessment: JsonValue): readonly GuardrailFinding[] {
  if (!isJsonObject(assessment)) return [];
  return Object.entries(LISTS).flatMap(([policy, lists]) => {
    const of = assessment[policy];
    if (!isJsonObject(of)) return [];
    return lists.flatMap(([list, nameOf]) => {
      const found = of[list];
      if (!Array.isArray(found)) return [];
      return found.filter(isJsonObject).flatMap((finding) => {
        const { action, detected } = finding;
        // Without an action it only tells that it was looked for.
        const isFound = detected === true || (action !== 'NONE' && action !== undefined);
        return isFound ? [{ type: typeName(nameOf(finding)), blocked: action === 'BLOCKED' }] : [];
      });
    });
  });
}

const LONGEST_NAME = 64;

/** Names of topics and expressions are the operator's own words. */
function typeName(name: JsonValue | undefined): string {
  const words = typeof name === 'string' ? name.replace(/[^A-Za-z0-9_.-]+/g, '_').slice(0, LONGEST_NAME) : '';
  return words === '' ? 'OTHER' : words;
}

function textIn(output: JsonValue): readonly string[] {
  const text = isJsonObject(output) ? output['text'] : undefined;
  return typeof text === 'string' ? [text] : [];
}
