import { PRICE_UNITS, type PriceUnit } from '../../wire/model';
import { parseUnitUsd, parseUsd } from './money';
import { type Rate, TOKEN_CLASSES, type TokenClass, type UnitRates } from './price';

/** Prices that hold from a day on, or at some minutes of the UTC day; the last of a row that applies wins. */
export interface BookPrices {
  /** Epoch ms. */
  readonly from?: number;
  /** Minutes of the UTC day, from and to. */
  readonly hours?: readonly [number, number];
  /** Days of the week on which `hours` hold, 1 is Monday. Default: all. */
  readonly days?: readonly number[];
  readonly rates: Partial<Record<TokenClass, Rate>>;
  /** What is billed beside tokens; absent where nothing is. */
  readonly units?: UnitRates;
  /** Nano-USD by what a provider bills of its own tools; `request` for each request. */
  readonly calls: Readonly<Record<string, bigint>>;
}

/** What one line says of the models that it names. */
export interface BookRow {
  /** Tokens of input and output together that the model takes at most. */
  readonly window?: number;
  readonly maxOutput?: number;
  /** Percent of the token prices in one Region, where the listed ones are of all together. */
  readonly regional?: number;
  /** The fastest that the model is known to write, in tokens per second. */
  readonly speed?: number;
  /**
   * Percent of the list price by service tier, with four decimals at most, in place of what the kind of provider charges in general.
   * An empty one says that the model has no tiers.
   */
  readonly tiers?: Readonly<Record<string, number>>;
  /** Its place says that it costs nothing; without that a price of zero is a slip. */
  readonly free?: true;
  readonly prices: readonly BookPrices[];
}

const CLASSES = new Set<string>(TOKEN_CLASSES);
const UNITS = new Set<string>(PRICE_UNITS);
/** Dearer than any model: a slipped point is found here. */
const MOST_USD_PER_MILLION = 100_000_000_000_000n;
/** A thousand US dollars for one, in nano-USD per million. */
const MOST_UNIT_PRICE = 1_000n * 10n ** 15n;

/** A line of a price book that says what no line may say. The message names the line's field. */
export class BookLineError extends Error {}

/** The models of a line: its words before the first bar. */
export function namesOf(line: string): string[] {
  const end = line.indexOf('|');
  return (end < 0 ? line : line.slice(0, end)).trim().split(' ');
}

/**
 * Reads a line of the price book: names, facts, and one or more sets of prices, apart by bars.
 * Prices are in US dollars: of tokens per million, with dearer ones above a length of prompt (`1.25,200000:2.5`), of everything else each:
 * what is billed beside tokens (`image=0.04`), and the provider's own tools (`call:web_search=0.01`).
 *
 * `m m-2026-01-01 | window=1000 tier:priority=200 | input=1.25,200000:2.5 output=10 call:web_search=0.01 | from=2027-01-01 input=...`
 *
 * @throws BookLineError
 */
export function readLine(line: string): BookRow {
  const [names, facts, ...sets] = line.split('|').map((part) => part.trim());
  if (names === undefined || facts === undefined || sets.length === 0) throw new BookLineError('must be names | facts | prices');
  for (const name of names.split(' ')) {
    if (!isModelName(name)) throw new BookLineError(`the name ${quoted(name)} must be the name of a model in small letters`);
  }
  const row: { -readonly [K in keyof BookRow]: BookRow[K] } = { prices: sets.map(readPrices) };
  if (row.prices[0]?.from !== undefined || row.prices[0]?.hours !== undefined) {
    throw new BookLineError('the first prices must hold always, without from= and hours=');
  }
  let tiers: Record<string, number> | undefined;
  for (const [name, value] of fieldsOf(facts)) {
    if (name === 'window' || name === 'maxOutput' || name === 'speed' || name === 'regional') row[name] = wholeNumber(name, value);
    else if (name === 'tiers' && value === 'none') tiers ??= {};
    else if (name === 'free' && value === 'yes') row.free = true;
    else if (name.startsWith('tier:') && isTier(name.slice(5))) tiers = { ...tiers, [name.slice(5)]: percent(name, value) };
    else throw new BookLineError(`${quoted(name)} is no fact of a model`);
  }
  return tiers === undefined ? row : { ...row, tiers };
}

function readPrices(text: string): BookPrices {
  const rates: Partial<Record<TokenClass, Rate>> = {};
  const units: Partial<Record<PriceUnit, bigint>> = {};
  const calls: Record<string, bigint> = {};
  const when: { from?: number; hours?: readonly [number, number]; days?: readonly number[] } = {};
  for (const [name, value] of fieldsOf(text)) {
    if (CLASSES.has(name)) rates[name as TokenClass] = readRate(name, value);
    else if (UNITS.has(name)) units[name as PriceUnit] = unitAmount(name, value);
    else if (name.startsWith('call:') && isTool(name.slice(5))) calls[name.slice(5)] = amount(name, value);
    else if (name === 'from') when.from = day(value);
    else if (name === 'hours') when.hours = minutes(value);
    else if (name === 'days' && /^[1-7]{1,7}$/.test(value) && new Set(value).size === value.length) when.days = [...value].map(Number);
    else throw new BookLineError(`${quoted(name)} is no class of tokens, no call and no time, nor a unit`);
  }
  if (when.days !== undefined && when.hours === undefined) throw new BookLineError('days must stand with hours');
  const hasUnits = Object.keys(units).length > 0;
  const hasTokens = rates.input !== undefined || rates.output !== undefined;
  if (!hasTokens && Object.keys(rates).length > 0) throw new BookLineError('prices of tokens must have input or output');
  if (!hasTokens && !hasUnits) throw new BookLineError(`prices must have input or output, or one of ${PRICE_UNITS.join(', ')}`);
  return { ...when, rates, ...(hasUnits ? { units } : {}), calls };
}

function fieldsOf(text: string): [string, string][] {
  if (text === '') return [];
  const seen = new Set<string>();
  return text.split(' ').map((field) => {
    const at = field.indexOf('=');
    if (at < 1) throw new BookLineError(`${quoted(field)} must be name=value`);
    const name = field.slice(0, at);
    if (seen.has(name)) throw new BookLineError(`${quoted(name)} is said twice`);
    seen.add(name);
    return [field.slice(0, at), field.slice(at + 1)];
  });
}

function readRate(name: string, text: string): Rate {
  const [base, ...steps] = text.split(',');
  let last = 0;
  const tiers = steps.map((step) => {
    const [above, price] = step.split(':');
    const length = wholeNumber(name, above);
    if (length <= last) throw new BookLineError(`${name} must have its lengths in rising order`);
    last = length;
    return { above: length, price: amount(name, price) };
  });
  return { base: amount(name, base), tiers };
}

function amount(name: string, text: string | undefined): bigint {
  const nanoUsd = text === undefined ? undefined : parseUsd(text);
  if (nanoUsd === undefined || nanoUsd < 0n || nanoUsd > MOST_USD_PER_MILLION) {
    throw new BookLineError(`${name} must be US dollars as a decimal with at most 9 digits after the point, not ${quoted(text ?? '')}`);
  }
  return nanoUsd;
}

function unitAmount(name: string, text: string): bigint {
  const amount = parseUnitUsd(text);
  if (amount !== undefined && amount >= 0n && amount <= MOST_UNIT_PRICE) return amount;
  throw new BookLineError(`${name} must be US dollars as a decimal with at most 15 digits after the point, not ${quoted(text)}`);
}

function wholeNumber(name: string, text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text))
    throw new BookLineError(`${name} must be a whole number, not ${quoted(text ?? '')}`);
  return Number(text);
}

function percent(name: string, text: string): number {
  if (!/^[1-9]\d{0,4}(\.\d{1,4})?$/.test(text))
    throw new BookLineError(`${name} must be percent with at most 4 decimals, not ${quoted(text)}`);
  return Number(text);
}

function day(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text)
    throw new BookLineError(`from must be a day such as 2026-11-29, not ${quoted(text)}`);
  return ms;
}

function minutes(text: string): readonly [number, number] {
  const [, from, to] = /^(\d{1,4})-(\d{1,4})$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(from) >= 1_440 || Number(to) > 1_440) {
    throw new BookLineError(`hours must be minutes of the day such as 60-240, not ${quoted(text)}`);
  }
  if (Number(from) === Number(to)) throw new BookLineError(`hours must not begin and end at the same minute: ${quoted(text)}`);
  return [Number(from), Number(to)];
}

/** What every object has by nature is no name of anything. */
const isOwn = (text: string): boolean => !(text in Object.prototype);
const isModelName = (text: string): boolean => isOwn(text) && /^[a-z0-9][a-z0-9_./:@+~-]{0,199}$/.test(text);
const isTool = (text: string): boolean => isOwn(text) && /^[A-Za-z0-9_.:-]{1,64}$/.test(text);
const isTier = (text: string): boolean => isOwn(text) && /^[a-z][a-z0-9_-]{0,31}$/.test(text);
const quoted = (text: string): string => JSON.stringify(text.slice(0, 80));
