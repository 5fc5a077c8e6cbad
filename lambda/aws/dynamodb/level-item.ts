import type { KeyHash, KeyRecord, LevelRecord } from '../../identity';
import type { LevelKind } from '../../money/ledger';
import { fromAttribute, type Item, type Storable, toItem } from './attributes';

export function levelKey(kind: LevelKind, id: string): string {
  return `${kind}#${id}`;
}

/** Fields whose attribute has another name; the rest are spelled alike. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  timeZone: 'time_zone',
  removedBudgets: 'removed_budgets',
  limitsGeneration: 'limits_generation',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  teamId: 'team_id',
  projectId: 'project_id',
  userId: 'user_id',
  lastFour: 'last_four',
  serverTools: 'server_tools',
  teamTags: 'team_tags',
  allowedTags: 'allowed_tags',
  showFigures: 'show_figures',
  mayStore: 'may_store',
  expiresAt: 'expires_at',
};
const FIELDS = new Map(Object.entries(ATTRIBUTES).map(([field, attribute]) => [attribute, field]));

export function writeLevel(kind: LevelKind, record: LevelRecord | KeyRecord): Item {
  const fields: Record<string, Storable | undefined> = { pk: levelKey(kind, record.id), kind };
  for (const [field, value] of Object.entries(record)) fields[ATTRIBUTES[field] ?? field] = value as Storable | undefined;
  const teamId = (record as Partial<KeyRecord>).teamId;
  if (teamId !== undefined) fields['owner'] = `${kind}#${teamId}`;
  if ('hashes' in record) fields['hashes'] = record.hashes.map(writeHash);
  return toItem(fields);
}

export function readLevel(item: Item): LevelRecord {
  const record: Record<string, unknown> = {};
  for (const attribute in item) {
    if (attribute === 'pk' || attribute === 'kind' || attribute === 'owner') continue;
    record[FIELDS.get(attribute) ?? attribute] = fromAttribute(item[attribute] as never);
  }
  if (record['hashes'] !== undefined) record['hashes'] = (record['hashes'] as Record<string, unknown>[]).map(readHash);
  return record as unknown as LevelRecord;
}

function writeHash(hash: KeyHash): Storable {
  return { pepper_version: hash.pepperVersion, hmac: hash.hmac, valid_until: hash.validUntil };
}

function readHash(hash: Record<string, unknown>): KeyHash {
  const validUntil = hash['valid_until'] as string | undefined;
  return {
    pepperVersion: hash['pepper_version'] as number,
    hmac: hash['hmac'] as string,
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}
