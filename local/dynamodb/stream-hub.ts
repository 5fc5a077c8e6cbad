import type { Journal, JournaledChange, Kept } from './journal';
import type { Change } from './store';
import { StreamRecorder } from './streams';
import type { DynaliteTable, StreamRecord, StreamViewType, UserIdentity } from './types';

/** Told of a unit's records at once, in the order of the writes. Must not throw. */
export type RecordListener = (records: readonly StreamRecord[]) => void;

/** A table's stream; a table without one has none. */
export interface TableStream {
  readonly table: DynaliteTable;
  readonly arn: string;
  readonly view: StreamViewType;
}

/** Takes the tables' records to their consumers, and remembers across runs what each consumer has acknowledged. */
export class StreamHub {
  readonly #kept: Kept;
  readonly #journal: Journal | undefined;
  readonly #recorder: StreamRecorder;
  readonly #listeners = new Map<string, Set<RecordListener>>();

  constructor(region: string, now: () => number, kept: Kept, journal: Journal | undefined) {
    this.#kept = kept;
    this.#journal = journal;
    this.#recorder = new StreamRecorder(region, now, lastNumber(kept));
  }

  listen(tableName: string, listener: RecordListener, consumer: string | undefined): () => void {
    const listeners = this.#listeners.get(tableName) ?? new Set();
    this.#listeners.set(tableName, listeners.add(listener));
    if (consumer !== undefined) this.#catchUp(tableName, listener, consumer);
    return () => listeners.delete(listener);
  }

  acknowledge(tableName: string, consumer: string, sequenceNumber: string): void {
    const consumers = this.#kept.delivered.get(tableName) ?? new Map<string, string>();
    this.#kept.delivered.set(tableName, consumers.set(consumer, sequenceNumber));
    this.#journal?.appendDelivery(tableName, consumer, sequenceNumber);
  }

  /** Journals a unit, then tells the listeners. Throws, with nothing told, when it cannot be journaled. */
  commit(changes: readonly Change[], streamOf: (table: string) => TableStream | undefined, by?: UserIdentity): void {
    const recorded = changes.map((change): JournaledChange => {
      const stream = streamOf(change.table);
      const record = stream === undefined ? undefined : this.#recorder.record(stream.table, stream.arn, stream.view, change, by);
      return record === undefined ? { change } : { change, record };
    });
    this.#journal?.append(recorded.map(({ change, record }) => (this.#hasConsumers(change.table) ? { change, record } : { change })));
    const records = new Map<string, StreamRecord[]>();
    for (const { change, record } of recorded) {
      if (record !== undefined) records.set(change.table, [...(records.get(change.table) ?? []), record]);
    }
    for (const [name, list] of records) {
      for (const listener of this.#listeners.get(name) ?? []) listener(list);
    }
  }

  /** A consumer that is new starts with the next record; a known one gets what it had not acknowledged. */
  #catchUp(tableName: string, listener: RecordListener, consumer: string): void {
    const done = this.#kept.delivered.get(tableName)?.get(consumer);
    if (done === undefined) {
      this.acknowledge(tableName, consumer, this.#recorder.lastNumber);
      return;
    }
    const left = (this.#kept.records.get(tableName) ?? []).filter(({ dynamodb }) => dynamodb.SequenceNumber > done);
    if (left.length > 0) listener(left);
  }

  #hasConsumers(table: string): boolean {
    return (this.#kept.delivered.get(table)?.size ?? 0) > 0;
  }
}

function lastNumber({ records, delivered }: Kept): bigint {
  const numbers = [
    ...[...delivered.values()].flatMap((consumers) => [...consumers.values()]),
    ...[...records.values()].flatMap((list) => list.map(({ dynamodb }) => dynamodb.SequenceNumber)),
  ];
  // All are of one length, so the order of texts is that of numbers.
  return BigInt(numbers.sort().at(-1) ?? 0);
}
