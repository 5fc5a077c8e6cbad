/** A value as Parquet's metadata holds it. Fields of a struct stand by their numbers, in their order. */
export type Thrift =
  | { readonly type: 'flag'; readonly value: boolean }
  | { readonly type: 'i32' | 'i64'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'list'; readonly of: Thrift['type']; readonly values: readonly Thrift[] }
  | { readonly type: 'struct'; readonly fields: readonly (readonly [number: number, value: Thrift])[] };

export const i32 = (value: number): Thrift => ({ type: 'i32', value });
export const i64 = (value: number): Thrift => ({ type: 'i64', value });
export const text = (value: string): Thrift => ({ type: 'text', value });
export const flag = (value: boolean): Thrift => ({ type: 'flag', value });
export const list = (of: Thrift['type'], values: readonly Thrift[]): Thrift => ({ type: 'list', of, values });

/** Fields that are undefined are left out. */
export function struct(fields: Readonly<Record<number, Thrift | undefined>>): Thrift {
  const present = Object.entries(fields).flatMap(([number, value]) => (value === undefined ? [] : [[Number(number), value] as const]));
  return { type: 'struct', fields: present.sort(([left], [right]) => left - right) };
}

/** Codes of the compact protocol; a flag's own says that it is set, and one more that it is not. */
const CODES = { flag: 1, i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;
const SHORT = 15;

/**
 * In Thrift's compact protocol.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function encodeThrift(value: Thrift): Buffer {
  const bytes: number[] = [];
  write(bytes, value);
  return Buffer.from(bytes);
}

function write(bytes: number[], value: Thrift): void {
  switch (value.type) {
    case 'flag':
      bytes.push(codeOf(value));
      return;
    case 'i32':
    case 'i64':
      bytes.push(...varint(value.value < 0 ? -2 * value.value - 1 : 2 * value.value));
      return;
    case 'text': {
      const encoded = Buffer.from(value.value, 'utf8');
      bytes.push(...varint(encoded.length), ...encoded);
      return;
    }
    case 'list':
      writeList(bytes, value.of, value.values);
      return;
    case 'struct':
      writeFields(bytes, value.fields);
  }
}

function writeList(bytes: number[], of: Thrift['type'], values: readonly Thrift[]): void {
  if (values.length < SHORT) bytes.push((values.length << 4) | CODES[of]);
  else bytes.push((SHORT << 4) | CODES[of], ...varint(values.length));
  for (const value of values) write(bytes, value);
}

function writeFields(bytes: number[], fields: readonly (readonly [number: number, value: Thrift])[]): void {
  let last = 0;
  for (const [number, value] of fields) {
    bytes.push(((number - last) << 4) | codeOf(value));
    // A flag is told by the code of its field.
    if (value.type !== 'flag') write(bytes, value);
    last = number;
  }
  bytes.push(0);
}

function codeOf(value: Thrift): number {
  return value.type === 'flag' && !value.value ? CODES.flag + 1 : CODES[value.type];
}

/** Seven bits a byte, the lowest first. @param value whole, and not negative */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left % 0x80) | 0x80);
    left = Math.floor(left / 0x80);
  }
  bytes.push(left);
  return bytes;
}
