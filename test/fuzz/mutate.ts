import type { Random } from './random';
import type { Reader } from './reader';

/** Bytes and texts at which readers err. */
const BYTES = [
  0, 1, 8, 9, 10, 11, 13, 0x1f, 0x20, 0x22, 0x27, 0x2c, 0x2d, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc3, 0xe2, 0xff,
];
const TEXTS = [
  '\\',
  '\\\\',
  '\\"',
  '\\u0000',
  '\\ud800',
  '\u2028',
  '\ufeff',
  '\r\n',
  '\n\n',
  '__proto__',
  'constructor',
  '1e999',
  '-0',
  '9007199254740993',
  '[[[[',
  '{"a":',
  '"":',
  ',,',
  '\u00e9',
  '\u{1f600}',
];
const NUMBERS = [0, -1, 1, 1.5, 1e308, -1e308, 2 ** 31, 2 ** 32, 2 ** 53, 5e-324];
const LONGEST_PLAIN = 4_096;
const LONGEST_GROWN = 65_536;

/** The next input for a reader. */
export function nextInput(reader: Reader, samples: readonly Buffer[], random: Random): Buffer {
  if (random.oneIn(10)) return invented(reader, random);
  let input = random.pick(samples);
  if (random.oneIn(40)) return input;
  const changes = 1 + random.below(random.pick([1, 3, 8]));
  const asTree = reader.isJson === true && !random.oneIn(2);
  input = asTree ? changedTree(input, changes, random) : changedBytes(reader, samples, input, changes, random);
  if (random.oneIn(500)) input = grown(reader, input, random);
  return reader.mend === undefined || random.oneIn(4) ? input : reader.mend(input, random);
}

/** Random bytes, or words of the reader's and dangerous texts in a random order. */
function invented({ words = [] }: Reader, random: Random): Buffer {
  const length = random.below(random.pick([4, 16, 64]));
  if (random.oneIn(3)) return Buffer.from(Array.from({ length }, () => random.below(256)));
  const pieces = Array.from({ length }, () => {
    const kind = random.below(4);
    return kind === 0 ? Buffer.from([random.pick(BYTES)]) : Buffer.from(random.pick(kind === 1 || words.length === 0 ? TEXTS : words));
  });
  return Buffer.concat(pieces);
}

function changedBytes(reader: Reader, samples: readonly Buffer[], sample: Buffer, changes: number, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(sample);
  for (let change = 0; change < changes; change += 1) {
    const at = random.below(bytes.length + 1);
    const length = Math.min(bytes.length - at, random.below(random.pick([2, 8, 64])));
    const head = bytes.subarray(0, at);
    const tail = bytes.subarray(at + length);
    switch (random.below(9)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = random.pick(BYTES);
        break;
      case 2:
        bytes = Buffer.concat([head, Buffer.from([random.pick(BYTES)]), bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([head, tail]);
        break;
      case 4:
        bytes = Buffer.concat([head, bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      case 5:
        bytes = Buffer.concat([head, Buffer.from(random.pick(TEXTS)), tail]);
        break;
      case 6:
        bytes = Buffer.concat([head, Buffer.from(random.pick(reader.words ?? TEXTS)), bytes.subarray(at)]);
        break;
      case 7: {
        const other = random.pick(samples);
        const from = random.below(other.length + 1);
        bytes = Buffer.concat([head, other.subarray(from, from + random.below(128)), tail]);
        break;
      }
      default:
        bytes = Buffer.from(head);
    }
    if (bytes.length > LONGEST_PLAIN) bytes = Buffer.from(bytes.subarray(0, LONGEST_PLAIN));
  }
  return bytes;
}

/** One piece of the input, or one that means something, many times over: what costs more than its length shows. */
function grown({ words = TEXTS }: Reader, input: Buffer, random: Random): Buffer {
  const at = random.below(input.length + 1);
  const own = input.subarray(at, at + 1 + random.below(random.pick([1, 4, 32])));
  const piece = random.oneIn(2) ? own : Buffer.from(random.pick(words));
  if (piece.length === 0) return input;
  const length = 1_024 + random.below(random.oneIn(4) ? LONGEST_GROWN : LONGEST_GROWN / 8);
  const times = Math.floor(length / piece.length);
  return Buffer.concat([input.subarray(0, at), ...Array.from({ length: times }, () => piece), input.subarray(at)]);
}

/** The JSON text with some values of its tree exchanged, taken out, doubled, moved. */
function changedTree(sample: Buffer, changes: number, random: Random): Buffer {
  let tree: unknown;
  try {
    tree = JSON.parse(sample.toString('utf8'));
  } catch {
    return sample;
  }
  const root: Record<string, unknown> = { tree };
  const places: Place[] = [];
  collect(root, places);
  for (let change = 0; change < changes; change += 1) {
    const { holder, name } = random.pick(places);
    const other = random.pick(places);
    const value = otherValue(holder[name], other.holder[other.name], random);
    if (value === undefined && !Array.isArray(holder)) delete holder[name];
    else holder[name] = value ?? null;
  }
  return Buffer.from(JSON.stringify(root['tree'] ?? null));
}

function otherValue(value: unknown, other: unknown, random: Random): unknown {
  switch (random.below(9)) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return random.pick(TEXTS);
    case 4:
      return [value];
    case 5:
      return { [random.pick(['type', 'text', 'a', 'content', 'constructor'])]: copyOf(value) };
    case 6:
      return copyOf(other);
    case 7:
      return random.pick([true, false, '', [], {}]);
    default:
      return Array.isArray(value) ? [...value, ...(copyOf(value) as unknown[])] : typeof value === 'string' ? value + value : value;
  }
}

function copyOf(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined || text.length > LONGEST_PLAIN ? null : JSON.parse(text);
}

/** Where a value stands. */
interface Place {
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

function collect(holder: object, places: Place[]): void {
  for (const [name, value] of Object.entries(holder)) {
    places.push({ holder: holder as Record<string, unknown>, name });
    if (typeof value === 'object' && value !== null) collect(value, places);
  }
}
