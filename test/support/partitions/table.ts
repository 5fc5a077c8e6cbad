import type { DynamoDbConnector } from '../../../lambda/aws/dynamodb/dynamodb';
import { TABLES, type TableIndex } from '../../../lib/private/contract';
import { readUnits, refusedUnits, sizeOf, writeUnits } from '../../../local/dynamodb/units';
import type { Item } from '../dynamodb-expressions';
import { serviceError } from '../dynamodb-expressions';
import { type Change, createMemoryDynamoDb, type MemoryDynamoDb, TABLE_NAMES } from '../memory-dynamodb';
import type { Random } from '../scheduler';
import { Heat, type HeatOptions } from './heat';
import type { VirtualTime } from './virtual-time';

export type TableName = keyof typeof TABLES;

export interface PartitionedOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly heat: Omit<HeatOptions, 'partitions'>;
  /** Of each table and of each of its indexes, at first. */
  readonly partitions: Readonly<Record<TableName, number>>;
  /** One way, about. */
  readonly networkMs: number;
  readonly listener?: (change: Change, partition: number) => void;
}

/** A table as DynamoDB keeps it: in partitions that give so much a second and no more, at the end of a network. */
export interface PartitionedDynamoDb {
  readonly connector: DynamoDbConnector;
  readonly memory: MemoryDynamoDb;
  readonly heats: ReadonlyMap<string, Heat>;
  /** Units since the counts were reset, and what failed. */
  readonly counts: Counts;
  resetCounts(): void;
}

export interface Counts {
  readUnits: number;
  writeUnits: number;
  /** By table. */
  writes: Record<string, number>;
  calls: number;
  /** Transactions that met another write of one of their items, and writes that met a transaction. */
  conflicts: number;
  throttled: number;
  /** Reservations in their first and later forms, and how many of them a condition refused. */
  reserves: number;
  refusedReserves: number;
}

const NO_COUNTS = (): Counts => {
  return { readUnits: 0, writeUnits: 0, writes: {}, calls: 0, conflicts: 0, throttled: 0, reserves: 0, refusedReserves: 0 };
};
/** Prepare and commit: as long as that a transaction holds its items. */
const TRANSACTION_MS = 6;
/** Seconds that an index may lag before writes of its table are turned away. */
const INDEX_LAG = 1;

/** What the local run's counting of units needs to know of a table. */
function definitionOf(name: TableName) {
  const { partitionKey, indexes, ...rest } = TABLES[name] as (typeof TABLES)['records'];
  const schema = (hash: string, range?: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
  ];
  return {
    TableName: TABLE_NAMES[name],
    KeySchema: schema(partitionKey, rest.sortKey),
    AttributeDefinitions: [],
    GlobalSecondaryIndexes: (Object.values(indexes) as TableIndex[]).map((index) => ({
      IndexName: index.name,
      KeySchema: schema(index.partitionKey, index.sortKey),
      Projection: { ProjectionType: index.keysOnly === true ? 'KEYS_ONLY' : 'ALL' },
    })),
    TableStatus: 'ACTIVE',
  };
}

export function createPartitionedDynamoDb(options: PartitionedOptions): PartitionedDynamoDb {
  const { time, random, networkMs } = options;
  const memory = createMemoryDynamoDb();
  const definitions = new Map((Object.keys(TABLES) as TableName[]).map((name) => [TABLE_NAMES[name] as string, definitionOf(name)]));
  const heats = new Map<string, Heat>();
  for (const name of Object.keys(TABLES) as TableName[]) {
    const partitions = options.partitions[name];
    heats.set(TABLE_NAMES[name], new Heat({ ...options.heat, partitions }));
    for (const { name: index } of Object.values(TABLES[name].indexes) as TableIndex[]) {
      heats.set(`${TABLE_NAMES[name]}/${index}`, new Heat({ ...options.heat, partitions }));
    }
  }
  const heatOf = (name: string): Heat => heats.get(name) as Heat;
  const state = { counts: NO_COUNTS() };
  /** Items that a transaction holds. */
  const held = new Set<string>();

  function keyOf(table: string, item: Item): { readonly hash: string; readonly whole: string } {
    const [hash, range] = (definitions.get(table)?.KeySchema ?? []).map(({ AttributeName: name }) => item[name]?.S ?? '');
    return { hash: hash ?? '', whole: `${hash}${range === undefined ? '' : `\u0000${range}`}` };
  }

  /** The network, and what DynamoDB itself takes: mostly little, sometimes much. */
  const way = (): Promise<void> => time.pause(networkMs * (0.6 + 0.8 * random.next()) * (random.chance(0.01) ? 8 : 1));

  function throttle(): Error {
    state.counts.throttled++;
    return serviceError('ThrottlingException', 'Throughput exceeds the current capacity of one or more partitions');
  }

  function admitWrite(table: string, hash: string, item: Item | undefined): void {
    const nowMs = time.monotonic();
    if (!heatOf(table).takes(hash, nowMs)) throw throttle();
    for (const { IndexName: index, KeySchema: schema } of definitions.get(table)?.GlobalSecondaryIndexes ?? []) {
      const partition = item?.[schema[0]?.AttributeName ?? '']?.S;
      const heat = heatOf(`${table}/${index}`);
      // An index is written behind its table, and holds that back where it cannot follow.
      if (partition !== undefined && !heat.takes(partition, nowMs, INDEX_LAG)) throw throttle();
    }
  }

  function chargeWrite(table: string, hash: string, before: Item | undefined, after: Item | undefined, times: number): void {
    const nowMs = time.monotonic();
    const definition = definitions.get(table) as ReturnType<typeof definitionOf>;
    const whole = writeUnits(definition, before as never, after as never);
    const base = writeUnits({ ...definition, GlobalSecondaryIndexes: [] }, before as never, after as never);
    const units = times * base + (whole - base);
    heatOf(table).charge(hash, { write: times * base }, nowMs);
    if (whole > base) {
      const shares = definition.GlobalSecondaryIndexes.map(({ IndexName: index, KeySchema: schema }) => {
        return [index, (after ?? before)?.[schema[0]?.AttributeName ?? '']?.S] as const;
      });
      for (const [index, partition] of shares) {
        if (partition !== undefined) heatOf(`${table}/${index}`).charge(partition, { write: whole - base }, nowMs);
      }
    }
    state.counts.writeUnits += units;
    state.counts.writes[table] = (state.counts.writes[table] ?? 0) + units;
  }

  function chargeRead(table: string, hash: string, item: Item | undefined, consistent: boolean): void {
    const units = readUnits(item as never, consistent);
    heatOf(table).charge(hash, { read: units }, time.monotonic());
    state.counts.readUnits += units;
  }

  let last: Change | undefined;
  memory.listener = (change) => {
    last = change;
    const { hash } = keyOf(change.table, (change.newItem ?? change.oldItem) as Item);
    options.listener?.(change, heatOf(change.table).indexOf(hash));
  };

  interface Write {
    readonly TableName?: string | undefined;
    readonly Item?: Item;
    readonly Key?: Item;
    readonly ExpressionAttributeValues?: Item;
    readonly ExpressionAttributeNames?: Record<string, string>;
  }

  const write =
    (name: 'putItem' | 'updateItem' | 'deleteItem') =>
    async (input: Write): Promise<never> => {
      const table = input.TableName ?? '';
      const { hash, whole } = keyOf(table, (input.Item ?? input.Key) as Item);
      state.counts.calls++;
      await way();
      const isReserve = input.ExpressionAttributeValues?.[':due'] !== undefined && input.ExpressionAttributeNames?.['#id'] !== undefined;
      try {
        admitWrite(table, hash, input.Item);
        if (held.has(`${table} ${whole}`)) {
          state.counts.conflicts++;
          throw serviceError('TransactionConflictException', 'Transaction is ongoing for the item');
        }
        const before = memory.item(table, whole);
        last = undefined;
        let change: Change | undefined;
        if (isReserve) state.counts.reserves++;
        let answer: unknown;
        try {
          // It is applied before it is waited for.
          const applied = (memory[name] as unknown as (input: Write) => Promise<unknown>)(input);
          change = last as Change | undefined;
          answer = await applied;
        } catch (error) {
          const units = refusedUnits(before as never, input.Item as never);
          heatOf(table).charge(hash, { write: units }, time.monotonic());
          state.counts.writeUnits += units;
          if (isReserve) state.counts.refusedReserves++;
          throw error;
        }
        chargeWrite(table, hash, before, change?.newItem, 1);
        return answer as never;
      } finally {
        await way();
      }
    };

  async function transactWriteItems(input: { readonly TransactItems?: readonly Record<string, Write>[] }): Promise<never> {
    const parts = (input.TransactItems ?? []).map((action) => {
      const inner = Object.values(action)[0] as Write;
      const table = inner.TableName ?? '';
      return { table, inner, ...keyOf(table, (inner.Item ?? inner.Key) as Item) };
    });
    const names = parts.map(({ table, whole }) => `${table} ${whole}`);
    state.counts.calls++;
    await way();
    try {
      for (const { table, hash, inner } of parts) admitWrite(table, hash, inner.Item);
      if (names.some((name) => held.has(name))) {
        state.counts.conflicts++;
        const reasons = names.map((name) => ({ Code: held.has(name) ? 'TransactionConflict' : 'None' }));
        throw serviceError('TransactionCanceledException', 'Transaction cancelled', { CancellationReasons: reasons });
      }
      for (const name of names) held.add(name);
      try {
        await time.pause(TRANSACTION_MS);
        const before = parts.map(({ table, whole }) => memory.item(table, whole));
        const answer = await memory.transactWriteItems(input as never);
        for (const [index, { table, hash, whole }] of parts.entries()) {
          chargeWrite(table, hash, before[index], memory.item(table, whole), 2);
        }
        return answer as never;
      } finally {
        for (const name of names) held.delete(name);
      }
    } finally {
      await way();
    }
  }

  async function batchGetItem(input: { readonly RequestItems?: Record<string, { Keys?: Item[] }> }): Promise<never> {
    state.counts.calls++;
    await way();
    try {
      const [table = '', wanted = {}] = Object.entries(input.RequestItems ?? {})[0] ?? [];
      const taken: Item[] = [];
      const left: Item[] = [];
      for (const key of wanted.Keys ?? []) {
        const { hash, whole } = keyOf(table, key);
        if (!heatOf(table).takes(hash, time.monotonic())) left.push(key);
        else {
          chargeRead(table, hash, memory.item(table, whole), true);
          taken.push(key);
        }
      }
      if (taken.length === 0) throw throttle();
      state.counts.throttled += left.length;
      const answer = await memory.batchGetItem({ RequestItems: { [table]: { ...wanted, Keys: taken } } } as never);
      return { ...answer, UnprocessedKeys: left.length === 0 ? {} : { [table]: { ...wanted, Keys: left } } } as never;
    } finally {
      await way();
    }
  }

  async function getItem(input: { readonly TableName?: string; readonly Key?: Item; readonly ConsistentRead?: boolean }): Promise<never> {
    state.counts.calls++;
    await way();
    try {
      const table = input.TableName ?? '';
      const { hash, whole } = keyOf(table, input.Key as Item);
      if (!heatOf(table).takes(hash, time.monotonic())) throw throttle();
      chargeRead(table, hash, memory.item(table, whole), input.ConsistentRead === true);
      return (await memory.getItem(input as never)) as never;
    } finally {
      await way();
    }
  }

  async function query(input: { readonly TableName?: string; readonly IndexName?: string }): Promise<never> {
    state.counts.calls++;
    await way();
    const answer = await memory.query(input as never);
    const bytes = (answer.Items ?? []).reduce((sum, item) => sum + sizeOf(item as never), 0);
    state.counts.readUnits += Math.max(0.5, bytes / 8_192);
    await way();
    return answer as never;
  }

  const connector = {
    putItem: write('putItem'),
    updateItem: write('updateItem'),
    deleteItem: write('deleteItem'),
    transactWriteItems,
    batchGetItem,
    getItem,
    query,
    scan: memory.scan,
  } as unknown as DynamoDbConnector;
  return {
    connector,
    memory,
    heats,
    get counts() {
      return state.counts;
    },
    resetCounts: () => {
      state.counts = NO_COUNTS();
    },
  };
}
