import { DynamoDbError } from './errors';
import { itemAt, type Output } from './operations';
import type { Store } from './store';
import type { DynaliteTable, Item } from './types';
import { type Consumption, readUnits, refusedUnits, writeUnits } from './units';

/** A write of one item, whichever operation it is a part of. */
interface Target {
  readonly table: DynaliteTable;
  readonly input: Output;
  readonly before: Item | undefined;
}

/** What a call is counted by. */
export interface Metering {
  readonly store: Store;
  /** Whether a transaction only repeats what its token stands for: then its items are read, not written. */
  readonly repeats: (input: Output) => boolean;
}

/**
 * Carries out a call and adds up what DynamoDB would bill for it: by the items as they were and as they are, refused conditions and
 * both steps of a transaction included. A call that is not valid, or whose table is not there, costs nothing.
 *
 * A transaction that is cancelled counts like one that is not, which is the most that it can cost.
 */
export async function metered(
  { store, repeats }: Metering,
  action: string,
  input: Output,
  consumption: Consumption,
  run: (input: Output) => Promise<Output>,
): Promise<Output> {
  switch (action) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return meteredWrites(store, [input], 1, consumption, () => run(input));
    case 'TransactWriteItems':
      return repeats(input)
        ? meteredReads(store, consistent(parts(input)), 2, consumption, () => run(input))
        : meteredWrites(store, parts(input), 2, consumption, () => run(input));
    case 'BatchWriteItem':
      return meteredWrites(store, batchWrites(input), 1, consumption, () => run(input));
    case 'GetItem':
      return meteredReads(store, [input], 1, consumption, () => run(input));
    case 'TransactGetItems':
      return meteredReads(store, consistent(parts(input)), 2, consumption, () => run(input));
    case 'BatchGetItem':
      return meteredReads(store, batchReads(input), 1, consumption, () => run(input));
    case 'Query':
      return meteredSearch(input, 1, consumption, run);
    case 'Scan':
      // The engine's parser takes no notice of how consistent a scan shall be.
      return meteredSearch(input, input.ConsistentRead === true ? 2 : 1, consumption, run);
    default:
      return run(input);
  }
}

async function meteredWrites(
  store: Store,
  inputs: readonly Output[],
  factor: number,
  consumption: Consumption,
  run: () => Promise<Output>,
): Promise<Output> {
  const targets = inputs.map((input) => targetOf(store, input)).filter((target) => target !== undefined);
  const add = (units: (target: Target) => number): void => {
    for (const target of targets) consumption.writeUnits += factor * units(target);
  };
  try {
    const output = await run();
    add(({ table, input, before }) => writeUnits(table, before, itemAt(store, input)));
    return output;
  } catch (error) {
    if (isRefusal(error)) add(({ input, before }) => refusedUnits(before, input.Item as Item | undefined));
    throw error;
  }
}

/** The answer's own items will not do: a projection leaves parts out that were read. */
async function meteredReads(
  store: Store,
  inputs: readonly Output[],
  factor: number,
  consumption: Consumption,
  run: () => Promise<Output>,
): Promise<Output> {
  const targets = inputs.map((input) => targetOf(store, input));
  const output = await run();
  for (const target of targets) {
    if (target !== undefined) consumption.readUnits += factor * readUnits(target.before, target.input.ConsistentRead === true);
  }
  return output;
}

/** Every item that was looked at counts, those that a filter drops among them; the engine adds up their bytes. */
async function meteredSearch(
  input: Output,
  factor: number,
  consumption: Consumption,
  run: (input: Output) => Promise<Output>,
): Promise<Output> {
  const { ConsumedCapacity, ...output } = await run({ ReturnConsumedCapacity: 'TOTAL', ...withoutNone(input) });
  const { CapacityUnits: units = 0 } = (ConsumedCapacity ?? {}) as { CapacityUnits?: number };
  consumption.readUnits += Math.max(factor * units, input.ConsistentRead === true ? 1 : 0.5);
  return withoutNone(input).ReturnConsumedCapacity === undefined ? output : { ...output, ConsumedCapacity };
}

function withoutNone({ ReturnConsumedCapacity: wanted, ...input }: Output): Output {
  return wanted === undefined || wanted === 'NONE' ? input : { ...input, ReturnConsumedCapacity: wanted };
}

function isRefusal(error: unknown): boolean {
  return error instanceof DynamoDbError && /^(ConditionalCheckFailed|TransactionCanceled)Exception$/.test(error.name);
}

function targetOf(store: Store, input: Output): Target | undefined {
  const table = store.table(String(input.TableName));
  if (table === undefined || (input.Key ?? input.Item) === undefined) return undefined;
  return { table, input, before: itemAt(store, input) };
}

function parts(input: Output): Output[] {
  return objects(input.TransactItems).flatMap((entry) => Object.values(entry).filter(isObject));
}

function consistent(reads: readonly Output[]): Output[] {
  return reads.map((read) => ({ ...read, ConsistentRead: true }));
}

function batchWrites(input: Output): Output[] {
  return tablesOf(input).flatMap(([TableName, requests]) =>
    objects(requests).flatMap((request) =>
      Object.values(request)
        .filter(isObject)
        .map((part) => ({ TableName, ...part })),
    ),
  );
}

function batchReads(input: Output): Output[] {
  return tablesOf(input).flatMap(([TableName, request]) => {
    const { Keys: keys, ConsistentRead } = isObject(request) ? request : {};
    return objects(keys).map((Key) => ({ TableName, Key, ConsistentRead }));
  });
}

function tablesOf({ RequestItems: tables }: Output): [string, unknown][] {
  return isObject(tables) ? Object.entries(tables) : [];
}

function objects(value: unknown): Output[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Output {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
