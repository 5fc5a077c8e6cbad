/**
 * The usage record, field by field: the table's update and reader, the admin API's schema and answers, the command's columns, the measures
 * of the rollups, the log line and the metrics are all made of this. A new field is a line here, and one place that sets it.
 *
 * The command reads it too, with what stands beside it: they import types and the contract alone.
 */
import { METRICS } from '../../../lib/private/contract';
import type { DialectName } from '../../wire/dialects';
import type { Operation, Usage } from '../../wire/model';

/** What a field may hold. Whoever writes or shows fields says how for each of these. */
export interface FieldTypes {
  readonly text: string;
  /** ISO 8601. */
  readonly time: string;
  readonly 'epoch-ms': number;
  readonly state: RecordState;
  readonly operation: Operation;
  readonly dialect: DialectName;
  readonly flag: boolean;
  readonly integer: number;
  readonly count: number;
  /** Recorded in whole ones. */
  readonly milliseconds: number;
  /** Recorded in tenths. */
  readonly 'fine-milliseconds': number;
  /** Nano-USD; US dollars as a decimal string where it is shown. */
  readonly money: bigint;
  /** US dollars as a decimal string. */
  readonly usd: string;
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly amounts: Readonly<Record<string, number>>;
  readonly usage: Usage;
  readonly attempts: readonly AttemptRecord[];
  readonly verdicts: readonly VerdictRecord[];
  readonly pages: readonly HeldPage[];
}

export type FieldType = keyof FieldTypes;

/** What became of a request. `settled`, `void` and `adjusted` are final; `expired_charged` becomes `adjusted`, once. */
export const RECORD_STATES = ['settled', 'void', 'expired_charged', 'adjusted'] as const;
export type RecordState = (typeof RECORD_STATES)[number];

/** A page that a call had an entry on, and the starts of the periods that it took money from there, in epoch ms by name. */
export interface HeldPage {
  readonly page: string;
  readonly starts: Readonly<Record<string, number>>;
  /** Which try at the reserve its entry is of. Absent: the first. An entry of another one is nobody's. */
  readonly tryNumber?: number;
}

/** One field, and where it shows. */
export type Field = {
  readonly type: FieldType;
  /** Of a record that has it only where there is something to say. */
  readonly optional?: true;
  /** Name in the request's log line; absent: not there. */
  readonly log?: string;
  /** Metric that it is a value of. */
  readonly metric?: string;
} & (InAnswers | NotInAnswers);

export interface InAnswers {
  /** Name in the admin API's answers. */
  readonly api: string;
  /** What the API's document says of it beside its type. */
  readonly words?: string;
  /** A count that the rollups add up, under the same name. */
  readonly measure?: true;
  /** Title of its column in the command's tables; absent: no column. */
  readonly column?: string;
}

type NotInAnswers = { readonly [Key in keyof InAnswers]?: undefined };

/** A field of its own in the table. */
export type RecordField = Field & { readonly attribute: string };

const OUTCOME = "`ok`, or the error's code.";

const VERDICT = '`pass`, `flag`, `mask`, `route`, `block`; `failed` where a check came to no end.';

/** Known of a request before it is sent. */
export const CALL_FIELDS = {
  createdAt: { attribute: 'created_at', type: 'time', api: 'created_at', column: 'time' },
  id: { attribute: 'id', type: 'text', api: 'id', column: 'id', words: '`x-gateway-request-id` of the answer.' },
  keyId: { attribute: 'key_id', type: 'text', api: 'key_id', log: 'keyId', column: 'key' },
  teamId: { attribute: 'team_id', type: 'text', optional: true, api: 'team_id', log: 'teamId' },
  projectId: { attribute: 'project_id', type: 'text', optional: true, api: 'project_id', log: 'projectId' },
  userId: { attribute: 'user_id', type: 'text', optional: true, api: 'user_id', log: 'userId' },
  tags: { attribute: 'tags', type: 'labels', optional: true, api: 'tags' },
  /** Who finds what a dead call left does not know it, nor always the operation and the model. */
  dialect: { attribute: 'dialect', type: 'dialect', optional: true, api: 'dialect', log: 'dialect' },
  operation: { attribute: 'operation', type: 'operation', optional: true, api: 'operation', log: 'operation' },
  stream: { attribute: 'stream', type: 'flag', optional: true, api: 'stream' },
  originalModel: {
    attribute: 'original_model',
    type: 'text',
    optional: true,
    api: 'original_model',
    log: 'originalModel',
    column: 'model',
    words: 'As asked for.',
  },
  /** `provider/model` of every place that it may go to. Absent: what was asked for is the only one. */
  candidateModels: { attribute: 'candidate_models', type: 'names', optional: true },
  /** What the request may cost at most. */
  boundNanoUsd: { attribute: 'bound_nano_usd', type: 'money', api: 'reserved_usd', words: 'What was set aside before the call.' },
  /** Every page that the call had an entry on, the key's first. */
  pages: { attribute: 'pages', type: 'pages' },
} as const satisfies Readonly<Record<string, RecordField>>;

/** Known once a request has ended. Provider and model stand in the log line as what its answer's metrics are counted by. */
export const RESULT_FIELDS = {
  provider: { attribute: 'provider', type: 'text', api: 'provider', column: 'provider' },
  /** This and the next are recorded of what is not public. */
  sensitivity: { attribute: 'sensitivity', type: 'text', api: 'sensitivity', words: 'Label that it was held to; absent: `public`.' },
  network: {
    attribute: 'network',
    type: 'text',
    api: 'network',
    words: 'The widest network that an attempt was made in, `public`, `vpc` or `loopback`; of a call whose label is not `public`.',
  },
  requestModel: { attribute: 'request_model', type: 'text', api: 'request_model', log: 'requestModel', words: 'As sent.' },
  responseModel: { attribute: 'response_model', type: 'text', api: 'response_model', words: 'As answered.' },
  status: { attribute: 'status', type: 'integer', api: 'status', log: 'status' },
  outcome: { attribute: 'outcome', type: 'text', api: 'outcome', log: 'outcome', column: 'outcome', words: OUTCOME },
  finishReason: { attribute: 'finish_reason', type: 'text', api: 'finish_reason' },
  /** The answer did not reach its end. */
  incomplete: { attribute: 'incomplete', type: 'flag', api: 'incomplete', log: 'incomplete' },
  /** Absent where no provider may have billed anything. */
  usage: { attribute: 'usage', type: 'usage', api: 'usage', column: 'tokens' },
  costNanoUsd: {
    attribute: 'cost_nano_usd',
    type: 'money',
    api: 'cost_usd',
    log: 'costNanoUsd',
    metric: METRICS.COST,
    column: 'cost',
  },
  priceVersion: { attribute: 'price_version', type: 'text', api: 'price_version' },
  /** `book`, `override`, `ceiling`, `free` or `none`. */
  priceSource: { attribute: 'price_source', type: 'text', api: 'price_source' },
  attempts: { attribute: 'attempts', type: 'attempts', api: 'attempts', log: 'attempts' },
  /** As the answer's header has it. Absent: nothing was to be chosen. */
  routeReason: { attribute: 'route_reason', type: 'text', api: 'route_reason', words: 'As `x-gateway-route-reason` of the answer.' },
  shadowOf: { attribute: 'shadow_of', type: 'text', api: 'shadow_of', log: 'shadowOf', words: 'Id of the call that it was sent beside.' },
  malformedEvents: { attribute: 'malformed_events', type: 'count', api: 'malformed_events', log: 'malformedEvents' },
  /** From the request's arrival to the end of its answer; settlement is not the caller's to wait for. */
  latencyMs: {
    attribute: 'latency_ms',
    type: 'milliseconds',
    api: 'latency_ms',
    log: 'latencyMs',
    metric: METRICS.DURATION,
    column: 'ms',
  },
  timeToFirstChunkMs: {
    attribute: 'time_to_first_chunk_ms',
    type: 'milliseconds',
    api: 'time_to_first_chunk_ms',
    log: 'timeToFirstByteMs',
    metric: METRICS.TIME_TO_FIRST_TOKEN,
  },
  /** From the request's arrival to the first call to a provider. */
  overheadMs: { attribute: 'overhead_ms', type: 'fine-milliseconds', api: 'overhead_ms', log: 'overheadMs', metric: METRICS.OVERHEAD },
  labels: { attribute: 'labels', type: 'labels', api: 'labels' },
  /** It may be a person's name, so it is in no log. */
  endUser: { attribute: 'end_user', type: 'text', api: 'end_user', words: 'On whose behalf the caller asked, as it says.' },
  traceId: { attribute: 'trace_id', type: 'text', api: 'trace_id', log: 'traceId', words: "Of the trace by W3C's `traceparent`." },
  guardrails: {
    attribute: 'guardrails',
    type: 'verdicts',
    api: 'guardrails',
    words: 'What guardrail policies found, or that they found nothing; never the text itself.',
  },
  /** The gravest of `guardrails`. Absent: no policy held for the call. */
  guardVerdict: { attribute: 'guard_verdict', type: 'text', api: 'guard_verdict', log: 'guardVerdict', words: VERDICT },
  guardedCharacters: { attribute: 'guarded_characters', type: 'count', api: 'guarded_characters', log: 'guardedCharacters' },
  /** Of the checks of the prompt; those of an answer go along with it. */
  guardMs: { attribute: 'guard_ms', type: 'fine-milliseconds', api: 'guard_ms', log: 'guardMs', metric: METRICS.GUARD_DURATION },
  guardNanoUsd: { attribute: 'guard_nano_usd', type: 'money', api: 'guard_usd', words: 'What guards bill; part of `cost_usd`.' },
} as const satisfies Readonly<Record<string, RecordField>>;

/** Where the record itself stands. */
export const STATE_FIELDS = {
  state: {
    attribute: 'st',
    type: 'state',
    api: 'state',
    words: '`void` was not charged; `expired_charged` was charged in full because its process died before it could tell.',
  },
  /** When it reached its present state. */
  updatedAt: { attribute: 'updated_at', type: 'time', api: 'updated_at' },
} as const satisfies Readonly<Record<string, RecordField>>;

/** Every field of the record. */
export const RECORD_FIELDS = { ...CALL_FIELDS, ...RESULT_FIELDS, ...STATE_FIELDS } as const;

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
} as const satisfies Readonly<Record<string, Field>>;

/** Parts of `guardrails`: what one rule of a policy found on one way; of a policy that found nothing, that. */
export const VERDICT_FIELDS = {
  policy: { type: 'text', api: 'policy' },
  version: { type: 'text', api: 'version', words: 'Of the policy: raised with each change, or a digest of what the construct says.' },
  direction: { type: 'text', api: 'direction', words: '`input` or `output`.' },
  verdict: { type: 'text', api: 'verdict', words: VERDICT },
  rule: { type: 'text', optional: true, api: 'rule' },
  types: { type: 'names', optional: true, api: 'types', words: 'What was found.' },
  findings: { type: 'count', optional: true, api: 'findings', words: 'How often.' },
} as const satisfies Readonly<Record<string, Field>>;

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
  cacheCreation1hInputTokens: { type: 'count', api: 'cache_creation_1h_input_tokens' },
  audioCacheReadInputTokens: { type: 'count', api: 'audio_cache_read_input_tokens' },
  audioInputTokens: { type: 'count', api: 'audio_input_tokens' },
  imageInputTokens: { type: 'count', api: 'image_input_tokens' },
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
  audioOutputTokens: { type: 'count', api: 'audio_output_tokens' },
  imageOutputTokens: { type: 'count', api: 'image_output_tokens' },
  billedOutputTokens: { type: 'count', api: 'billed_output_tokens', words: 'As `billed_input_tokens`.' },
  units: { type: 'amounts', api: 'units', words: 'What is billed beside tokens: `image`, `second`, `character`, `page`, `call`.' },
  toolCalls: { type: 'counts', api: 'tool_calls' },
  guardrailUnits: { type: 'counts', api: 'guardrail_units', words: "Of a guardrail of the provider's, by policy." },
  serviceTier: { type: 'text', api: 'service_tier' },
  malformed: { type: 'flag', api: 'malformed', words: "A figure of the provider's report was no count." },
  estimated: { type: 'flag', api: 'estimated', words: "The figures are the gateway's, not the provider's." },
} as const satisfies { readonly [Name in keyof Usage]-?: Field & { readonly api: string; readonly type: TypeFor<Usage[Name]> } };

/** Names of the types that hold such a value. */
type TypeFor<Value> = { [Type in FieldType]: NonNullable<Value> extends FieldTypes[Type] ? Type : never }[FieldType];

type OptionalNames<Of> = { [Name in keyof Of]: Of[Name] extends { readonly optional: true } ? Name : never }[keyof Of];

/** What fields hold, by their names. */
type Values<Of extends Readonly<Record<string, Field>>> = {
  readonly [Name in Exclude<keyof Of, OptionalNames<Of>>]: FieldTypes[Of[Name]['type']];
} & { readonly [Name in OptionalNames<Of>]?: FieldTypes[Of[Name]['type']] };

/** What is known of a request before it is sent. */
export type RequestedCall = Values<typeof CALL_FIELDS>;
/** What is known once it has ended. */
export type RequestResult = Partial<Values<typeof RESULT_FIELDS>>;
/** What became of one attempt at a provider. */
export type AttemptRecord = Values<typeof ATTEMPT_FIELDS>;
/** What a guardrail said of one request. */
export type VerdictRecord = Values<typeof VERDICT_FIELDS>;
/** The record of one request. */
export type RequestRecord = RequestedCall & RequestResult & Values<typeof STATE_FIELDS>;

/** Counts of the usage that the rollups add up, as they are called there. */
export type CountedTokens = {
  [Name in keyof typeof USAGE_FIELDS]: (typeof USAGE_FIELDS)[Name] extends { readonly measure: true; readonly api: infer Api }
    ? Api
    : never;
}[keyof typeof USAGE_FIELDS];
