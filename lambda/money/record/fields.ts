/**
 * The usage record, field by field: the table's update and reader, the admin API's schema and answers, the command's columns, the measures
 * of the rollups, the log line and the metrics are all made of this. A new field is a line here, and one place that sets it.
 *
 * The command reads it too, with what stands beside it: they import types and the contract alone.
 */
import { METRICS } from '../../../lib/private/contract';
import type { DialectName } from '../../wire/dialects';
import type { Operation, Usage } from '../../wire/model';
import type { FieldOf, PlainTypes, ValuesOf } from './field';
import { type AttemptRecord, OUTCOME, VERDICT, type VerdictRecord } from './parts';

/** What a field may hold. */
export interface FieldTypes extends PlainTypes {
  readonly state: RecordState;
  readonly operation: Operation;
  readonly dialect: DialectName;
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

export type Field = FieldOf<FieldType>;

/** A field of its own in the table. */
export type RecordField = Field & { readonly attribute: string };

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
  /** This and the next are recorded where something is charged on top of list prices, or less. */
  providerAdjustmentNanoUsd: {
    attribute: 'provider_adjustment_nano_usd',
    type: 'money-change',
    api: 'provider_adjustment_usd',
    words: "What the provider's terms make of the list price, below zero for a discount; part of `cost_usd`.",
  },
  teamAdjustmentNanoUsd: {
    attribute: 'team_adjustment_nano_usd',
    type: 'money-change',
    api: 'team_adjustment_usd',
    words: 'What the team is charged on top of that, or less; part of `cost_usd`.',
  },
  priceVersion: { attribute: 'price_version', type: 'text', api: 'price_version' },
  /** `book`, `override`, `ceiling`, `free` or `none`. */
  priceSource: { attribute: 'price_source', type: 'text', api: 'price_source' },
  attempts: { attribute: 'attempts', type: 'attempts', api: 'attempts', log: 'attempts' },
  /** As the answer's header has it. Absent: nothing was to be chosen. */
  routeReason: { attribute: 'route_reason', type: 'text', api: 'route_reason', words: 'As `x-gateway-route-reason` of the answer.' },
  /** This and the next are a re-rating's alone, whose amounts are the difference that a corrected price makes. */
  reratedOf: {
    attribute: 'rerated_of',
    type: 'text',
    api: 'rerated_of',
    words: 'Id of the request that a corrected price makes dearer or cheaper by this.',
  },
  reratedAt: { attribute: 'rerated_at', type: 'time', api: 'rerated_at' },
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

/** What is known of a request before it is sent. */
export type RequestedCall = ValuesOf<FieldTypes, typeof CALL_FIELDS>;
/** What is known once it has ended. */
export type RequestResult = Partial<ValuesOf<FieldTypes, typeof RESULT_FIELDS>>;
/** The record of one request. */
export type RequestRecord = RequestedCall & RequestResult & ValuesOf<FieldTypes, typeof STATE_FIELDS>;
