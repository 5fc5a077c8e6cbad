import type { SubjectKind } from '../../archive';
import type { UsageRecord } from '../../money/record';
import { conditionFailure, fromItem, type Item, type Storable, toItem } from './attributes';
import type { DynamoDbConnector } from './dynamodb';
import { REQUEST_PREFIX } from './request-record';

/** What is to be deleted of somebody, and how far that is. */
export interface Deletion {
  /** UUIDv7. */
  readonly id: string;
  readonly kind: SubjectKind;
  /** Key id, user id, end user, or `name=value`. Empty once it is done. */
  readonly value: string;
  /** What keys of content objects say of it, under each pepper. */
  readonly facts: readonly string[];
  readonly status: 'open' | 'done';
  /** ISO 8601. */
  readonly createdAt: string;
  readonly finishedAt?: string;
  /** The last key of contents that was looked at; absent: none, and empty once all were. */
  readonly contentsAfter?: string;
  /** Where the list of records is gone on with. */
  readonly day?: string;
  readonly recordsAfter?: string;
  readonly contents: number;
  readonly records: number;
  /** UTC days whose rollups are to be made anew. */
  readonly days: readonly string[];
}

export interface DeletionStore {
  put(deletion: Deletion): Promise<void>;
  /** The newest ones first, a hundred at the most. */
  list(): Promise<readonly Deletion[]>;
  /** All that are not done, the oldest first. */
  open(): Promise<readonly Deletion[]>;
}

/** From when it is asked for. */
export const DELETED_WITHIN_MS = 24 * 3_600_000;

const PARTITIONS = { open: 'deletions#open', done: 'deletions' } as const;
const KEPT_DAYS = 400;
const LISTED = 100;
const TIMEOUT_MS = 5_000;

/**
 * Deletions that were asked for, in the records table.
 *
 * @param table name of the records table
 */
export function createDeletionStore(connector: DynamoDbConnector, table: string): DeletionStore {
  async function read(status: Deletion['status'], newest: boolean): Promise<readonly Deletion[]> {
    const found: Item[] = [];
    let next: Item | undefined;
    do {
      const page = await connector.query(
        {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: toItem({ ':pk': PARTITIONS[status] }),
          ConsistentRead: true,
          ...(newest ? { ScanIndexForward: false, Limit: LISTED } : {}),
          ...(next === undefined ? {} : { ExclusiveStartKey: next }),
        },
        { timeoutMs: TIMEOUT_MS },
      );
      found.push(...(page.Items ?? []));
      next = newest ? undefined : page.LastEvaluatedKey;
    } while (next !== undefined);
    return found.filter(({ status: stands }) => stands !== undefined).map(readDeletion);
  }

  return {
    async put(deletion) {
      const ttl = Math.floor(Date.parse(deletion.createdAt) / 1_000) + KEPT_DAYS * 86_400;
      const item = toItem({ ...(deletion as unknown as Record<string, Storable>), pk: PARTITIONS[deletion.status], sk: deletion.id, ttl });
      await connector.putItem({ TableName: table, Item: item }, { timeoutMs: TIMEOUT_MS });
      if (deletion.status === 'open') return;
      // No role deletes records: what is left is nothing, and expires.
      const over = toItem({ pk: PARTITIONS.open, sk: deletion.id, ttl: Math.floor(Date.parse(deletion.createdAt) / 1_000) });
      await connector.putItem({ TableName: table, Item: over }, { timeoutMs: TIMEOUT_MS });
    },
    async list() {
      const both = (await Promise.all([read('open', true), read('done', true)])).flat();
      // Where it was noted as done, and not yet as no longer open.
      const byId = new Map(both.map((deletion) => [deletion.id, deletion]));
      return [...byId.values()].sort((left, right) => (left.id < right.id ? 1 : -1)).slice(0, LISTED);
    },
    open: () => read('open', false),
  };
}

function readDeletion(item: Item): Deletion {
  const { pk: _pk, sk: _sk, ttl: _ttl, ...deletion } = fromItem(item);
  return deletion as unknown as Deletion;
}

/** What stands in a record in the place of whom it was about. */
const DELETED = 'deleted';

/** Takes what identifies somebody out of usage records. Amounts stay. */
export interface RecordBlanking {
  blank(record: Pick<UsageRecord, 'id' | 'tags'>, deletion: Pick<Deletion, 'kind' | 'value'>): Promise<void>;
}

/** @param table name of the records table */
export function createRecordBlanking(connector: DynamoDbConnector, table: string): RecordBlanking {
  return {
    async blank({ id, tags = {} }, { kind, value }) {
      const update = updateOf(kind, value, tags);
      try {
        await connector.updateItem(
          {
            TableName: table,
            Key: toItem({ pk: `${REQUEST_PREFIX}${id}`, sk: 'record' }),
            UpdateExpression: update.expression,
            ConditionExpression: 'attribute_exists(pk)',
            ...(update.names === undefined ? {} : { ExpressionAttributeNames: update.names }),
            ...(update.values === undefined ? {} : { ExpressionAttributeValues: update.values }),
          },
          { timeoutMs: TIMEOUT_MS },
        );
      } catch (error) {
        if (conditionFailure(error) === undefined) throw error;
      }
    },
  };
}

interface Update {
  readonly expression: string;
  readonly names?: Record<string, string>;
  readonly values?: Item;
}

/** What callers wrote goes in any case: labels are about whom a request was made for. */
function updateOf(kind: SubjectKind, value: string, tags: Readonly<Record<string, string>>): Update {
  const callers = 'REMOVE labels, end_user';
  if (kind === 'end_user') return { expression: callers };
  const values = toItem({ ':deleted': DELETED });
  if (kind === 'key') return { expression: `${callers} SET key_id = :deleted`, values };
  if (kind === 'user') return { expression: `${callers} SET user_id = :deleted`, values };
  const name = value.slice(0, value.indexOf('='));
  return Object.hasOwn(tags, name) ? { expression: `${callers}, tags.#name`, names: { '#name': name } } : { expression: callers };
}
