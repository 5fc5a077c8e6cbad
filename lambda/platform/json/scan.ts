/** Where the value of a top-level field stands in the text, in bytes; `end` is exclusive. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

/** How large a JSON text may be. */
export interface JsonLimits {
  readonly maxBytes: number;
  /** Levels of objects and arrays inside each other. */
  readonly maxDepth: number;
  /** Fields of all objects together. */
  readonly maxKeys: number;
}

/** Why a text is refused before it is parsed. */
export type ScanFault =
  | { readonly kind: 'not-an-object' | 'malformed' | 'too-deep' | 'too-many-keys' | 'number-out-of-range' }
  | { readonly kind: 'duplicate-key' | 'forbidden-key'; readonly key: string };

/** What there is to know of an object's text. */
export interface JsonOutline {
  /** Of the top-level fields. */
  readonly spans: ReadonlyMap<string, JsonSpan>;
  /** Number of the fields of all objects together. */
  readonly keys: number;
  /** The name of some field is written with an escape. */
  readonly escapedKeys: boolean;
  /** Numbers that are written with an exponent. */
  readonly exponents: number;
}

/** The outline, or why there is none. */
export type ScanResult = JsonOutline | { readonly fault: ScanFault };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const ARRAY = 0;
const OBJECT = 1;
const VALUE_OF_CONSTRUCTOR = 2;

/** What stands open around a place in the text, by depth. One for all texts: a scan is done before the next begins. */
let kinds = new Uint8Array(128);

/**
 * Walks over the structure of a JSON object without building it, jumping over strings, so that a hostile text is refused at
 * the cost of reading it. Finds where each top-level value stands. Syntax is left to the parser: what this accepts may still not be JSON.
 */
export function scanJsonObject(bytes: Buffer, limits: JsonLimits): ScanResult {
  const spans = new Map<string, JsonSpan>();
  if (kinds.length < limits.maxDepth + 2) kinds = new Uint8Array(limits.maxDepth + 2);
  const length = bytes.length;
  let depth = 0;
  let keys = 0;
  let escapedKeys = false;
  let exponents = 0;
  let nextEscape = -1;
  let expectsKey = false;
  let afterConstructor = false;
  let field: string | undefined;
  let valueStart = 0;
  let lastEnd = 0;
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_OBJECT) return fault('not-an-object');

  for (; at < length; at += 1) {
    const byte = bytes[at] as number;
    switch (byte) {
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        depth += 1;
        if (depth > limits.maxDepth) return fault('too-deep');
        kinds[depth] = byte === OPEN_ARRAY ? ARRAY : afterConstructor ? VALUE_OF_CONSTRUCTOR : OBJECT;
        expectsKey = byte === OPEN_OBJECT;
        afterConstructor = false;
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        if (depth === 0 || (kinds[depth] === ARRAY) !== (byte === CLOSE_ARRAY)) return fault('malformed');
        if (depth === 1 && field !== undefined) spans.set(field, { start: valueStart, end: lastEnd });
        if (depth === 1) return skipSpace(bytes, at + 1) === length ? { spans, keys, escapedKeys, exponents } : fault('malformed');
        depth -= 1;
        expectsKey = false;
        lastEnd = at + 1;
        break;
      case COMMA:
        if (depth === 1 && field !== undefined) {
          spans.set(field, { start: valueStart, end: lastEnd });
          field = undefined;
        }
        expectsKey = kinds[depth] !== ARRAY;
        afterConstructor = false;
        break;
      case COLON:
        if (depth === 1) valueStart = skipSpace(bytes, at + 1);
        expectsKey = false;
        break;
      case QUOTE: {
        const end = endOfString(bytes, at + 1);
        if (end < 0) return fault('malformed');
        if (expectsKey) {
          keys += 1;
          if (keys > limits.maxKeys) return fault('too-many-keys');
          if (nextEscape < at) nextEscape = indexOrEnd(bytes, BACKSLASH, at);
          const escaped = nextEscape < end;
          escapedKeys ||= escaped;
          if (depth === 1) {
            field = keyText(bytes, at, end);
            if (field === undefined) return fault('malformed');
            if (spans.has(field)) return { fault: { kind: 'duplicate-key', key: field } };
          }
          const suspect = suspectKey(bytes, at, end, escaped);
          if (suspect === '__proto__' || (suspect === 'prototype' && kinds[depth] === VALUE_OF_CONSTRUCTOR)) {
            return { fault: { kind: 'forbidden-key', key: suspect } };
          }
          afterConstructor = suspect === 'constructor';
        }
        at = end;
        lastEnd = end + 1;
        break;
      }
      default: {
        // RFC 8259 section 2: no control byte but the four above may stand between tokens.
        if (byte < 0x20) return fault('malformed');
        const end = endOfScalar(bytes, at);
        if (!fitsNumber(bytes, at, end)) return fault('number-out-of-range');
        if (hasExponent(bytes, at, end)) exponents += 1;
        at = end - 1;
        lastEnd = end;
      }
    }
  }
  return fault('malformed');
}

function fault(kind: 'not-an-object' | 'malformed' | 'too-deep' | 'too-many-keys' | 'number-out-of-range'): ScanResult {
  return { fault: { kind } };
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09)) at += 1;
  return at;
}

/** Short strings are cheaper to walk than to search natively. */
const WALKED = 64;

/** Index of the closing quote, or -1. */
function endOfString(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length) {
    // Where there was one escaped quote, the next is not far.
    for (const walkedTo = Math.min(bytes.length, at + WALKED); at < walkedTo; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) at += 1;
    }
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return -1;
    let backslashes = 0;
    while (quote - 1 - backslashes >= at && bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
  return -1;
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const index = bytes.indexOf(byte, from);
  return index < 0 ? bytes.length : index;
}

/** Past the byte at `from`, whatever it is. */
function endOfScalar(bytes: Buffer, from: number): number {
  for (let at = from + 1; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte <= 0x20 || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || byte === COLON) return at;
  }
  return bytes.length;
}

/** The last byte of a number is a digit; that of `true` and `false` is the only letter of theirs that could be taken for one. */
function hasExponent(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start + 1; at < end - 1; at += 1) if (((bytes[at] as number) | 0x20) === 0x65) return true;
  return false;
}

/** A number too large for a double would reach a translated provider as null. */
function fitsNumber(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < 5 || bytes[start] === 0x74 || bytes[start] === 0x66) return true;
  const value = Number(bytes.toString('latin1', start, end));
  return value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY;
}

/** The text between two quotes; undefined when it is not a JSON string. */
function keyText(bytes: Buffer, open: number, close: number): string | undefined {
  const text = bytes.toString('utf8', open + 1, close);
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}

/** The key where it could be one that reaches an object's prototype, by its length or because it is escaped. */
function suspectKey(bytes: Buffer, open: number, close: number, escaped: boolean): string | undefined {
  const length = close - open - 1;
  const suspect = length === 9 || length === 11 || (escaped && length > 9 && length <= 66);
  return suspect ? keyText(bytes, open, close) : undefined;
}
