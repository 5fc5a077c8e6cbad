import { invalidRequest } from '../model/error';
import { parseJson, parseJsonObject } from '../runtime/json';
import { BookLineError, namesOf, readLine } from './book-line';
import type { PriceBookData } from './price-book';
import { PRICED_KINDS } from './service-tiers';

/** Ten times the book of 2026. */
export const MOST_BOOK_BYTES = 3_000_000;
const LIMITS = { maxBytes: MOST_BOOK_BYTES, maxDepth: 4, maxKeys: 1_000 };
const MOST_LINE_CHARACTERS = 20_000;
const MOST_LINES = 50_000;

/**
 * Reads a price book that somebody brings, strictly.
 *
 * @throws GatewayError 400 that names the line and its field
 */
export function checkBook(text: string): PriceBookData {
  const { version, date, sources, lists, ...rest } = parseJsonObject(Buffer.from(text), LIMITS);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw at(unknown, 'is not a field of a price book');
  if (typeof version !== 'string' || !/^[\w.-]{1,64}$/.test(version))
    throw at('version', 'must be 1 to 64 letters, digits, dots and dashes');
  if (typeof date !== 'string' || !isDay(date)) throw at('date', 'must be a day such as 2026-11-29');
  if (sources !== undefined && !isRecord(sources)) throw at('sources', 'must be an object');
  for (const [name, value] of Object.entries(sources ?? {})) if (typeof value !== 'string') throw at(`sources.${name}`, 'must be a string');
  if (!isRecord(lists) || Object.keys(lists).length === 0) throw at('lists', 'must be an object with lines by kind of provider');
  let count = 0;
  for (const [kind, lines] of Object.entries(lists)) {
    if (!(PRICED_KINDS as readonly string[]).includes(kind)) throw at(`lists.${kind}`, `must be one of ${PRICED_KINDS.join(', ')}`);
    if (!Array.isArray(lines)) throw at(`lists.${kind}`, 'must be a list of lines');
    count += lines.length;
    if (count > MOST_LINES) throw at('lists', `must have at most ${MOST_LINES} lines`);
    checkLines(kind, lines);
  }
  return { version, date, ...(sources === undefined ? {} : { sources: sources as unknown as Record<string, string> }), lists };
}

/** A book that was checked when it was brought. */
export function readCheckedBook(text: string): PriceBookData {
  return parseJson(text) as unknown as PriceBookData;
}

function checkLines(kind: string, lines: readonly unknown[]): void {
  const seen = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const place = `lists.${kind}[${index}]`;
    if (typeof line !== 'string' || line.length > MOST_LINE_CHARACTERS)
      throw at(place, `must be a line of at most ${MOST_LINE_CHARACTERS} characters`);
    try {
      const [{ rates, calls } = { rates: {}, calls: {} }] = readLine(line).prices;
      const isFree = (rates.input?.base ?? 0n) === 0n && (rates.output?.base ?? 0n) === 0n && (calls['request'] ?? 0n) === 0n;
      if (isFree) throw new BookLineError('input and output must not both be 0: an override says that a model is free');
    } catch (error) {
      if (error instanceof BookLineError) throw at(place, `is not a line of a price book: ${error.message}`);
      throw error;
    }
    for (const name of namesOf(line)) {
      if (seen.has(name)) throw at(place, `names ${JSON.stringify(name)} again`);
      seen.add(name);
    }
  }
}

function at(field: string, problem: string) {
  return invalidRequest(`book.${field}`.slice(0, 200), `book.${field.slice(0, 100)} ${problem}.`);
}

function isDay(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

function isRecord(value: unknown): value is Record<string, string[]> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
