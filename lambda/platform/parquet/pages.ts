import { encodeThrift, i32, struct, varint } from './thrift';

/** Parquet's numbers for what is used of it. @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
export const ENCODINGS = { plain: 0, runs: 3, dictionary: 8 } as const;
const PAGES = { data: 0, dictionary: 2 } as const;

/** Values of one column; undefined: null. */
export type Values = readonly (string | bigint | undefined)[];

export interface EncodedColumn {
  /** The pages, one behind the other. */
  readonly bytes: Buffer;
  readonly encodings: readonly number[];
  /** Where the data begin, from the column's first byte; before it stands the dictionary, where there is one. */
  readonly dataAt: number;
}

/** Texts as numbers into a list of those that there are, in the order in which they first come. */
export function textColumn(values: Values, isOptional: boolean): EncodedColumn {
  const places = new Map<string, number>();
  const present = values.filter((value): value is string => value !== undefined);
  const indexes = present.map((value) => {
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  const entries = [...places.keys()].map((value) => {
    const encoded = Buffer.from(value, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(encoded.length);
    return Buffer.concat([length, encoded]);
  });
  const dictionary = page(PAGES.dictionary, Buffer.concat(entries), {
    7: struct({ 1: i32(entries.length), 2: i32(ENCODINGS.plain) }),
  });
  const bits = Math.max(1, 32 - Math.clz32(Math.max(0, places.size - 1)));
  const body = Buffer.concat([definitions(values, isOptional), Buffer.from([bits]), runs(indexes, bits)]);
  const data = dataPage(values.length, ENCODINGS.dictionary, body);
  return {
    bytes: Buffer.concat([dictionary, data]),
    encodings: [ENCODINGS.plain, ENCODINGS.runs, ENCODINGS.dictionary],
    dataAt: dictionary.length,
  };
}

/** Whole numbers of 64 bits. @throws RangeError for what does not fit */
export function integerColumn(values: Values, isOptional: boolean): EncodedColumn {
  const present = values.filter((value): value is bigint => value !== undefined);
  const numbers = Buffer.alloc(8 * present.length);
  present.forEach((value, index) => {
    numbers.writeBigInt64LE(value, 8 * index);
  });
  const body = Buffer.concat([definitions(values, isOptional), numbers]);
  return { bytes: dataPage(values.length, ENCODINGS.plain, body), encodings: [ENCODINGS.plain, ENCODINGS.runs], dataAt: 0 };
}

function dataPage(count: number, encoding: number, body: Buffer): Buffer {
  return page(PAGES.data, body, { 5: struct({ 1: i32(count), 2: i32(encoding), 3: i32(ENCODINGS.runs), 4: i32(ENCODINGS.runs) }) });
}

function page(type: number, body: Buffer, header: Parameters<typeof struct>[0]): Buffer {
  return Buffer.concat([encodeThrift(struct({ 1: i32(type), 2: i32(body.length), 3: i32(body.length), ...header })), body]);
}

/** Which values are there; nothing where all must be. */
function definitions(values: Values, isOptional: boolean): Buffer {
  if (!isOptional) return Buffer.alloc(0);
  const levels = runs(
    values.map((value) => (value === undefined ? 0 : 1)),
    1,
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(levels.length);
  return Buffer.concat([length, levels]);
}

/** Numbers as how often each comes one after the other. */
function runs(numbers: readonly number[], bits: number): Buffer {
  const width = Math.ceil(bits / 8);
  const bytes: number[] = [];
  let start = 0;
  while (start < numbers.length) {
    const value = numbers[start] as number;
    let end = start + 1;
    while (end < numbers.length && numbers[end] === value) end += 1;
    bytes.push(...varint(2 * (end - start)));
    for (let byte = 0; byte < width; byte += 1) bytes.push((value >>> (8 * byte)) & 0xff);
    start = end;
  }
  return Buffer.from(bytes);
}
