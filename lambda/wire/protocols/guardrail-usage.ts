import type { JsonObject } from '../../platform/json';
import { countOf, objectOf, objectsOf } from './lenient';

/**
 * What a guardrail bills, by the names that prices have for it. Lists of words and regular expressions cost nothing.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailUsage.html
 */
const UNITS = {
  contentPolicyUnits: 'content',
  contentPolicyImageUnits: 'content_image',
  topicPolicyUnits: 'topic',
  sensitiveInformationPolicyUnits: 'sensitive_information',
  contextualGroundingPolicyUnits: 'grounding',
  automatedReasoningPolicyUnits: 'reasoning',
} as const;

type Units = Record<string, number>;

/**
 * Billed units of all looks at a Converse call and its answer; those of automated reasoning are billed by each of its policies.
 *
 * @param trace of `trace.guardrail`; an answer in a stream has an assessment for each of its pieces
 * @returns undefined where nothing was reported
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailTraceAssessment.html
 */
export function tracedGuardrailUnits(trace: JsonObject | undefined): Readonly<Units> | undefined {
  if (trace === undefined) return undefined;
  const looks = [
    ...Object.values(objectOf(trace['inputAssessment']) ?? {}),
    ...Object.values(objectOf(trace['outputAssessments']) ?? {}).flatMap(objectsOf),
  ];
  let units: Units | undefined;
  for (const look of looks) {
    const usage = objectOf(objectOf(objectOf(look)?.['invocationMetrics'])?.['usage']);
    if (usage === undefined) continue;
    units ??= {};
    add(units, usage);
  }
  return units;
}

/** Billed units of one look. */
export function guardrailUnits(usage: JsonObject): Readonly<Units> {
  const units: Units = {};
  add(units, usage);
  return units;
}

function add(units: Units, usage: JsonObject): void {
  for (const [field, unit] of Object.entries(UNITS)) {
    const policies = unit === 'reasoning' ? Math.max(1, countOf(usage['automatedReasoningPolicies']) ?? 1) : 1;
    const count = (countOf(usage[field]) ?? 0) * policies;
    if (count > 0) units[unit] = (units[unit] ?? 0) + count;
  }
}
