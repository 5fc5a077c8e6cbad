import db from 'dynalite/db';
import { systemClock } from '../../lambda/platform/runtime';
import { DynamoDbError, serviceError, validationError } from './errors';
import { Journal, type Kept } from './journal';
import { type Metering, metered } from './meter';
import { isOperation, itemAt, type Output, prepare, run, runAtOnce } from './operations';
import { type Change, Store } from './store';
import { type RecordListener, StreamHub, type TableStream } from './stream-hub';
import { indexesOf } from './table-definition';
import { describeTimeToLive, isExpired } from './time-to-live';
import { Transactions } from './transactions';
import type { DynaliteTable, Item, TableDefinition, TableHandle, UserIdentity } from './types';
import type { Consumption } from './units';

export interface DynamoDbOptions {
  /** Where the items are kept between runs. Default: in memory only. */
  readonly directory?: string;
  readonly region: string;
  readonly account: string;
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number;
  /** The journal is condensed while in use when it is larger than this and has grown fourfold. Default: 64 MB. */
  readonly condenseBytes?: number;
}

/**
 * An embedded DynamoDB: dynalite's parsers, limits and error texts over a store of our own, which keeps every write isolated.
 *
 * Unlike the service: filters (not conditions) do not find two equal maps or lists equal, nor `false` by `IN`; nothing is throttled and
 * no transaction meets a conflict; PartiQL and the Streams API are not there (`onRecords` is).
 */
export interface DynamoDbEngine {
  /**
   * Carries out one API operation.
   *
   * @param action such as `UpdateItem`
   * @param input the operation's JSON; binary values are base64
   * @param consumption what DynamoDB would bill is added here, also when the call fails. Default: nobody counts.
   * @throws DynamoDbError as the service answers it
   */
  call(action: string, input: object, consumption?: Consumption): Promise<Record<string, unknown>>;
  /**
   * Makes a table, with the items that the directory holds for it.
   *
   * @throws DynamoDbError when the definition is invalid; Error when kept items do not fit it
   */
  createTable(definition: TableDefinition): Promise<TableHandle>;
  /**
   * Listens to a table's stream from now on. Answers how to stop.
   *
   * @param consumer a name that is the same in every run: what this consumer had not acknowledged when the last run ended, at most a
   * day old, comes first. Default: nothing of earlier runs is given.
   */
  onRecords(tableName: string, listener: RecordListener, consumer?: string): () => void;
  /** A named consumer is done with the records up to this one; they do not come again. */
  acknowledge(tableName: string, consumer: string, sequenceNumber: string): void;
  /** The customer's key that encrypts a table, as its definition names it. */
  encryptionKey(tableName: string): string | undefined;
  /** Removes the items whose time to live has passed; answers how many. DynamoDB does so within days, a caller here when it likes. */
  sweepExpired(): number;
  /** Keeps everything and releases the directory. */
  close(): Promise<void>;
}

/** Constant, so that a stream's ARN is the same in every run. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';
/** DynamoDB keeps stream records for a day. */
const STREAM_RETENTION_SECONDS = 86_400;
const SERVICE: UserIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

interface Table {
  readonly definition: TableDefinition;
  readonly handle: TableHandle;
}

/**
 * Opens the engine. Tables are made by `createTable`; items come back from the directory's journal.
 *
 * @throws Error when the journal is damaged
 */
export async function openDynamoDb(options: DynamoDbOptions): Promise<DynamoDbEngine> {
  return new Engine(options);
}

class Engine implements DynamoDbEngine {
  readonly #options: DynamoDbOptions;
  readonly #now: () => number;
  readonly #store: Store;
  readonly #hub: StreamHub;
  readonly #transactions: Transactions;
  readonly #metering: Metering;
  readonly #journal: Journal | undefined;
  /** What the journal held and is not taken over yet: items whose tables are not made, records whose consumers did not come. */
  readonly #kept: Kept;
  readonly #tables = new Map<string, Table>();
  #writer: UserIdentity | undefined;
  #loading = false;

  constructor(options: DynamoDbOptions) {
    this.#options = options;
    this.#now = options.now ?? systemClock.now;
    this.#store = new Store(options.region, options.account, (changes) => this.#commit(changes));
    this.#transactions = new Transactions(this.#store, this.#now);
    this.#metering = { store: this.#store, repeats: (input) => this.#transactions.repeats(input) };
    const oldest = (): number => this.#now() / 1_000 - STREAM_RETENTION_SECONDS;
    const opened = options.directory === undefined ? undefined : Journal.open(options.directory, oldest, options.condenseBytes);
    this.#journal = opened?.journal;
    this.#kept = opened?.kept ?? { items: new Map(), records: new Map(), delivered: new Map() };
    this.#hub = new StreamHub(options.region, this.#now, this.#kept, this.#journal);
  }

  async call(action: string, input: object, consumption?: Consumption): Promise<Output> {
    const output =
      consumption === undefined
        ? this.#run(action, input as Output)
        : metered(this.#metering, action, input as Output, consumption, (counted) => this.#run(action, counted));
    return structuredClone(await output);
  }

  async createTable(definition: TableDefinition): Promise<TableHandle> {
    const { TableName: tableName, StreamSpecification: stream } = definition;
    const prepared = prepare(this.#store, 'CreateTable', {
      TableName: tableName,
      KeySchema: definition.KeySchema,
      AttributeDefinitions: definition.AttributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
      ...indexesOf(definition),
    });
    await run(this.#store, 'CreateTable', prepared);
    const table = this.#store.table(tableName) as DynaliteTable;
    table.TableStatus = 'ACTIVE';
    const tableArn = `arn:aws:dynamodb:${this.#options.region}:${this.#options.account}:table/${tableName}`;
    const streams = stream !== undefined && stream.StreamEnabled !== false && stream.StreamViewType !== undefined;
    const handle = { tableName, tableArn, ...(streams ? { streamArn: `${tableArn}/stream/${STREAM_LABEL}` } : {}) };
    if (streams) Object.assign(table, { StreamSpecification: stream, LatestStreamArn: handle.streamArn, LatestStreamLabel: STREAM_LABEL });
    this.#tables.set(tableName, { definition, handle });
    this.#load(table);
    return handle;
  }

  onRecords(tableName: string, listener: RecordListener, consumer?: string): () => void {
    return this.#hub.listen(tableName, listener, consumer);
  }

  acknowledge(tableName: string, consumer: string, sequenceNumber: string): void {
    this.#hub.acknowledge(tableName, consumer, sequenceNumber);
  }

  encryptionKey(tableName: string): string | undefined {
    return this.#tables.get(tableName)?.definition.KMSMasterKeyId;
  }

  sweepExpired(): number {
    const now = Math.floor(this.#now() / 1_000);
    let removed = 0;
    for (const [name, { definition }] of this.#tables) {
      const life = definition.TimeToLiveSpecification;
      const table = this.#store.table(name);
      if (table === undefined || life?.Enabled !== true) continue;
      const expired = [...this.#store.getItemDb(name).map.entries()].filter(([, item]) => isExpired(item, life.AttributeName, now));
      for (const [key, item] of expired) this.#remove(table, key, item);
      removed += expired.length;
    }
    return removed;
  }

  async close(): Promise<void> {
    this.#journal?.close();
  }

  async #run(action: string, input: Output): Promise<Output> {
    switch (action) {
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
        return this.#write(action, input);
      case 'GetItem':
        return runAtOnce(this.#store, action, prepare(this.#store, action, input));
      case 'TransactWriteItems':
        return this.#transactions.write(input);
      case 'TransactGetItems':
        return this.#transactions.read(input);
      case 'CreateTable':
        return this.#createFromCall(input);
      case 'DescribeTimeToLive':
        return this.#describeTimeToLive(input);
      case 'UpdateTimeToLive':
        return this.#updateTimeToLive(input);
      default:
        if (!isOperation(action)) throw new DynamoDbError({ __type: 'com.amazon.coral.service#UnknownOperationException' });
        return run(this.#store, action, prepare(this.#store, action, input));
    }
  }

  #write(action: 'PutItem' | 'UpdateItem' | 'DeleteItem', input: Output): Output {
    const prepared = prepare(this.#store, action, input);
    try {
      return this.#store.unit(() => runAtOnce(this.#store, action, prepared));
    } catch (error) {
      throw this.#withOldItem(error, input);
    }
  }

  /** Nothing can have come between the refused write and this read. */
  #withOldItem(error: unknown, input: Output): unknown {
    const isRefused = error instanceof DynamoDbError && error.name === 'ConditionalCheckFailedException';
    if (!isRefused || input.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return error;
    const item = itemAt(this.#store, input);
    return item === undefined ? error : new DynamoDbError({ ...error.body, Item: structuredClone(item) });
  }

  async #createFromCall(input: Output): Promise<Output> {
    const definition = input as unknown as TableDefinition;
    // Checks what the caller sent, billing included; `createTable` then makes every table on demand.
    prepare(this.#store, 'CreateTable', input);
    await this.createTable(definition);
    return { TableDescription: this.#store.table(definition.TableName) };
  }

  #describeTimeToLive(input: Output): Output {
    return { TimeToLiveDescription: describeTimeToLive(this.#tableNamed(input.TableName).definition) };
  }

  #updateTimeToLive(input: Output): Output {
    const table = this.#tableNamed(input.TableName);
    const life = input.TimeToLiveSpecification as TableDefinition['TimeToLiveSpecification'];
    if (typeof life?.AttributeName !== 'string') throw validationError('TimeToLiveSpecification requires AttributeName');
    const { TimeToLiveSpecification: _, ...rest } = table.definition;
    this.#tables.set(table.handle.tableName, {
      ...table,
      definition: life.Enabled ? { ...rest, TimeToLiveSpecification: life } : rest,
    });
    return { TimeToLiveSpecification: life };
  }

  #tableNamed(name: unknown): Table {
    const table = this.#tables.get(String(name));
    if (table === undefined) {
      throw serviceError('ResourceNotFoundException', `Requested resource not found: Table: ${String(name)} not found`);
    }
    return table;
  }

  #remove(table: DynaliteTable, key: string, item: Item): void {
    this.#writer = SERVICE;
    try {
      this.#store.unit(() => {
        db.updateIndexes(this.#store, table, item, undefined, rethrow);
        this.#store.getItemDb(table.TableName).del(key, rethrow);
      });
    } finally {
      this.#writer = undefined;
    }
  }

  /** Puts the journal's items into a new table and its indexes. */
  #load(table: DynaliteTable): void {
    const items = this.#kept.items.get(table.TableName);
    if (items === undefined) return;
    this.#loading = true;
    try {
      for (const item of items.values()) {
        const misfit = db.validateItem(item, table);
        if (misfit) {
          throw new Error(
            `the kept items of table ${table.TableName} do not fit its keys any more (${misfit.message}): remove ${this.#options.directory} to start afresh`,
          );
        }
        this.#store.unit(() => {
          db.updateIndexes(this.#store, table, undefined, item, rethrow);
          this.#store.getItemDb(table.TableName).put(db.createKey(item, table), item, rethrow);
        });
      }
    } finally {
      this.#loading = false;
    }
    this.#kept.items.delete(table.TableName);
  }

  #commit(changes: readonly Change[]): void {
    if (!this.#loading) this.#hub.commit(changes, (name) => this.#streamOf(name), this.#writer);
  }

  /** A table that is being removed writes no records. */
  #streamOf(name: string): TableStream | undefined {
    const table = this.#store.table(name);
    const known = this.#tables.get(name);
    const view = known?.definition.StreamSpecification?.StreamViewType;
    const arn = known?.handle.streamArn;
    return table?.TableStatus !== 'ACTIVE' || arn === undefined || view === undefined ? undefined : { table, arn, view };
  }
}

function rethrow(error?: Error | null): void {
  if (error) throw error;
}

export type { RecordListener };
