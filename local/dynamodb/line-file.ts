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
import { dirname } from 'node:path';

const SYNC_EVERY_MS = 1_000;

/**
 * An append-only file of JSON lines, readable by the user alone. A line counts whole or not at all.
 *
 * A line is in the operating system's hands when `append` returns, so a killed process loses nothing; the disk is told to keep it
 * once a second and at close, so a machine that loses power may lose the last second.
 */
export class LineFile<Line> {
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
   * Opens the file, making it and its folder when absent. A torn last line is dropped.
   *
   * @param condense the fewest lines that say the same; the file is rewritten when that saves any
   * @throws Error when a line other than the last cannot be read
   */
  static open<Line>(file: string, condense: (lines: readonly Line[]) => readonly Line[]): LineFile<Line> {
    mkdirSync(dirname(file), { recursive: true });
    const { lines, torn } = read<Line>(file);
    const needed = condense(lines);
    if (torn || needed.length < lines.length) rewrite(file, needed);
    return new LineFile<Line>(openSync(file, 'a', 0o600));
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

function read<Line>(file: string): { lines: Line[]; torn: boolean } {
  if (!existsSync(file)) return { lines: [], torn: false };
  const texts = readFileSync(file, 'utf8').split('\n');
  const torn = texts.pop() !== '';
  return { lines: texts.map((text, index) => parse<Line>(text, index, file)), torn };
}

function parse<Line>(text: string, index: number, file: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw new Error(`${file} is damaged at line ${index + 1}: remove that line, or the directory to start afresh`);
  }
}

/** Writes beside the file and renames, so that a crash leaves the old file or the new one. */
function rewrite<Line>(file: string, lines: readonly Line[]): void {
  const next = `${file}.next`;
  const descriptor = openSync(next, 'w', 0o600);
  for (const line of lines) writeAll(descriptor, bytesOf(line));
  fdatasyncSync(descriptor);
  closeSync(descriptor);
  renameSync(next, file);
}

function bytesOf(line: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset);
}
