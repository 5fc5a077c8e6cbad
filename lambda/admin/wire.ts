import type { KeyRecord, LevelRecord } from '../identity';
import type { JsonObject, JsonValue } from '../platform/json';

/** Fields whose name on the wire differs from the record's; the rest are spelled alike. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  timeZone: 'time_zone',
  teamId: 'team_id',
  projectId: 'project_id',
  userId: 'user_id',
  serverTools: 'server_tools',
  allowedTags: 'allowed_tags',
  showFigures: 'show_figures',
  mayStore: 'may_store',
  contentLog: 'content_log',
  expiresAt: 'expires_at',
  lastFour: 'last_four',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
};
const RECORD_NAMES = new Map(Object.entries(WIRE_NAMES).map(([field, name]) => [name, field]));

/** Fields of records that callers never see. */
const HIDDEN = new Set(['generation', 'limitsGeneration', 'removedBudgets', 'restarts', 'hashes', 'requestHash', 'teamTags', 'above']);

/** What the admin API shows of a level: no hash, no secret. */
export function toWire(record: LevelRecord, now: number): JsonObject {
  const wire: JsonObject = {};
  for (const [field, value] of Object.entries(record)) {
    if (!HIDDEN.has(field) && value !== undefined) wire[WIRE_NAMES[field] ?? field] = value as JsonValue;
  }
  const grace = graceEnd(record as Partial<KeyRecord>, now);
  if (grace !== undefined) wire['rotating_until'] = grace;
  return wire;
}

function graceEnd(record: Partial<KeyRecord>, now: number): string | undefined {
  const ends = (record.hashes ?? []).flatMap((hash) => (hash.validUntil === undefined ? [] : [hash.validUntil]));
  return ends.filter((end) => Date.parse(end) > now).sort((left, right) => Date.parse(right) - Date.parse(left))[0];
}

/** A validated body in the record's own names; `null` becomes `undefined`, which takes a field away. */
export function fromWire(body: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [RECORD_NAMES.get(name) ?? name, value === null ? undefined : value]),
  );
}

/** The validator of optimistic concurrency. */
export function etagOf(generation: number): string {
  return `"${generation}"`;
}
