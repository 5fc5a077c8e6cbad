import { STREAMED_RECORDS, TABLES } from '../../../lib/private/contract';
import type { DynamoDbConnector } from '../connectors/dynamodb';
import { fromItem, type Item, type Storable, toItem } from './attributes';
import type { Page } from './identity';

/** Who changed what. `before` and `after` never hold a secret or its hash. */
export interface AuditEntry {
  /** UUIDv7. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** Key id of the one who did it. */
  readonly actor: string;
  readonly actorRole: string;
  /** `create`, `update`, `revoke`, ..., or `deny` for a refused attempt. */
  readonly action: string;
  /** `key`, `team`, `price`, ... */
  readonly resource: string;
  readonly resourceId: string;
  readonly teamId?: string;
  readonly before?: { readonly [name: string]: Storable | undefined };
  readonly after?: { readonly [name: string]: Storable | undefined };
}

export interface AuditStore {
  append(entry: AuditEntry): Promise<void>;
  /** Entries of one month (`2026-11`), newest first. */
  list(month: string, options?: { readonly limit?: number; readonly after?: string }): Promise<Page<AuditEntry>>;
}

export const AUDIT_PREFIX = STREAMED_RECORDS.AUDIT;
const TIMEOUT_MS = 5_000;
const ATTRIBUTES: Readonly<Record<string, string>> = { actorRole: 'actor_role', resourceId: 'resource_id', teamId: 'team_id' };
const FIELDS = new Map(Object.entries(ATTRIBUTES).map(([field, attribute]) => [attribute, field]));
const HOUSEKEEPING = new Set(['pk', 'sk', 'ttl', 'feed', 'feed_at']);

/**
 * The audit log, kept in the records table.
 *
 * @param table name of the records table
 */
export function createAuditStore(connector: DynamoDbConnector, table: string): AuditStore {
  return {
    async append(entry) {
      const fields: Record<string, Storable | undefined> = {};
      for (const [field, value] of Object.entries(entry)) fields[ATTRIBUTES[field] ?? field] = value as Storable | undefined;
      const keys = toItem({
        pk: `${AUDIT_PREFIX}${entry.id}`,
        sk: 'entry',
        feed: `audit#${entry.at.slice(0, 7)}`,
        feed_at: `${entry.at}#${entry.id}`,
      });
      await connector.putItem({ TableName: table, Item: { ...toItem(fields), ...keys } }, { timeoutMs: TIMEOUT_MS });
    },

    async list(month, options = {}) {
      const { name, partitionKey, sortKey } = TABLES.records.indexes.feed;
      const result = await connector.query(
        {
          TableName: table,
          IndexName: name,
          KeyConditionExpression: options.after === undefined ? '#feed = :feed' : '#feed = :feed AND #at < :after',
          ExpressionAttributeNames: { '#feed': partitionKey, ...(options.after === undefined ? {} : { '#at': sortKey }) },
          ExpressionAttributeValues: {
            ':feed': { S: `audit#${month}` },
            ...(options.after === undefined ? {} : { ':after': { S: options.after } }),
          },
          ScanIndexForward: false,
          Limit: options.limit ?? 50,
        },
        { timeoutMs: TIMEOUT_MS },
      );
      const last = result.LastEvaluatedKey?.[sortKey]?.S;
      return { items: (result.Items ?? []).map(readAuditEntry), ...(last === undefined ? {} : { next: last }) };
    },
  };
}

/** Reads an item of the records table, or an image of its stream, as an audit entry. */
export function readAuditEntry(item: Item): AuditEntry {
  const entry: Record<string, unknown> = {};
  for (const [attribute, value] of Object.entries(fromItem(item))) {
    if (!HOUSEKEEPING.has(attribute)) entry[FIELDS.get(attribute) ?? attribute] = value;
  }
  return entry as unknown as AuditEntry;
}
