import { join } from 'node:path';
import { LineFile } from './line-file';
import type { Change } from './store';
import type { Item, StreamRecord } from './types';

const FILE = 'dynamodb.jsonl';

/** What a journal holds. */
export interface Kept {
  /** Items by table, then by store key. */
  readonly items: Map<string, Map<string, Item>>;
  /** Stream records by table, in order, that some consumer may still have to get. */
  readonly records: Map<string, StreamRecord[]>;
  /** The last sequence number that a consumer is done with, by table, then by consumer. */
  readonly delivered: Map<string, Map<string, string>>;
}

/** A write, with its stream record where a consumer has to get it. */
export interface JournaledChange {
  readonly change: Change;
  readonly record?: StreamRecord;
}

/** The writes of one unit, each `[table, key, item, record]` with `null` for a removal. */
type WriteLine = readonly (readonly [string, string, Item | null, StreamRecord?])[];

/** `[table, consumer, sequence number]` */
interface DeliveryLine {
  readonly delivered: readonly [string, string, string];
}

type Line = WriteLine | DeliveryLine;

/** The tables' items and the deliveries of their streams, as a file: one line per unit of writes, so a transaction is kept whole. */
export class Journal {
  readonly #file: LineFile<Line>;

  private constructor(file: LineFile<Line>) {
    this.#file = file;
  }

  /**
   * Opens the directory's journal, making both when absent.
   *
   * @param oldestRecordSeconds epoch seconds; stream records from before are forgotten
   * @throws Error when it is damaged
   */
  static open(directory: string, oldestRecordSeconds: () => number, condenseBytes?: number): { journal: Journal; kept: Kept } {
    let first: Kept | undefined;
    const file = new LineFile<Line>({
      path: join(directory, FILE),
      replay: () => {
        const kept: Kept = { items: new Map(), records: new Map(), delivered: new Map() };
        first ??= kept;
        return {
          take: (line) => replay(kept, line),
          needed: () => {
            forgetDelivered(kept, oldestRecordSeconds());
            return linesOf(kept);
          },
        };
      },
      ...(condenseBytes === undefined ? {} : { condenseBytes }),
    });
    return { journal: new Journal(file), kept: first as Kept };
  }

  /** @throws the file system's error; the journal is then as before */
  append(changes: readonly JournaledChange[]): void {
    this.#file.append(
      changes.map(({ change: { table, key, after }, record }) =>
        record === undefined ? [table, key, after ?? null] : [table, key, after ?? null, record],
      ),
    );
  }

  /** Notes that a consumer is done with a table's records up to this one. */
  appendDelivery(table: string, consumer: string, sequenceNumber: string): void {
    this.#file.append({ delivered: [table, consumer, sequenceNumber] });
  }

  close(): void {
    this.#file.close();
  }
}

function replay(kept: Kept, line: Line): void {
  if ('delivered' in line) {
    const [table, consumer, sequenceNumber] = line.delivered;
    valueAt(kept.delivered, table, () => new Map<string, string>()).set(consumer, sequenceNumber);
    return;
  }
  for (const [table, key, item, record] of line) {
    const items = valueAt(kept.items, table, () => new Map<string, Item>());
    if (item === null) items.delete(key);
    else items.set(key, item);
    if (record !== undefined) valueAt(kept.records, table, () => [] as StreamRecord[]).push(record);
  }
}

/** Leaves the records that some consumer has still to get. */
function forgetDelivered({ records, delivered }: Kept, oldestSeconds: number): void {
  for (const [table, list] of records) {
    const done = [...(delivered.get(table)?.values() ?? [])];
    const left = list.filter(
      ({ dynamodb }) => dynamodb.ApproximateCreationDateTime >= oldestSeconds && done.some((number) => number < dynamodb.SequenceNumber),
    );
    if (left.length === 0) records.delete(table);
    else records.set(table, left);
  }
}

function* linesOf({ items, records, delivered }: Kept): Generator<Line> {
  for (const [table, consumers] of delivered) {
    for (const [consumer, sequenceNumber] of consumers) yield { delivered: [table, consumer, sequenceNumber] };
  }
  // The items come after, as they are now: a record goes with the removal of a key that no item has.
  for (const [table, list] of records) for (const record of list) yield [[table, '', null, record]];
  for (const [table, byKey] of items) for (const [key, item] of byKey) yield [[table, key, item]];
}

function valueAt<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
