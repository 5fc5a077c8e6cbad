import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { STREAMED_RECORDS } from '../../../lib/private/contract';
import type { CounterReservation, RequestIntent, RequestRecord } from '../../money/record';
import { bigintOf, fromAttribute, type Item, toAttribute } from './attributes';

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
