/** Fields that are made of parts: attempts, verdicts, usage. */
import { METRICS } from '../../../lib/private/contract';
import type { Usage } from '../../wire/model';
import type { FieldOf, PlainTypes, ValuesOf } from './field';

type PartField = FieldOf<keyof PlainTypes>;

export const OUTCOME = "`ok`, or the error's code.";
export const VERDICT = '`pass`, `flag`, `mask`, `route`, `block`; `failed` where a check came to no end.';

/** Parts of `attempts`: what became of one attempt at a provider. */
export const ATTEMPT_FIELDS = {
  provider: { type: 'text', api: 'provider' },
  model: { type: 'text', api: 'model' },
  region: { type: 'text', optional: true, api: 'region' },
  status: { type: 'integer', optional: true, api: 'status' },
  outcome: { type: 'text', api: 'outcome', words: OUTCOME },
  durationMs: { type: 'milliseconds', api: 'duration_ms' },
  rests: { type: 'flag', optional: true, api: 'rests', words: 'The place is left alone after it.' },
  estimatedCostUsd: {
    type: 'usd',
    optional: true,
    api: 'estimated_cost_usd',
    words: 'Charged for an attempt without an answer that the provider may bill; part of `cost_usd`.',
  },
  estimatedListUsd: { type: 'usd', optional: true, api: 'estimated_list_usd', words: 'The same at list prices; absent: the same amount.' },
  estimatedBilledUsd: {
    type: 'usd',
    optional: true,
    api: 'estimated_billed_usd',
    words: "The same at the provider's terms; absent: the same amount.",
  },
} as const satisfies Readonly<Record<string, PartField>>;

/** Parts of `guardrails`: what one rule of a policy found on one way; of a policy that found nothing, that. */
export const VERDICT_FIELDS = {
  policy: { type: 'text', api: 'policy' },
  version: { type: 'text', api: 'version', words: 'Of the policy: raised with each change, or a digest of what the construct says.' },
  direction: { type: 'text', api: 'direction', words: '`input` or `output`.' },
  verdict: { type: 'text', api: 'verdict', words: VERDICT },
  rule: { type: 'text', optional: true, api: 'rule' },
  types: { type: 'names', optional: true, api: 'types', words: 'What was found.' },
  findings: { type: 'count', optional: true, api: 'findings', words: 'How often.' },
} as const satisfies Readonly<Record<string, PartField>>;

/** Parts of `usage`. Whatever a protocol may report has a line here. */
export const USAGE_FIELDS = {
  inputTokens: {
    type: 'count',
    api: 'input_tokens',
    log: 'inputTokens',
    metric: METRICS.INPUT_TOKENS,
    measure: true,
    column: 'input tokens',
  },
  cacheReadInputTokens: { type: 'count', api: 'cache_read_input_tokens', metric: METRICS.CACHE_READ_TOKENS, measure: true },
  cacheCreationInputTokens: { type: 'count', api: 'cache_creation_input_tokens', metric: METRICS.CACHE_CREATION_TOKENS, measure: true },
  cacheCreation1hInputTokens: { type: 'count', api: 'cache_creation_1h_input_tokens', measure: true },
  audioCacheReadInputTokens: { type: 'count', api: 'audio_cache_read_input_tokens', measure: true },
  audioInputTokens: { type: 'count', api: 'audio_input_tokens', measure: true },
  imageInputTokens: { type: 'count', api: 'image_input_tokens', measure: true },
  billedInputTokens: {
    type: 'count',
    api: 'billed_input_tokens',
    words: 'What the provider bills, where it says that this is not what it counted; the price applies to it.',
  },
  outputTokens: {
    type: 'count',
    api: 'output_tokens',
    log: 'outputTokens',
    metric: METRICS.OUTPUT_TOKENS,
    measure: true,
    column: 'output tokens',
  },
  reasoningOutputTokens: { type: 'count', api: 'reasoning_output_tokens', metric: METRICS.REASONING_TOKENS, measure: true },
  audioOutputTokens: { type: 'count', api: 'audio_output_tokens', measure: true },
  imageOutputTokens: { type: 'count', api: 'image_output_tokens', measure: true },
  billedOutputTokens: { type: 'count', api: 'billed_output_tokens', words: 'As `billed_input_tokens`.' },
  units: { type: 'amounts', api: 'units', words: 'What is billed beside tokens: `image`, `second`, `character`, `page`, `call`.' },
  toolCalls: { type: 'counts', api: 'tool_calls' },
  guardrailUnits: { type: 'counts', api: 'guardrail_units', words: "Of a guardrail of the provider's, by policy." },
  serviceTier: { type: 'text', api: 'service_tier' },
  malformed: { type: 'flag', api: 'malformed', words: "A figure of the provider's report was no count." },
  estimated: { type: 'flag', api: 'estimated', words: "The figures are the gateway's, not the provider's." },
} as const satisfies { readonly [Name in keyof Usage]-?: PartField & { readonly api: string; readonly type: TypeFor<Usage[Name]> } };

/** Names of the types that hold such a value. */
type TypeFor<Value> = { [Type in keyof PlainTypes]: NonNullable<Value> extends PlainTypes[Type] ? Type : never }[keyof PlainTypes];

/** What became of one attempt at a provider. */
export type AttemptRecord = ValuesOf<PlainTypes, typeof ATTEMPT_FIELDS>;
/** What a guardrail said of one request. */
export type VerdictRecord = ValuesOf<PlainTypes, typeof VERDICT_FIELDS>;

/** Counts of the usage that the rollups add up, as they are called there. */
export type CountedTokens = {
  [Name in keyof typeof USAGE_FIELDS]: (typeof USAGE_FIELDS)[Name] extends { readonly measure: true; readonly api: infer Api }
    ? Api
    : never;
}[keyof typeof USAGE_FIELDS];
