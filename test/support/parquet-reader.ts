/** Reads Parquet files such as the spend export's, by the format's specification. Shares no code with what writes them. */

type Struct = { readonly [field: number]: unknown };

class Compact {
  public at: number;
  public constructor(
    private readonly bytes: Buffer,
    at: number,
  ) {
    this.at = at;
  }

  public struct(): Struct {
    const fields: Record<number, unknown> = {};
    let id = 0;
    for (;;) {
      const head = this.bytes[this.at++] as number;
      if (head === 0) return fields;
      id = head >> 4 === 0 ? this.zigzag() : id + (head >> 4);
      fields[id] = this.value(head & 15);
    }
  }

  private value(type: number): unknown {
    if (type === 1 || type === 2) return type === 1;
    if (type >= 4 && type <= 6) return this.zigzag();
    if (type === 8) return this.binary();
    if (type === 9) return this.list();
    if (type === 12) return this.struct();
    throw new Error(`thrift type ${type}`);
  }

  private list(): unknown[] {
    const head = this.bytes[this.at++] as number;
    const size = head >> 4 === 15 ? Number(this.unsigned()) : head >> 4;
    return Array.from({ length: size }, () => this.value(head & 15));
  }

  private binary(): string {
    const length = Number(this.unsigned());
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  private zigzag(): number {
    const value = this.unsigned();
    return Number((value & 1n) === 1n ? -(value >> 1n) - 1n : value >> 1n);
  }

  public unsigned(): bigint {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = BigInt(this.bytes[this.at++] as number);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return value;
      shift += 7n;
    }
  }
}

export interface ReadColumn {
  readonly name: string;
  readonly isOptional: boolean;
  /** `decimal(18,9)`, `timestamp`, `string` or `int64`, by the logical type; the converted one must say the same. */
  readonly type: string;
}

export interface ReadFile {
  readonly columns: readonly ReadColumn[];
  /** Values by column name; numbers as they are stored. */
  readonly rows: readonly Readonly<Record<string, string | bigint | null>>[];
}

export function readParquet(bytes: Buffer): ReadFile {
  if (bytes.toString('latin1', 0, 4) !== 'PAR1' || bytes.toString('latin1', bytes.length - 4) !== 'PAR1') throw new Error('no PAR1');
  const footer = bytes.readUInt32LE(bytes.length - 8);
  const file = new Compact(bytes, bytes.length - 8 - footer).struct();
  const [root, ...elements] = file[2] as Struct[];
  if ((root as Struct)[5] !== elements.length) throw new Error('children');
  const columns = elements.map((element) => ({ name: element[4] as string, isOptional: element[3] === 1, type: typeOf(element) }));
  const rows: Record<string, string | bigint | null>[] = [];
  for (const group of (file[4] ?? []) as Struct[]) {
    const count = group[3] as number;
    const first = rows.length;
    for (let index = 0; index < count; index += 1) rows.push({});
    (group[1] as Struct[]).forEach((chunk, index) => {
      const column = columns[index] as ReadColumn;
      const metadata = chunk[3] as Struct;
      if ((metadata[3] as string[])[0] !== column.name) throw new Error('path');
      readChunk(bytes, metadata, column).forEach((value, row) => {
        (rows[first + row] as Record<string, unknown>)[column.name] = value;
      });
    });
  }
  if (rows.length !== file[3]) throw new Error('rows');
  return { columns, rows };
}

function typeOf(element: Struct): string {
  const logical = (element[10] ?? {}) as Record<number, Struct>;
  if (logical[1] !== undefined && element[1] === 6 && element[6] === 0) return 'string';
  if (logical[5] !== undefined && element[6] === 5 && element[1] === 2) {
    const { 1: scale, 2: precision } = logical[5];
    if (scale !== element[7] || precision !== element[8]) throw new Error('decimals differ');
    return `decimal(${precision},${scale})`;
  }
  if (logical[8] !== undefined && element[6] === 9 && element[1] === 2) {
    if (logical[8][1] !== true || (logical[8][2] as Struct)[1] === undefined) throw new Error('not UTC milliseconds');
    return 'timestamp';
  }
  if (element[1] === 2 && element[6] === undefined) return 'int64';
  throw new Error(`type of ${String(element[4])}`);
}

function readChunk(bytes: Buffer, metadata: Struct, column: ReadColumn): (string | bigint | null)[] {
  const dictionary = metadata[11] === undefined ? undefined : readPage(bytes, metadata[11] as number);
  const words: string[] = [];
  if (dictionary !== undefined) {
    for (let at = 0; words.length < ((dictionary.header[7] as Struct)[1] as number); ) {
      const length = dictionary.body.readUInt32LE(at);
      words.push(dictionary.body.toString('utf8', at + 4, at + 4 + length));
      at += 4 + length;
    }
  }
  const { header, body } = readPage(bytes, metadata[9] as number);
  const data = header[5] as Struct;
  const count = data[1] as number;
  let at = 0;
  let levels = Array.from({ length: count }, () => 1);
  if (column.isOptional) {
    const length = body.readUInt32LE(0);
    levels = readRuns(body.subarray(4, 4 + length), 1, count);
    at = 4 + length;
  }
  const present = levels.filter((level) => level === 1).length;
  let values: (string | bigint)[];
  if (data[2] === 8) values = readRuns(body.subarray(at + 1), body[at] as number, present).map((index) => words[index] as string);
  else values = Array.from({ length: present }, (_unused, index) => body.readBigInt64LE(at + 8 * index));
  let next = 0;
  return levels.map((level) => (level === 1 ? (values[next++] as string | bigint) : null));
}

function readPage(bytes: Buffer, at: number): { readonly header: Struct; readonly body: Buffer } {
  const compact = new Compact(bytes, at);
  const header = compact.struct();
  if (header[2] !== header[3]) throw new Error('compressed');
  return { header, body: bytes.subarray(compact.at, compact.at + (header[3] as number)) };
}

function readRuns(bytes: Buffer, bits: number, count: number): number[] {
  const compact = new Compact(bytes, 0);
  const values: number[] = [];
  while (values.length < count) {
    const head = Number(compact.unsigned());
    if (head % 2 === 1) throw new Error('bit-packed');
    let value = 0;
    for (let byte = 0; byte < Math.ceil(bits / 8); byte += 1) value += (bytes[compact.at++] as number) * 256 ** byte;
    for (let index = 0; index < head / 2; index += 1) values.push(value);
  }
  return values;
}
