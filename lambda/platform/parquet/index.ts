import { type EncodedColumn, integerColumn, textColumn, type Values } from './pages';
import { encodeThrift, flag, i32, i64, list, struct, type Thrift, text } from './thrift';

/** A column. What it holds: texts; whole numbers; money in nano-units, shown as a decimal; epoch ms in UTC. */
export interface ParquetColumn {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'decimal' | 'time';
  /** It may be null. */
  readonly isOptional?: boolean;
}

/** Values in the order of the columns; undefined: null. */
export type ParquetRow = readonly (string | bigint | undefined)[];

const MAGIC = Buffer.from('PAR1');
const VERSION = 2;
const INT64 = 2;
const BYTE_ARRAY = 6;
const UNCOMPRESSED = 0;
/** A reader holds so many at once. */
const GROUP_ROWS = 50_000;
/** Digits of a decimal behind the point, and of all: those that 64 bits hold. */
const SCALE = 9;
const PRECISION = 18;
const MADE_BY = 'cdk-llm-gateway';

/**
 * Writes a whole Parquet file: the same bytes for the same rows. Texts by dictionary, numbers as they are, nothing compressed.
 *
 * @see https://parquet.apache.org/docs/file-format/
 * @throws RangeError for a number that does not fit into 64 bits
 */
export function parquetFile(columns: readonly ParquetColumn[], rows: readonly ParquetRow[]): Buffer {
  const parts: Buffer[] = [MAGIC];
  const groups: Thrift[] = [];
  let at = MAGIC.length;
  for (let start = 0; start < rows.length; start += GROUP_ROWS) {
    const group = rows.slice(start, start + GROUP_ROWS);
    const begin = at;
    const chunks = columns.map((column, index) => {
      const values: Values = group.map((row) => row[index]);
      const encoded = (column.kind === 'text' ? textColumn : integerColumn)(values, column.isOptional === true);
      const chunk = chunkOf(column, encoded, values.length, at);
      parts.push(encoded.bytes);
      at += encoded.bytes.length;
      return chunk;
    });
    groups.push(struct({ 1: list('struct', chunks), 2: i64(at - begin), 3: i64(group.length) }));
  }
  const footer = encodeThrift(
    struct({ 1: i32(VERSION), 2: list('struct', schemaOf(columns)), 3: i64(rows.length), 4: list('struct', groups), 6: text(MADE_BY) }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, MAGIC]);
}

function schemaOf(columns: readonly ParquetColumn[]): readonly Thrift[] {
  return [
    struct({ 4: text('schema'), 5: i32(columns.length) }),
    ...columns.map(({ name, kind, isOptional = false }) =>
      struct({ 1: i32(kind === 'text' ? BYTE_ARRAY : INT64), 3: i32(isOptional ? 1 : 0), 4: text(name), ...KINDS[kind] }),
    ),
  ];
}

/** What the values of a kind mean, as readers of today and of before know it. */
const KINDS: Readonly<Record<ParquetColumn['kind'], Readonly<Record<number, Thrift>>>> = {
  text: { 6: i32(0), 10: struct({ 1: struct({}) }) },
  integer: {},
  decimal: { 6: i32(5), 7: i32(SCALE), 8: i32(PRECISION), 10: struct({ 5: struct({ 1: i32(SCALE), 2: i32(PRECISION) }) }) },
  time: { 6: i32(9), 10: struct({ 8: struct({ 1: flag(true), 2: struct({ 1: struct({}) }) }) }) },
};

function chunkOf({ name, kind }: ParquetColumn, { bytes, encodings, dataAt }: EncodedColumn, count: number, at: number): Thrift {
  const metadata = struct({
    1: i32(kind === 'text' ? BYTE_ARRAY : INT64),
    2: list('i32', encodings.map(i32)),
    3: list('text', [text(name)]),
    4: i32(UNCOMPRESSED),
    5: i64(count),
    6: i64(bytes.length),
    7: i64(bytes.length),
    9: i64(at + dataAt),
    11: dataAt === 0 ? undefined : i64(at),
  });
  return struct({ 2: i64(at), 3: metadata });
}
