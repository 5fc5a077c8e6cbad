import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { TABLES } from '../../../lib/private/contract';
import type { IdentityStore, KeyHash, KeyRecord, LevelRecord } from '../../identity';
import type { LevelKind } from '../../money/ledger';
import { fromAttribute, type Item, numberOf, type Storable, toItem } from './attributes';
import { conditional } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

const DEFAULT_TIMEOUT_MS = 1_500;
const SLOW_TIMEOUT_MS = 5_000;

/**
 * The identity table's levels.
 *
 * @param table name of the identity table
 */
export function createIdentityStore(connector: DynamoDbConnector, table: string): IdentityStore {
  return {
    async get(kind, id, options = {}) {
      const { Item: item } = await connector.getItem(
        { TableName: table, Key: { pk: { S: levelKey(kind, id) } }, ConsistentRead: options.consistent === true },
        { timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS },
      );
      if (item === undefined) return undefined;
      const { known } = options;
      return (known !== undefined && numberOf(item['generation']) === known.generation ? known : readLevel(item)) as never;
    },

    create: (kind, record) =>
      conditional(() =>
        connector.putItem(
          { TableName: table, Item: writeLevel(kind, record), ConditionExpression: 'attribute_not_exists(pk)' },
          { timeoutMs: SLOW_TIMEOUT_MS },
        ),
      ),

    replace: (kind, record, generationAsRead) =>
      conditional(() =>
        connector.putItem(
          {
            TableName: table,
            Item: writeLevel(kind, record),
            ConditionExpression: '#generation = :generation',
            ExpressionAttributeNames: { '#generation': 'generation' },
            ExpressionAttributeValues: { ':generation': { N: String(generationAsRead) } },
          },
          { timeoutMs: SLOW_TIMEOUT_MS },
        ),
      ),

    remove: (kind, id, generationAsRead) =>
      conditional(() =>
        connector.deleteItem(
          {
            TableName: table,
            Key: { pk: { S: levelKey(kind, id) } },
            ConditionExpression: '#generation = :generation',
            ExpressionAttributeNames: { '#generation': 'generation' },
            ExpressionAttributeValues: { ':generation': { N: String(generationAsRead) } },
          },
          { timeoutMs: SLOW_TIMEOUT_MS },
        ),
      ),

    confirm: (kind, id) =>
      conditional(() =>
        connector.transactWriteItems(
          {
            TransactItems: [
              {
                ConditionCheck: {
                  TableName: table,
                  Key: { pk: { S: levelKey(kind, id) } },
                  ConditionExpression: 'attribute_exists(pk)',
                },
              },
            ],
          },
          { timeoutMs: SLOW_TIMEOUT_MS },
        ),
      ),

    async list(kind, options = {}) {
      const { byKind, byOwner } = TABLES.identity.indexes;
      const index = options.teamId === undefined ? byKind : byOwner;
      const partition = options.teamId === undefined ? kind : `${kind}#${options.teamId}`;
      const start =
        options.after === undefined
          ? {}
          : { ExclusiveStartKey: toItem({ pk: levelKey(kind, options.after), [index.partitionKey]: partition }) };
      const result = await connector.query(
        {
          TableName: table,
          IndexName: index.name,
          KeyConditionExpression: '#partition = :partition',
          ExpressionAttributeNames: { '#partition': index.partitionKey },
          ExpressionAttributeValues: { ':partition': { S: partition } },
          Limit: options.limit ?? 100,
          ...start,
        },
        { timeoutMs: SLOW_TIMEOUT_MS },
      );
      const last = result.LastEvaluatedKey?.['pk']?.S;
      return {
        items: (result.Items ?? []).map((item) => readLevel(item) as never),
        ...(last === undefined ? {} : { next: last.slice(kind.length + 1) }),
      };
    },
  };
}

function levelKey(kind: LevelKind, id: string): string {
  return `${kind}#${id}`;
}

/** Fields whose attribute has another name; the rest are spelled alike. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  timeZone: 'time_zone',
  removedBudgets: 'removed_budgets',
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

function writeLevel(kind: LevelKind, record: LevelRecord | KeyRecord): Item {
  const fields: Record<string, Storable | undefined> = { pk: levelKey(kind, record.id), kind };
  for (const [field, value] of Object.entries(record)) fields[ATTRIBUTES[field] ?? field] = value as Storable | undefined;
  const teamId = (record as Partial<KeyRecord>).teamId;
  if (teamId !== undefined) fields['owner'] = `${kind}#${teamId}`;
  if ('hashes' in record) fields['hashes'] = record.hashes.map(writeHash);
  return toItem(fields);
}

function readLevel(item: Item): LevelRecord {
  const record: Record<string, unknown> = {};
  for (const attribute in item) {
    if (attribute === 'pk' || attribute === 'kind' || attribute === 'owner') continue;
    record[FIELDS.get(attribute) ?? attribute] = fromAttribute(item[attribute] as AttributeValue);
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
