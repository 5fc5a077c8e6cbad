import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { STREAMED_RECORDS } from '../../../lib/private/contract';
import type { DialectName, Operation } from '../model/request';
import type { Usage } from '../model/usage';
import { bigintOf, fromAttribute, type Item, type Storable, toAttribute } from './attributes';
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

const ATTRIBUTES: Readonly<Record<string, string>> = {
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  keyId: 'key_id',
  teamId: 'team_id',
  projectId: 'project_id',
  userId: 'user_id',
  originalModel: 'original_model',
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

/** Adds the attributes of a record, or of a part of one, to an item. Keys and indexes are the store's business. */
export function writeRecord(record: Partial<RequestRecord>, item: Item = {}): Item {
  for (const field in record) {
    const value = record[field as keyof RequestRecord];
    if (value === undefined) continue;
    item[ATTRIBUTES[field] ?? field] =
      field === 'counters' ? { L: (record.counters ?? []).map(writeReservation) } : toAttribute(value as Storable);
  }
  return item;
}

function writeReservation({ counter, nanoUsd }: CounterReservation): AttributeValue {
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
