import { invalidRequest } from '../../platform/error';
import { parseJson, parseJsonObject } from '../../platform/json';
import { BookLineError, type BookPrices, type BookRow, namesOf, readLine } from './book-line';
import { leastOf } from './book-review';
import type { PriceBookData } from './price-book';
import { PRICED_KINDS, PRICED_TIERS } from './service-tiers';

/** Ten times the book of 2026. */
export const MOST_BOOK_BYTES = 3_000_000;
const LIMITS = { maxBytes: MOST_BOOK_BYTES, maxDepth: 4, maxKeys: 1_000 };
const MOST_LINE_CHARACTERS = 20_000;
const MOST_LINES = 50_000;
/** No model takes or writes fewer tokens. */
const LEAST = { window: 128, maxOutput: 128 } as const;
/** Percent of the list price. */
const [LEAST_TIER, MOST_TIER] = [10, 1_000];
const [LEAST_REGIONAL, MOST_REGIONAL] = [100, 200];
/** Tokens a second. */
const LEAST_SPEED = 10;
const DAY_MS = 86_400_000;

/**
 * Reads a price book that somebody brings, strictly: every price of every line.
 *
 * @param nowMs its prices may be of tomorrow at most, as clocks go round the earth
 * @throws GatewayError 400 that names the line and its field
 */
export function checkBook(text: string, nowMs: number): PriceBookData {
  const { version, date, sources, lists, ...rest } = parseJsonObject(Buffer.from(text), LIMITS);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw at(unknown, 'is not a field of a price book');
  if (typeof version !== 'string' || !/^[\w.-]{1,64}$/.test(version))
    throw at('version', 'must be 1 to 64 letters, digits, dots and dashes');
  if (typeof date !== 'string' || !isDay(date)) throw at('date', 'must be a day such as 2026-11-29');
  if (Date.parse(date) > nowMs + DAY_MS) throw at('date', `must not be in the future: ${date}`);
  if (sources !== undefined && !isRecord(sources)) throw at('sources', 'must be an object');
  for (const [name, value] of Object.entries(sources ?? {})) if (typeof value !== 'string') throw at(`sources.${name}`, 'must be a string');
  if (!isRecord(lists) || Object.keys(lists).length === 0) throw at('lists', 'must be an object with lines by kind of provider');
  let count = 0;
  for (const [kind, lines] of Object.entries(lists)) {
    if (!(PRICED_KINDS as readonly string[]).includes(kind)) throw at(`lists.${kind}`, `must be one of ${PRICED_KINDS.join(', ')}`);
    if (!Array.isArray(lines)) throw at(`lists.${kind}`, 'must be a list of lines');
    if (lines.length === 0) throw at(`lists.${kind}`, 'must have lines: leave a kind out that has none');
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
      checkRow(readLine(line));
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

function checkRow(row: BookRow): void {
  for (const [name, least] of Object.entries(LEAST)) {
    const value = row[name as keyof typeof LEAST];
    if (value !== undefined && value < least) throw new BookLineError(`${name} must be at least ${least}, not ${value}`);
  }
  if (row.speed !== undefined && row.speed < LEAST_SPEED)
    throw new BookLineError(`speed must be at least ${LEAST_SPEED}, not ${row.speed}`);
  if (row.regional !== undefined && (row.regional < LEAST_REGIONAL || row.regional > MOST_REGIONAL))
    throw new BookLineError(`regional must be ${LEAST_REGIONAL} to ${MOST_REGIONAL} percent, not ${row.regional}`);
  for (const [tier, percent] of Object.entries(row.tiers ?? {})) {
    if (!PRICED_TIERS.has(tier)) throw new BookLineError(`tier:${tier} must be one of ${[...PRICED_TIERS].join(', ')}`);
    if (percent < LEAST_TIER || percent > MOST_TIER)
      throw new BookLineError(`tier:${tier} must be ${LEAST_TIER} to ${MOST_TIER} percent, not ${percent}`);
  }
  for (const prices of row.prices) {
    if (prices.calls['default'] === 0n) throw new BookLineError('call:default must not be 0: name the tools that cost nothing');
    if (isFree(prices) && row.free !== true)
      throw new BookLineError(
        'input and output must not both be 0 where no unit has a price: free=yes, or an override, says that a model is free',
      );
    if (row.free === true && !isFree(prices)) throw new BookLineError('free=yes must stand with prices of 0');
  }
}

/** At some length of prompt, if not at all. */
function isFree({ rates, units = {}, calls }: BookPrices): boolean {
  const least = (rate: BookPrices['rates']['input']): bigint => (rate === undefined ? 0n : leastOf(rate));
  const isUnitsFree = Object.values(units).every((amount) => amount === 0n);
  return least(rates.input) === 0n && least(rates.output) === 0n && isUnitsFree && (calls['request'] ?? 0n) === 0n;
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
