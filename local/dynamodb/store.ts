import { Stream } from 'node:stream';
import { refuseLongNumbers } from './numbers';
import { type Range, SortedMap } from './sorted-map';
import type { DynaliteTable, Item } from './types';

/** One write to one item. `after` is absent when the item is gone. */
export interface Change {
  readonly table: string;
  readonly key: string;
  readonly before?: Item;
  readonly after?: Item;
}

type Done<Value = undefined> = (error: Error | null, value?: Value) => void;

/** Called with all writes of one unit before they count as done; a throw rolls the unit back. */
export type Commit = (changes: readonly Change[]) => void;

/**
 * The store that dynalite's actions write to, in memory. Every callback comes back before the call returns, so an action
 * on single items runs to its end without anything in between: no lock is needed, and a unit of several actions is isolated.
 * Items are never changed once stored.
 */
export class Store {
  readonly options = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, maxItemSizeKb: 400, maxItemSize: 400 * 1024 };
  readonly tableDb: SubStore<DynaliteTable> & { awsAccountId: string; awsRegion: string };
  readonly #subStores = new Map<string, SubStore<unknown>>();
  readonly #commit: Commit;
  #unit: { changes: Change[]; undo: (() => void)[] } | undefined;

  constructor(region: string, account: string, commit: Commit) {
    this.#commit = commit;
    this.tableDb = Object.assign(new SubStore<DynaliteTable>(this), { awsAccountId: account, awsRegion: region });
  }

  getItemDb(table: string): SubStore<Item> {
    return this.#subStore(`item-${table}`, table);
  }

  getIndexDb(type: string, table: string, index: string): SubStore<Item> {
    return this.#subStore(`index-${type.toLowerCase()}~${table}~${index}`);
  }

  getTagDb(table: string): SubStore<unknown> {
    return this.#subStore(`tag-${table}`);
  }

  deleteItemDb(table: string, done: Done): void {
    const items = this.getItemDb(table);
    for (const [key] of [...items.map.entries()]) items.del(key, rethrow);
    done(null);
  }

  deleteIndexDb(type: string, table: string, index: string, done: Done): void {
    this.getIndexDb(type, table, index).map.clear();
    done(null);
  }

  deleteTagDb(table: string, done: Done): void {
    this.getTagDb(table).map.clear();
    done(null);
  }

  /** dynalite passes `false` before the callback to see tables that are being made or removed. */
  getTable(name: string, checkStatus: boolean | Done<DynaliteTable>, callback?: Done<DynaliteTable>): void {
    const done = typeof checkStatus === 'function' ? checkStatus : (callback as Done<DynaliteTable>);
    const table = this.tableDb.map.get(name);
    const usable = table !== undefined && (checkStatus === false || !['CREATING', 'DELETING'].includes(table.TableStatus));
    if (usable) {
      done(null, table);
      return;
    }
    const message = `Requested resource not found${checkStatus === false ? `: Table: ${name} not found` : ''}`;
    done(
      Object.assign(new Error(message), {
        name: 'NotFoundError',
        statusCode: 400,
        body: { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message },
      }),
    );
  }

  table(name: string): DynaliteTable | undefined {
    return this.tableDb.map.get(name);
  }

  /** Runs `work`, which must be synchronous, as one unit: all of its writes count, or none when it throws. Units do not nest. */
  unit<Result>(work: () => Result): Result {
    const unit = { changes: [] as Change[], undo: [] as (() => void)[] };
    this.#unit = unit;
    try {
      const result = work();
      if (unit.changes.length > 0) this.#commit(unit.changes);
      return result;
    } catch (error) {
      for (const step of unit.undo.reverse()) step();
      throw error;
    } finally {
      this.#unit = undefined;
    }
  }

  /** For `SubStore`: puts `after` (or nothing) at the key and remembers how to take it back. */
  write<Value>(map: SortedMap<Value>, key: string, after: Value | undefined, table: string | undefined): void {
    if (this.#unit === undefined) {
      this.unit(() => this.write(map, key, after, table));
      return;
    }
    if (table !== undefined && after !== undefined) refuseLongNumbers(after as Item);
    const before = map.get(key);
    const apply = (value: Value | undefined): void => (value === undefined ? map.delete(key) : map.set(key, value));
    apply(after);
    this.#unit.undo.push(() => apply(before));
    if (table !== undefined && (before !== undefined || after !== undefined)) {
      this.#unit.changes.push({ table, key, before: before as Item | undefined, after: after as Item | undefined });
    }
  }

  #subStore<Value>(name: string, table?: string): SubStore<Value> {
    let subStore = this.#subStores.get(name);
    if (subStore === undefined) {
      subStore = new SubStore<unknown>(this, table);
      this.#subStores.set(name, subStore);
    }
    return subStore as SubStore<Value>;
  }
}

/** A level database's interface as dynalite uses it. */
export class SubStore<Value> {
  readonly map = new SortedMap<Value>();
  readonly #store: Store;
  readonly #table: string | undefined;

  constructor(store: Store, table?: string) {
    this.#store = store;
    this.#table = table;
  }

  lock<Callback>(_key: string, work: (release: (callback: Callback) => Callback) => void): void {
    work((callback) => callback);
  }

  get(key: string, done: Done<Value>): void {
    done(null, this.map.get(key));
  }

  put(key: string, value: Value, done: Done): void {
    this.#store.write(this.map, key, value, this.#table);
    done(null);
  }

  del(key: string, done: Done): void {
    this.#store.write(this.map, key, undefined, this.#table);
    done(null);
  }

  batch(operations: readonly { type: string; key: string; value?: Value }[], done: Done): void {
    for (const { type, key, value } of operations) this.#store.write(this.map, key, type === 'del' ? undefined : value, this.#table);
    done(null);
  }

  createKeyStream(range: Range = {}): Stream {
    return streamOf(this.map.entries(range), ([key]) => key);
  }

  createValueStream(range: Range = {}): Stream {
    return streamOf(this.map.entries(range), ([, value]) => value);
  }
}

/**
 * What dynalite reads of a stream (it asks for Node's class): `data`, then `end`, once its listeners are in place. All of it within
 * one turn, so no write comes in between; nothing is read after `destroy`, which a full page calls.
 */
function streamOf<Entry>(entries: Iterable<Entry>, pick: (entry: Entry) => unknown): Stream {
  let open = true;
  const stream = Object.assign(new Stream(), {
    destroy: () => {
      open = false;
    },
  });
  process.nextTick(() => {
    for (const entry of entries) {
      if (!open) break;
      stream.emit('data', pick(entry));
    }
    stream.emit('end');
  });
  return stream;
}

function rethrow(error: Error | null): void {
  if (error !== null) throw error;
}
