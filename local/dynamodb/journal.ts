import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Change } from './store';
import type { Item, StreamRecord } from './types';

const FILE = 'dynamodb.jsonl';
const SYNC_EVERY_MS = 1_000;

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

/** One line counts whole or not at all. */
type Line = WriteLine | DeliveryLine;

/**
 * An append-only file of writes and deliveries, one JSON line per unit.
 *
 * A write is in the operating system's hands before it is answered, so a killed process loses nothing that it acknowledged;
 * the disk is told to keep it once a second and at close, so a machine that loses power may lose the last second.
 * Opening reads the file, drops a torn last line, and rewrites the file when it holds lines that later ones replaced.
 */
export class Journal {
  readonly #descriptor: number;
  #size: number;
  #dirty = false;
  readonly #timer: NodeJS.Timeout;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.#size = fstatSync(descriptor).size;
    this.#timer = setInterval(() => this.#sync(), SYNC_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Opens the directory's journal, making both when absent.
   *
   * @param oldestRecordSeconds epoch seconds; stream records from before are forgotten
   * @throws Error when a line other than the last cannot be read
   */
  static open(directory: string, oldestRecordSeconds = 0): { journal: Journal; kept: Kept } {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, FILE);
    const { kept, lines, torn } = read(file);
    forgetDelivered(kept, oldestRecordSeconds);
    const needed = [...linesOf(kept)];
    if (torn || lines > needed.length) rewrite(file, needed);
    return { journal: new Journal(openSync(file, 'a')), kept };
  }

  /** @throws the file system's error, such as ENOSPC; the journal is then as before */
  append(changes: readonly JournaledChange[]): void {
    this.#write(
      changes.map(({ change: { table, key, after }, record }) =>
        record === undefined ? [table, key, after ?? null] : [table, key, after ?? null, record],
      ),
    );
  }

  /** Notes that a consumer is done with a table's records up to this one. */
  appendDelivery(table: string, consumer: string, sequenceNumber: string): void {
    this.#write({ delivered: [table, consumer, sequenceNumber] });
  }

  close(): void {
    clearInterval(this.#timer);
    fdatasyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }

  #write(line: Line): void {
    const bytes = bytesOf(line);
    try {
      writeAll(this.#descriptor, bytes);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size);
      throw error;
    }
    this.#size += bytes.length;
    this.#dirty = true;
  }

  #sync(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    fdatasync(this.#descriptor, () => undefined);
  }
}

function read(file: string): { kept: Kept; lines: number; torn: boolean } {
  const kept: Kept = { items: new Map(), records: new Map(), delivered: new Map() };
  if (!existsSync(file)) return { kept, lines: 0, torn: false };
  const lines = readFileSync(file, 'utf8').split('\n');
  const torn = lines.pop() !== '';
  lines.forEach((text, index) => {
    const line = parse(text, index, file);
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
  });
  return { kept, lines: lines.length, torn };
}

function parse(text: string, index: number, file: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw new Error(`${file} is damaged at line ${index + 1}: remove that line, or the directory to start afresh`);
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

/** The fewest lines that say the same. */
function* linesOf({ items, records, delivered }: Kept): Generator<Line> {
  for (const [table, consumers] of delivered) {
    for (const [consumer, sequenceNumber] of consumers) yield { delivered: [table, consumer, sequenceNumber] };
  }
  // A record's own write comes after it again, so the record goes with a removal that counts for nothing.
  for (const [table, list] of records) for (const record of list) yield [[table, '', null, record]];
  for (const [table, byKey] of items) for (const [key, item] of byKey) yield [[table, key, item]];
}

/** Writes beside the file and renames, so that a crash leaves the old file or the new one. */
function rewrite(file: string, lines: readonly Line[]): void {
  const next = `${file}.next`;
  const descriptor = openSync(next, 'w');
  for (const line of lines) writeAll(descriptor, bytesOf(line));
  fdatasyncSync(descriptor);
  closeSync(descriptor);
  renameSync(next, file);
}

function bytesOf(line: Line): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset);
}

function valueAt<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
