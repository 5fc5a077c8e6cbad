import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { STREAMED_RECORDS } from '../../../lib/private/contract';
import type { DialectName, Operation } from '../../wire/model/request';
import type { Usage } from '../../wire/model/usage';
import { bigintOf, fromAttribute, type Item, toAttribute } from './attributes';
import type { AttemptRecord } from './entities';

/**
 * Where a request stands. `settled`, `void` and `adjusted` are final; `expired_charged` becomes `adjusted`, once.
 *
 * `intent -> settling -> settled`, `intent -> void`, `intent -> expired_charged -> adjusting -> adjusted`.
 */
export type RecordState = 'intent' | 'settling' | 'settled' | 'void' | 'expired_charged' | 'adjusting' | 'adjusted';

/** Money set aside on one counter. */
export interface CounterReservation {
  /** The counter's key, shard included. */
  readonly counter: string;
  readonly nanoUsd: bigint;
}

/** What is known of a request before it is sent. */
export interface RequestIntent {
  /** The attempt id. */
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly keyId: string;
  readonly teamId?: string;
  readonly projectId?: string;
  readonly userId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly operation: Operation;
  readonly dialect: DialectName;
  readonly originalModel: string;
  /** `provider/model` of every place that it may go to. Absent: what was asked for is the only one. */
  readonly candidateModels?: readonly string[];
  readonly stream: boolean;
  /** What the request may cost at most. */
  readonly boundNanoUsd: bigint;
  readonly counters: readonly CounterReservation[];
  /** Epoch ms after which the sweeper may resolve it. */
  readonly expiresAtMs: number;
}

/** What is known once it has ended. */
export interface RequestResult {
  readonly status?: number;
  /** `ok`, or the error's code. */
  readonly outcome?: string;
  readonly provider?: string;
  readonly requestModel?: string;
  readonly responseModel?: string;
  readonly usage?: Usage;
  readonly costNanoUsd?: bigint;
  readonly priceVersion?: string;
  readonly priceSource?: string;
  readonly attempts?: readonly AttemptRecord[];
  readonly finishReason?: string;
  readonly incomplete?: boolean;
  readonly latencyMs?: number;
  readonly timeToFirstChunkMs?: number;
  readonly overheadMs?: number;
  readonly malformedEvents?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The durable record of one request: an intent first, the usage record in the end. */
export interface RequestRecord extends RequestIntent, RequestResult {
  readonly state: RecordState;
  /** ISO 8601: when it reached its present state. */
  readonly updatedAt: string;
}

/** What the counter step asks of a record that was decided on. */
export type DecidedRecord = Pick<RequestRecord, 'id' | 'state' | 'counters' | 'costNanoUsd' | 'expiresAtMs'>;

const ATTRIBUTES: Readonly<Record<string, string>> = {
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  keyId: 'key_id',
  teamId: 'team_id',
  projectId: 'project_id',
  userId: 'user_id',
  originalModel: 'original_model',
  candidateModels: 'candidate_models',
  boundNanoUsd: 'bound_nano_usd',
  expiresAtMs: 'expires_at_ms',
  requestModel: 'request_model',
  responseModel: 'response_model',
  costNanoUsd: 'cost_nano_usd',
  priceVersion: 'price_version',
  priceSource: 'price_source',
  finishReason: 'finish_reason',
  latencyMs: 'latency_ms',
  timeToFirstChunkMs: 'time_to_first_chunk_ms',
  overheadMs: 'overhead_ms',
  malformedEvents: 'malformed_events',
};
const FIELDS = new Map(Object.entries(ATTRIBUTES).map(([field, attribute]) => [attribute, field]));
/** Attributes that only keys and indexes need. */
const HOUSEKEEPING = new Set(['pk', 'sk', 'ttl', 'open_shard', 'open_until', 'feed', 'feed_at']);

/** The attributes of a new intent. Keys and indexes are the store's business. */
export function writeIntent(intent: RequestIntent): Item {
  const item: Item = {
    id: { S: intent.id },
    state: { S: 'intent' },
    created_at: { S: intent.createdAt },
    updated_at: { S: intent.createdAt },
    key_id: { S: intent.keyId },
    operation: { S: intent.operation },
    dialect: { S: intent.dialect },
    original_model: { S: intent.originalModel },
    stream: { BOOL: intent.stream },
    bound_nano_usd: { N: String(intent.boundNanoUsd) },
    counters: { L: intent.counters.map(writeReservation) },
    expires_at_ms: { N: String(intent.expiresAtMs) },
  };
  if (intent.teamId !== undefined) item['team_id'] = { S: intent.teamId };
  if (intent.projectId !== undefined) item['project_id'] = { S: intent.projectId };
  if (intent.userId !== undefined) item['user_id'] = { S: intent.userId };
  if (intent.candidateModels !== undefined) item['candidate_models'] = toAttribute(intent.candidateModels);
  if (intent.tags !== undefined) item['tags'] = toAttribute(intent.tags);
  return item;
}

/** The attribute that holds a field of a record. */
export function attributeName(field: string): string {
  return ATTRIBUTES[field] ?? field;
}

/** One entry of a record's `counters`. */
export function writeReservation({ counter, nanoUsd }: CounterReservation): AttributeValue {
  return { M: { counter: { S: counter }, nano_usd: { N: String(nanoUsd) } } };
}

/** Reads an item of the records table, or an image of its stream, as a request's record. */
export function readRecord(item: Item): RequestRecord {
  const record: Record<string, unknown> = {};
  for (const attribute in item) {
    if (!HOUSEKEEPING.has(attribute)) record[FIELDS.get(attribute) ?? attribute] = fromAttribute(item[attribute] as AttributeValue);
  }
  record['boundNanoUsd'] = bigintOf(item['bound_nano_usd']) ?? 0n;
  const cost = bigintOf(item['cost_nano_usd']);
  if (cost !== undefined) record['costNanoUsd'] = cost;
  record['counters'] = readReservations(item);
  return record as unknown as RequestRecord;
}

function readReservations(item: Item): readonly CounterReservation[] {
  return (item['counters']?.L ?? []).map(({ M: entry }) => ({
    counter: entry?.['counter']?.S ?? '',
    nanoUsd: bigintOf(entry?.['nano_usd']) ?? 0n,
  }));
}

/** Whether an item of the records table is a request's record. */
export function isRequestItem(item: Item): boolean {
  return item['pk']?.S?.startsWith(REQUEST_PREFIX) === true;
}

export const REQUEST_PREFIX = STREAMED_RECORDS.REQUEST;
