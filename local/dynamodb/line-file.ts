import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { makePrivateFolder, openPrivately } from '../private-files';

const SYNC_EVERY_MS = 1_000;
const CHUNK_BYTES = 1024 * 1024;
/** A file is condensed while in use when it is larger than this and has grown fourfold since it last was. */
const CONDENSE_BYTES = 64 * 1024 * 1024;
const CONDENSE_GROWTH = 4;

/** What the lines of a file say together. */
export interface Replay<Line> {
  take(line: Line): void;
  /** The fewest lines that say the same. */
  needed(): Iterable<Line>;
}

export interface LineFileOptions<Line> {
  readonly path: string;
  /** Made for each reading of the file. */
  readonly replay: () => Replay<Line>;
  /** Default: 64 MB. */
  readonly condenseBytes?: number;
}

/**
 * An append-only file of JSON lines, readable by the user alone. A line counts whole or not at all.
 *
 * A line is in the operating system's hands when `append` returns, so a killed process loses nothing; the disk is told to keep it
 * once a second and at close, so a machine that loses power may lose the last second. The file is condensed when it is opened and
 * when it has grown much.
 */
export class LineFile<Line> {
  readonly #options: LineFileOptions<Line>;
  #descriptor = -1;
  #size = 0;
  #condenseAt = 0;
  #dirty = false;
  readonly #timer: NodeJS.Timeout;

  /**
   * Opens the file, making it and its folder when absent. A torn last line is dropped.
   *
   * @throws Error when a line other than the last cannot be read
   */
  constructor(options: LineFileOptions<Line>) {
    this.#options = options;
    makePrivateFolder(dirname(options.path));
    this.#open();
    this.#timer = setInterval(() => this.#sync(), SYNC_EVERY_MS);
    this.#timer.unref();
  }

  /** @throws the file system's error, such as ENOSPC; the file is then as before */
  append(line: Line): void {
    const bytes = bytesOf(line);
    try {
      writeAll(this.#descriptor, bytes);
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size);
      throw error;
    }
    this.#size += bytes.length;
    this.#dirty = true;
    if (this.#size > this.#condenseAt) this.#condense();
  }

  close(): void {
    clearInterval(this.#timer);
    fdatasyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }

  /** Reads the file, condenses it where that saves any line, and goes on at its end. */
  #open(): void {
    const { path, replay: makeReplay, condenseBytes = CONDENSE_BYTES } = this.#options;
    const replay = makeReplay();
    const { lines, torn } = readLines<Line>(path, (line) => replay.take(line));
    const needed = [...replay.needed()];
    const before = this.#descriptor;
    this.#descriptor = torn || needed.length < lines ? rewrite(path, needed) : openPrivately(path, 'a');
    if (before >= 0) closeSync(before);
    this.#size = fstatSync(this.#descriptor).size;
    this.#condenseAt = Math.max(condenseBytes, this.#size * CONDENSE_GROWTH);
  }

  /** A file that cannot be condensed, for want of space, is written on as it is. */
  #condense(): void {
    try {
      this.#open();
    } catch {
      this.#condenseAt *= 2;
    }
  }

  #sync(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    fdatasync(this.#descriptor, () => undefined);
  }
}

/** Reads piece by piece: the file may be larger than the longest string. */
function readLines<Line>(path: string, take: (line: Line) => void): { lines: number; torn: boolean } {
  if (!existsSync(path)) return { lines: 0, torn: false };
  const descriptor = openSync(path, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer[] = [];
  let lines = 0;
  for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0 && end < length; end = chunk.indexOf(10, start)) {
      lines += 1;
      take(parse<Line>(Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8'), lines, path));
      rest = [];
      start = end + 1;
    }
    if (start < length) rest.push(Buffer.from(chunk.subarray(start, length)));
  }
  closeSync(descriptor);
  return { lines, torn: rest.length > 0 };
}

function parse<Line>(text: string, number: number, path: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw new Error(`${path} is damaged at line ${number}: remove that line, or the directory to start afresh`);
  }
}

/**
 * Writes beside the file and renames, so that a crash leaves the old file or the new one.
 *
 * @returns the new file's descriptor, at its end
 */
function rewrite<Line>(path: string, lines: readonly Line[]): number {
  const next = `${path}.next`;
  rmSync(next, { force: true });
  const descriptor = openPrivately(next, 'a');
  try {
    for (const line of lines) writeAll(descriptor, bytesOf(line));
    fdatasyncSync(descriptor);
    renameSync(next, path);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function bytesOf(line: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset);
}
