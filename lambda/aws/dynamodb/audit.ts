import { AUDIT_PREFIX, TABLES } from '../../../lib/private/contract';
import type { Page } from '../../platform/stored';
import { fromItem, type Item, type Storable, toItem } from './attributes';
import type { DynamoDbConnector } from './dynamodb';

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
  /** Never over an entry that is there: that is a failed condition. */
  append(entry: AuditEntry): Promise<void>;
  /** Entries of one month (`2026-11`), newest first. */
  list(month: string, options?: { readonly limit?: number; readonly after?: string }): Promise<Page<AuditEntry>>;
}

const TIMEOUT_MS = 5_000;
const ATTRIBUTES: Readonly<Record<string, string>> = { actorRole: 'actor_role', resourceId: 'resource_id', teamId: 'team_id' };
const FIELDS = new Map(Object.entries(ATTRIBUTES).map(([field, attribute]) => [attribute, field]));
const HOUSEKEEPING = new Set<string>([TABLES.audit.partitionKey, TABLES.audit.sortKey]);

/**
 * The audit log: a table of its own, to which entries are only added.
 *
 * @param table name of the audit table
 */
export function createAuditStore(connector: DynamoDbConnector, table: string): AuditStore {
  const { partitionKey, sortKey } = TABLES.audit;
  return {
    async append(entry) {
      const fields: Record<string, Storable | undefined> = {};
      for (const [field, value] of Object.entries(entry)) fields[ATTRIBUTES[field] ?? field] = value as Storable | undefined;
      const keys = toItem({ [partitionKey]: `${AUDIT_PREFIX}${entry.at.slice(0, 7)}`, [sortKey]: `${entry.at}#${entry.id}` });
      await connector.putItem(
        {
          TableName: table,
          Item: { ...toItem(fields), ...keys },
          ConditionExpression: 'attribute_not_exists(#pk)',
          ExpressionAttributeNames: { '#pk': partitionKey },
        },
        { timeoutMs: TIMEOUT_MS },
      );
    },

    async list(month, options = {}) {
      const result = await connector.query(
        {
          TableName: table,
          KeyConditionExpression: options.after === undefined ? '#pk = :pk' : '#pk = :pk AND #sk < :after',
          ExpressionAttributeNames: { '#pk': partitionKey, ...(options.after === undefined ? {} : { '#sk': sortKey }) },
          ExpressionAttributeValues: {
            ':pk': { S: `${AUDIT_PREFIX}${month}` },
            ...(options.after === undefined ? {} : { ':after': { S: options.after } }),
          },
          ConsistentRead: true,
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

/** Reads an item of the table, or an image of its stream, as an audit entry. */
export function readAuditEntry(item: Item): AuditEntry {
  const entry: Record<string, unknown> = {};
  for (const [attribute, value] of Object.entries(fromItem(item))) {
    if (!HOUSEKEEPING.has(attribute)) entry[FIELDS.get(attribute) ?? attribute] = value;
  }
  return entry as unknown as AuditEntry;
}
