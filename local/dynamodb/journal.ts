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
import type { Item } from './types';

const FILE = 'dynamodb.jsonl';
const SYNC_EVERY_MS = 1_000;

/** Items by table, then by store key. */
export type Contents = Map<string, Map<string, Item>>;

/** One line: the writes of one unit, each `[table, key, item]` with `null` for a removal. A line counts whole or not at all. */
type Line = readonly (readonly [string, string, Item | null])[];

/**
 * An append-only file of writes, one JSON line per unit.
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
   * @throws Error when a line other than the last cannot be read
   */
  static open(directory: string): { journal: Journal; contents: Contents } {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, FILE);
    const { contents, compact } = read(file);
    if (compact) rewrite(file, contents);
    return { journal: new Journal(openSync(file, 'a')), contents };
  }

  /** @throws the file system's error, such as ENOSPC; the journal is then as before */
  append(changes: readonly Change[]): void {
    const line = lineOf(changes.map(({ table, key, after }) => [table, key, after ?? null]));
    try {
      writeAll(this.#descriptor, line);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size);
      throw error;
    }
    this.#size += line.length;
    this.#dirty = true;
  }

  close(): void {
    clearInterval(this.#timer);
    fdatasyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }

  #sync(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    fdatasync(this.#descriptor, () => undefined);
  }
}

function read(file: string): { contents: Contents; compact: boolean } {
  const contents: Contents = new Map();
  if (!existsSync(file)) return { contents, compact: false };
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  let writes = 0;
  lines.forEach((line, index) => {
    if (line === '') return;
    for (const [table, key, item] of parse(line, index, file)) {
      writes += 1;
      const items = contents.get(table) ?? new Map<string, Item>();
      contents.set(table, items);
      if (item === null) items.delete(key);
      else items.set(key, item);
    }
  });
  const kept = [...contents.values()].reduce((sum, items) => sum + items.size, 0);
  return { contents, compact: tail !== '' || writes > kept };
}

function parse(line: string, index: number, file: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    throw new Error(`${file} is damaged at line ${index + 1}: remove that line, or the directory to start afresh`);
  }
}

/** Writes beside the file and renames, so that a crash leaves the old file or the new one. */
function rewrite(file: string, contents: Contents): void {
  const next = `${file}.next`;
  const descriptor = openSync(next, 'w');
  for (const [table, items] of contents) {
    for (const [key, item] of items) writeAll(descriptor, lineOf([[table, key, item]]));
  }
  fdatasyncSync(descriptor);
  closeSync(descriptor);
  renameSync(next, file);
}

function lineOf(line: Line): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset);
}
