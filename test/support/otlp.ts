/** Reads OTLP as a collector does, by the published numbers of its fields; shares no code with what writes it. */

type Wire = ReadonlyMap<number, readonly (Buffer | bigint)[]>;

function fieldsOf(bytes: Buffer): Wire {
  const fields = new Map<number, (Buffer | bigint)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    let value: Buffer | bigint;
    if (tag % 8 === 0) value = varint();
    else {
      const length = tag % 8 === 1 ? 8 : Number(varint());
      value = bytes.subarray(at, at + length);
      at += length;
    }
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  if (at !== bytes.length) throw new Error('a field is longer than its message');
  return fields;
}

const all = (wire: Wire, field: number) => (wire.get(field) ?? []) as Buffer[];
const one = (wire: Wire, field: number) => all(wire, field)[0] as Buffer;
const text = (wire: Wire, field: number) => one(wire, field)?.toString() ?? '';
const double = (bytes: Buffer | undefined) => bytes?.readDoubleLE() ?? 0;

function attributesOf(wire: Wire, field: number): Record<string, unknown> {
  return Object.fromEntries(
    all(wire, field).map((bytes) => {
      const pair = fieldsOf(bytes);
      return [text(pair, 1), readValue(fieldsOf(one(pair, 2)))];
    }),
  );
}

function readValue(wire: Wire): unknown {
  if (wire.has(1)) return text(wire, 1);
  if (wire.has(3)) return Number((wire.get(3) as bigint[])[0]);
  if (wire.has(4)) return double(one(wire, 4));
  return all(fieldsOf(one(wire, 5)), 1).map((bytes) => readValue(fieldsOf(bytes)));
}

/** Attributes of whom it tells, and the items, whatever they are. */
function itemsOf(body: Buffer): { resource: Record<string, unknown>; items: Wire[] } {
  const whole = fieldsOf(one(fieldsOf(body), 1));
  return { resource: attributesOf(fieldsOf(one(whole, 1)), 1), items: all(fieldsOf(one(whole, 2)), 2).map(fieldsOf) };
}

export interface ReadPoint {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly count?: number;
  readonly attributes: Record<string, unknown>;
}

export function readMetrics(body: Buffer): { resource: Record<string, unknown>; points: ReadPoint[] } {
  const { resource, items } = itemsOf(body);
  const points = items.flatMap((metric) => {
    const histogram = metric.has(9);
    const data = fieldsOf(one(metric, histogram ? 9 : metric.has(7) ? 7 : 5));
    return all(data, 1).map((bytes): ReadPoint => {
      const point = fieldsOf(bytes);
      const value = double(one(point, histogram ? 5 : 4));
      const count = histogram ? { count: Number(one(point, 4).readBigUInt64LE()) } : {};
      return { name: text(metric, 1), unit: text(metric, 3), value, ...count, attributes: attributesOf(point, histogram ? 9 : 7) };
    });
  });
  return { resource, points };
}

export function readSpans(body: Buffer) {
  const { resource, items } = itemsOf(body);
  const spans = items.map((span) => ({
    traceId: one(span, 1).toString('hex'),
    spanId: one(span, 2).toString('hex'),
    parentId: one(span, 4)?.toString('hex'),
    name: text(span, 5),
    kind: Number((span.get(6) as bigint[])[0]),
    tookMs: Number(one(span, 8).readBigUInt64LE() - one(span, 7).readBigUInt64LE()) / 1e6,
    failed: span.has(15),
    attributes: attributesOf(span, 9),
  }));
  return { resource, spans };
}
