/**
 * Writes one message of protocol buffers, field by field.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufMessage {
  readonly #parts: Buffer[] = [];

  /** A count, an enum or a flag. Zero is the default, which is not written. */
  public number(field: number, value: number): this {
    if (value !== 0) this.#parts.push(tag(field, VARINT), varint(value));
    return this;
  }

  public text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  public bytes(field: number, value: Buffer): this {
    this.#parts.push(tag(field, DELIMITED), varint(value.length), value);
    return this;
  }

  public message(field: number, value: ProtobufMessage): this {
    return this.bytes(field, value.finish());
  }

  public double(field: number, value: number): this {
    this.#parts.push(tag(field, FIXED64), doubleOf(value));
    return this;
  }

  public fixed64(field: number, value: bigint): this {
    this.#parts.push(tag(field, FIXED64), fixedOf(value));
    return this;
  }

  public doubles(field: number, values: readonly number[]): this {
    return this.bytes(field, Buffer.concat(values.map(doubleOf)));
  }

  public fixed64s(field: number, values: readonly number[]): this {
    return this.bytes(field, Buffer.concat(values.map((value) => fixedOf(BigInt(value)))));
  }

  public finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;

function tag(field: number, wire: number): Buffer {
  return varint(field * 8 + wire);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function doubleOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function fixedOf(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
