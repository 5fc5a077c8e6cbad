import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDbConnector } from '../../lambda/aws/dynamodb/dynamodb';
import { TABLES } from '../../lib/private/contract';
import { compare, compileCondition, compileUpdate, type Item, project, type Scope, serviceError } from './dynamodb-expressions';

export type Operation = 'batchGetItem' | 'getItem' | 'putItem' | 'updateItem' | 'deleteItem' | 'query' | 'scan' | 'transactWriteItems';

/** One call as the hooks see it. */
export interface Call {
  readonly operation: Operation;
  /** The service's own input. */
  readonly input: object;
  readonly timeoutMs: number | undefined;
}

/**
 * Where faults are injected. What a hook throws, the caller gets: thrown in `before` the call never reached the table,
 * thrown in `after` it was applied and its answer was lost. A hook that waits delays the call there.
 */
export interface Hooks {
  before?(call: Call): Promise<void> | void;
  after?(call: Call): Promise<void> | void;
}

/** One committed change of an item. */
export interface Change {
  readonly table: string;
  readonly oldItem: Item | undefined;
  readonly newItem: Item | undefined;
}

interface KeySchema {
  readonly partitionKey: string;
  readonly sortKey?: string;
}

interface IndexState {
  readonly schema: KeySchema;
  readonly partitions: Map<string, Map<string, Item>>;
}

interface TableState {
  readonly schema: KeySchema;
  readonly items: Map<string, Item>;
  readonly indexes: Map<string, IndexState>;
}

/** The connector, with what tests look at. */
export interface MemoryDynamoDb extends DynamoDbConnector {
  /** Calls so far, by operation. */
  readonly calls: Record<Operation, number>;
  /** Calls that asked for a write, refused ones included, so far. */
  readonly writes: number;
  hooks: Hooks;
  /** Called for each committed change, in order. */
  listener: ((change: Change) => void) | undefined;
  /** Every item of a table, in no order. */
  items(table: string): Item[];
  /** One item by its key, partition and sort key joined by a NUL. */
  item(table: string, key: string): Item | undefined;
  /** Sets the counts to zero. */
  resetCounts(): void;
}

/** Table names by their part in the gateway, as the tests use them. */
export const TABLE_NAMES = { identity: 'identity', counters: 'counters', records: 'records', audit: 'audit' } as const;

/**
 * DynamoDB in memory, fast enough for a million simulated requests: expressions are compiled once, items are shared and never changed in place.
 * Index reads are immediately consistent, which the service does not promise; nothing of ours relies on it.
 */
export function createMemoryDynamoDb(names: Readonly<Record<keyof typeof TABLES, string>> = TABLE_NAMES): MemoryDynamoDb {
  const tables = new Map<string, TableState>();
  for (const [part, definition] of Object.entries(TABLES)) {
    const indexes = new Map<string, IndexState>();
    for (const index of Object.values(definition.indexes) as { name: string; partitionKey: string; sortKey: string }[]) {
      indexes.set(index.name, { schema: index, partitions: new Map() });
    }
    const schema: KeySchema = {
      partitionKey: definition.partitionKey,
      ...('sortKey' in definition ? { sortKey: definition.sortKey } : {}),
    };
    tables.set(names[part as keyof typeof TABLES], { schema, items: new Map(), indexes });
  }
  return new MemoryTables(tables);
}

const NO_METADATA = { $metadata: {} } as const;

class MemoryTables implements MemoryDynamoDb {
  public readonly calls: Record<Operation, number> = {
    batchGetItem: 0,
    getItem: 0,
    putItem: 0,
    updateItem: 0,
    deleteItem: 0,
    query: 0,
    scan: 0,
    transactWriteItems: 0,
  };
  public hooks: Hooks = {};
  public listener: ((change: Change) => void) | undefined;

  public constructor(private readonly tables: ReadonlyMap<string, TableState>) {}

  public get writes(): number {
    return this.calls.putItem + this.calls.updateItem + this.calls.deleteItem + this.calls.transactWriteItems;
  }

  public items(table: string): Item[] {
    return [...this.table(table).items.values()];
  }

  public item(table: string, key: string): Item | undefined {
    return this.table(table).items.get(key);
  }

  public resetCounts(): void {
    for (const operation of Object.keys(this.calls) as Operation[]) this.calls[operation] = 0;
  }

  public batchGetItem: DynamoDbConnector['batchGetItem'] = (input, options) =>
    this.run('batchGetItem', input, options?.timeoutMs, () => {
      const found = Object.entries(input.RequestItems ?? {}).map(([name, { Keys, ProjectionExpression, ExpressionAttributeNames }]) => {
        const table = this.table(name);
        const items = (Keys ?? [])
          .map((key) => table.items.get(keyOf(table.schema, key as Item)))
          .filter((item): item is Item => item !== undefined);
        const shown =
          ProjectionExpression === undefined ? items : items.map((item) => project(ProjectionExpression, item, ExpressionAttributeNames));
        return [name, shown as Record<string, AttributeValue>[]] as const;
      });
      return { ...NO_METADATA, Responses: Object.fromEntries(found), UnprocessedKeys: {} };
    });

  public getItem: DynamoDbConnector['getItem'] = (input, options) =>
    this.run('getItem', input, options?.timeoutMs, () => {
      const table = this.table(input.TableName);
      const item = table.items.get(keyOf(table.schema, input.Key as Item));
      if (item === undefined) return NO_METADATA;
      const Item =
        input.ProjectionExpression === undefined ? item : project(input.ProjectionExpression, item, input.ExpressionAttributeNames);
      return { ...NO_METADATA, Item: Item as Record<string, AttributeValue> };
    });

  public putItem: DynamoDbConnector['putItem'] = (input, options) =>
    this.run('putItem', input, options?.timeoutMs, () => {
      const table = this.table(input.TableName);
      const key = keyOf(table.schema, input.Item as Item);
      const old = table.items.get(key);
      this.check(input, old);
      this.commit(input.TableName as string, table, key, old, input.Item as Item);
      return input.ReturnValues === 'ALL_OLD' && old !== undefined ? { ...NO_METADATA, Attributes: old } : NO_METADATA;
    });

  public updateItem: DynamoDbConnector['updateItem'] = (input, options) =>
    this.run('updateItem', input, options?.timeoutMs, () => {
      const table = this.table(input.TableName);
      const key = keyOf(table.schema, input.Key as Item);
      const old = table.items.get(key);
      this.check(input, old);
      const updated = applyUpdate(input, old);
      this.commit(input.TableName as string, table, key, old, updated);
      const attributes = returned(input.ReturnValues, old, updated);
      return attributes === undefined ? NO_METADATA : { ...NO_METADATA, Attributes: attributes as Record<string, AttributeValue> };
    });

  public deleteItem: DynamoDbConnector['deleteItem'] = (input, options) =>
    this.run('deleteItem', input, options?.timeoutMs, () => {
      const table = this.table(input.TableName);
      const key = keyOf(table.schema, input.Key as Item);
      const old = table.items.get(key);
      this.check(input, old);
      if (old !== undefined) this.commit(input.TableName as string, table, key, old, undefined);
      return input.ReturnValues === 'ALL_OLD' && old !== undefined ? { ...NO_METADATA, Attributes: old } : NO_METADATA;
    });

  public query: DynamoDbConnector['query'] = (input, options) =>
    this.run('query', input, options?.timeoutMs, () => {
      const table = this.table(input.TableName);
      const index = input.IndexName === undefined ? undefined : table.indexes.get(input.IndexName);
      if (input.IndexName !== undefined && index === undefined) {
        throw serviceError('ValidationException', `the table does not have the specified index: ${input.IndexName}`);
      }
      const schema = index?.schema ?? table.schema;
      const keyCondition = compileCondition(input.KeyConditionExpression as string);
      const candidates = index === undefined ? [...table.items.values()] : partition(index, input);
      const sortKey = schema.sortKey as string;
      const found = candidates
        .filter((item) => keyCondition(scopeOf(input, item)))
        .sort((left, right) => compare(left[sortKey], right[sortKey]) || order(keyOf(table.schema, left), keyOf(table.schema, right)));
      if (input.ScanIndexForward === false) found.reverse();
      return page(found, input, table.schema, schema);
    });

  public scan: DynamoDbConnector['scan'] = (input, options) =>
    this.run('scan', input, options?.timeoutMs, () => {
      const table = this.table(input.TableName);
      return page([...table.items.values()], input, table.schema, table.schema);
    });

  public transactWriteItems: DynamoDbConnector['transactWriteItems'] = (input, options) =>
    this.run('transactWriteItems', input, options?.timeoutMs, () => {
      const actions = (input.TransactItems ?? []).map((action) => {
        const inner = action.Put ?? action.Update ?? action.Delete ?? action.ConditionCheck;
        const table = this.table(inner?.TableName);
        const key = keyOf(table.schema, (action.Put?.Item ?? (inner as { Key?: Item }).Key) as Item);
        return { action, inner: inner as Conditional, table, key, old: table.items.get(key) };
      });
      const reasons = actions.map(({ inner, old }) => {
        const passed = inner.ConditionExpression === undefined || compileCondition(inner.ConditionExpression)(scopeOf(inner, old));
        if (passed) return { Code: 'None' };
        const shown = inner.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && old !== undefined ? { Item: old } : {};
        return { Code: 'ConditionalCheckFailed', ...shown };
      });
      if (reasons.some((reason) => reason.Code !== 'None')) {
        throw serviceError('TransactionCanceledException', 'transaction cancelled', { CancellationReasons: reasons });
      }
      const results = actions.map(({ action, old }) => {
        if (action.Put !== undefined) return action.Put.Item as Item;
        return action.Update === undefined ? undefined : applyUpdate(action.Update, old);
      });
      actions.forEach(({ action, inner, table, key, old }, index) => {
        if (action.ConditionCheck === undefined) this.commit(inner.TableName as string, table, key, old, results[index]);
      });
      return NO_METADATA;
    });

  private run<T>(operation: Operation, input: object, timeoutMs: number | undefined, apply: () => T): Promise<T> {
    this.calls[operation]++;
    const { before, after } = this.hooks;
    if (before === undefined && after === undefined) {
      try {
        return Promise.resolve(apply());
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.runHooked({ operation, input, timeoutMs }, apply);
  }

  private async runHooked<T>(call: Call, apply: () => T): Promise<T> {
    await this.hooks.before?.(call);
    let result: T;
    try {
      result = apply();
    } catch (error) {
      await this.hooks.after?.(call);
      throw error;
    }
    await this.hooks.after?.(call);
    return result;
  }

  private table(name: string | undefined): TableState {
    const table = this.tables.get(name ?? '');
    if (table === undefined) throw serviceError('ResourceNotFoundException', `no such table: ${name}`);
    return table;
  }

  private check(input: Conditional, old: Item | undefined): void {
    if (input.ConditionExpression === undefined) return;
    if (compileCondition(input.ConditionExpression)(scopeOf(input, old))) return;
    const shown = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && old !== undefined ? { Item: old } : {};
    throw serviceError('ConditionalCheckFailedException', 'The conditional request failed', shown);
  }

  private commit(name: string, table: TableState, key: string, oldItem: Item | undefined, newItem: Item | undefined): void {
    if (newItem === undefined) table.items.delete(key);
    else table.items.set(key, newItem);
    for (const index of table.indexes.values()) {
      const oldPartition = indexed(index.schema, oldItem);
      const newPartition = indexed(index.schema, newItem);
      if (oldPartition !== undefined && oldPartition !== newPartition) index.partitions.get(oldPartition)?.delete(key);
      if (newPartition === undefined) continue;
      let members = index.partitions.get(newPartition);
      if (members === undefined) {
        members = new Map();
        index.partitions.set(newPartition, members);
      }
      members.set(key, newItem as Item);
    }
    this.listener?.({ table: name, oldItem, newItem });
  }
}

interface Conditional {
  readonly TableName?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

function scopeOf(input: Conditional, item: Item | undefined): Scope {
  return { item, names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues };
}

function keyOf(schema: KeySchema, item: Item): string {
  const partitionKey = item[schema.partitionKey]?.S;
  const sortKey = schema.sortKey === undefined ? '' : item[schema.sortKey]?.S;
  if (partitionKey === undefined || sortKey === undefined) {
    throw serviceError('ValidationException', 'the provided key element does not match the schema');
  }
  return schema.sortKey === undefined ? partitionKey : `${partitionKey}\u0000${sortKey}`;
}

function indexed(schema: KeySchema, item: Item | undefined): string | undefined {
  if (item === undefined || item[schema.sortKey as string] === undefined) return undefined;
  return item[schema.partitionKey]?.S;
}

function partition(index: IndexState, input: Conditional & { readonly KeyConditionExpression?: string | undefined }): Item[] {
  // Every partition key of ours is compared with `=` against one value of the call.
  const wanted = new Set(Object.values(input.ExpressionAttributeValues ?? {}).map((value) => value.S ?? ''));
  const named = [...wanted].map((name) => index.partitions.get(name));
  return named.flatMap((members) => (members === undefined ? [] : [...members.values()]));
}

function applyUpdate(
  input: Conditional & { readonly UpdateExpression?: string | undefined; readonly Key?: object | undefined },
  old: Item | undefined,
): Item {
  // One copy for all assignments, which then write into it.
  const target: Record<string, AttributeValue> = { ...(old ?? (input.Key as Item)) };
  if (input.UpdateExpression === undefined) return target;
  const scope = scopeOf(input, old);
  for (const change of compileUpdate(input.UpdateExpression)) change(scope, target);
  return target;
}

function returned(wanted: string | undefined, old: Item | undefined, updated: Item): Item | undefined {
  if (wanted === 'ALL_NEW') return updated;
  if (wanted === 'ALL_OLD') return old;
  if (wanted !== 'UPDATED_NEW' && wanted !== 'UPDATED_OLD') return undefined;
  const changed = Object.keys(updated).filter((name) => updated[name] !== old?.[name]);
  const from = wanted === 'UPDATED_NEW' ? updated : (old ?? {});
  return Object.fromEntries(changed.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name] as AttributeValue]])));
}

interface Page extends Conditional {
  readonly Limit?: number | undefined;
  readonly ExclusiveStartKey?: Record<string, AttributeValue> | undefined;
  readonly FilterExpression?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
  readonly Select?: string | undefined;
}

interface PageResult {
  $metadata: object;
  Items: Record<string, AttributeValue>[];
  Count: number;
  ScannedCount: number;
  LastEvaluatedKey?: Record<string, AttributeValue>;
}

function page(found: Item[], input: Page, table: KeySchema, index: KeySchema): PageResult {
  let start = 0;
  if (input.ExclusiveStartKey !== undefined) {
    const key = keyOf(table, input.ExclusiveStartKey);
    start = found.findIndex((item) => keyOf(table, item) === key) + 1;
  }
  const seen = found.slice(start, start + (input.Limit ?? found.length));
  const filter = input.FilterExpression === undefined ? undefined : compileCondition(input.FilterExpression);
  const kept = filter === undefined ? seen : seen.filter((item) => filter(scopeOf(input, item)));
  const shown =
    input.ProjectionExpression === undefined
      ? kept
      : kept.map((item) => project(input.ProjectionExpression as string, item, input.ExpressionAttributeNames));
  const last = seen.at(-1);
  const more = last !== undefined && start + seen.length < found.length;
  const result: PageResult = {
    $metadata: {},
    Items: shown as Record<string, AttributeValue>[],
    Count: kept.length,
    ScannedCount: seen.length,
  };
  if (more) result.LastEvaluatedKey = keysOf(last, table, index);
  return result;
}

function keysOf(item: Item, ...schemas: readonly KeySchema[]): Record<string, AttributeValue> {
  const names = schemas.flatMap((schema) => [schema.partitionKey, schema.sortKey]);
  return Object.fromEntries(
    names.flatMap((name) => (name === undefined || item[name] === undefined ? [] : [[name, item[name] as AttributeValue]])),
  );
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
