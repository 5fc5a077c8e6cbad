import type { ProviderKind } from '../../../lib/private/contract';
import { createMemo } from '../../platform/runtime';
import { adjustmentOf } from './adjustment';
import { type BookPrices, type BookRow, namesOf, readLine } from './book-line';
import { createLeastOutputs } from './least-output';
import { plainNames, spellings } from './model-names';
import { overriddenPrice, overridesOf, saysPrice, together } from './overridden-price';
import { completeRates, FREE_PRICE, limitsOf, type Price, type Rate, type TokenClass, UNKNOWN_CALL } from './price';
import type { PriceOverride } from './price-override';
import { serviceTiersOf } from './service-tiers';
import { toolPricesOf } from './tool-prices';

/** What the generator writes and `llm-gateway prices load` takes; see `scripts/price-book.mjs`. */
export interface PriceBookData {
  readonly version: string;
  /** Day of the newest list that it was made of. */
  readonly date: string;
  /** Version and day of each list. */
  readonly sources?: Readonly<Record<string, string>>;
  /** Lines by kind of provider; `readLine` says what is in one. */
  readonly lists: Partial<Record<ProviderKind, readonly string[]>>;
}

/** A model at a configured provider. */
export interface PricedTarget {
  /** The configured provider's id. */
  readonly provider: string;
  readonly kind: ProviderKind;
  /** The model's name at the provider. */
  readonly model: string;
  /** Where it may be called: AWS Regions or a provider's locations. The dearest of them counts. */
  readonly regions?: readonly string[];
  /** The provider is configured as free. */
  readonly free?: boolean;
  /** Id of the team that calls, where `PriceBook.pricesTeams` says that it matters. */
  readonly team?: string;
}

export interface PriceBook {
  readonly version: string;
  readonly date: string;
  /** Whether some team is charged otherwise than others. */
  readonly pricesTeams: boolean;
  /**
   * What a model costs at a moment: by an override, else free where the configuration says so, else by the book.
   * Undefined: nobody knows, which is never zero.
   *
   * @param atMs epoch ms
   */
  lookup(target: PricedTarget, atMs: number): Price | undefined;
  /** What the book calls a model: one name for all spellings and dates of it. Undefined: it does not list it. */
  nameOf(kind: ProviderKind, model: string): string | undefined;
  /**
   * Every name by which a budget or a limit may mean a model, as it was given first: its plain names (`plainNames`) and what the book calls
   * each. In small letters but for the first.
   */
  namesOf(kind: ProviderKind, model: string): readonly string[];
  /**
   * The shortest of the longest answers of models that are named like this one up to their version, for a model that the book does not
   * list. Undefined: it lists none.
   */
  leastOutputLike(kind: ProviderKind, model: string): number | undefined;
  /** The same book under other overrides. */
  withOverrides(overrides: readonly PriceOverride[]): PriceBook;
}

/** List price of the simulated provider, so that budgets can be seen at work: 1 US dollar a million tokens in, 2 out. */
const SIMULATED = 'simulated | window=128000 | input=1 cacheRead=0.1 output=2';
const MOST_CACHED = 5_000;
const DAY_MS = 86_400_000;

interface Found {
  /** The shortest of the listed names that the model is spelled as. */
  readonly name: string;
  readonly row: BookRow;
  /** Percent of the row's token prices. */
  readonly percent: number;
  /** The prices that were asked for so far, as they are given out. */
  readonly read: Map<BookPrices, Price>;
}

export function createPriceBook(data: PriceBookData, overrides: readonly PriceOverride[] = []): PriceBook {
  const rows = createRows(data);
  const names = createMemo<readonly string[]>(MOST_CACHED);
  const lookUps: LookUps = {
    rows,
    namesOf: (kind, model) => names(`${kind}\u0000${model}`, () => namesUnder(rows, kind, model)),
    leastOutputLike: createLeastOutputs(data),
  };
  return bookOf(data, lookUps, overrides);
}

type NamedModel = Pick<PricedTarget, 'kind' | 'model' | 'regions'>;
type Rows = (model: NamedModel) => Found | undefined;

/** What does not hang on overrides. */
interface LookUps extends Pick<PriceBook, 'namesOf' | 'leastOutputLike'> {
  readonly rows: Rows;
}

function bookOf(data: PriceBookData, lookUps: LookUps, overrides: readonly PriceOverride[]): PriceBook {
  const { rows, namesOf, leastOutputLike } = lookUps;

  const unadjusted = (target: PricedTarget, atMs: number, override: PriceOverride | undefined): Price | undefined => {
    if (override !== undefined && saysPrice(override)) {
      return overriddenPrice(override, target, rows(target)?.row);
    }
    const found = rows(target);
    const limits = override === undefined ? undefined : limitsOf(override.contextWindow, override.maxOutputTokens);
    // What a model is able to does not depend on who pays.
    if (target.free === true) return { ...FREE_PRICE, ...limitsOf(found?.row.window, found?.row.maxOutput), ...limits };
    const prices = found?.row.prices.findLast((candidate) => applies(candidate, atMs));
    if (found === undefined || prices === undefined) return undefined;
    let price = found.read.get(prices);
    if (price === undefined) {
      price = priceOf(data.version, target.kind, prices, found);
      found.read.set(prices, price);
    }
    return limits === undefined ? price : { ...price, ...limits };
  };

  return {
    version: data.version,
    date: data.date,
    nameOf: (kind, model) => rows({ kind, model })?.name,
    namesOf,
    leastOutputLike,

    pricesTeams: overrides.some(({ teamPercent }) => teamPercent !== undefined),

    lookup(target, atMs) {
      if (overrides.length === 0) return unadjusted(target, atMs, undefined);
      const meant = overridesOf(overrides, pricedNames(namesOf, target));
      const price = unadjusted(target, atMs, together(meant));
      const adjustment = price === undefined || price.source === 'free' ? undefined : adjustmentOf(meant, target.team);
      return adjustment === undefined ? price : { ...(price as Price), adjustment };
    },

    withOverrides: (changed) => bookOf(data, lookUps, changed),
  };
}

/** Names by which an override may mean a model. What was made of a model has a price of its own. */
function pricedNames(namesOf: PriceBook['namesOf'], { provider, kind, model }: PricedTarget): readonly string[] {
  const names = namesOf(kind, model);
  const isFineTuned = model.toLowerCase().startsWith('ft:');
  return (isFineTuned ? names.filter((name) => name.toLowerCase().startsWith('ft:')) : names).map((name) => `${provider}/${name}`);
}

function namesUnder(rows: Rows, kind: ProviderKind, model: string): readonly string[] {
  const plain = [model.toLowerCase(), ...plainNames(kind, model)];
  const listed = plain.flatMap((name) => rows({ kind, model: name })?.name ?? []);
  const others = new Set([...plain, ...listed]);
  others.delete(model.toLowerCase());
  return [model, ...others];
}

/** Finds a model's row: a list is indexed when its kind is first asked for, a line read when its model is. */
function createRows(data: PriceBookData): Rows {
  const found = createMemo<Found | undefined>(MOST_CACHED);
  const indexes = createMemo<ReadonlyMap<string, string>>(Number.POSITIVE_INFINITY);
  const knownUntilMs = Date.parse(data.date) + DAY_MS - 1;

  const search = ({ kind, model, regions }: NamedModel): Found | undefined => {
    if (kind === 'simulated') return { name: kind, row: readLine(SIMULATED), percent: 100, read: new Map() };
    const lines = indexes(kind, () => indexOf(data.lists[kind] ?? []));
    const places = regions === undefined || regions.length === 0 ? [undefined] : regions;
    const listed = places.map((region) => spellings(kind, model, region, knownUntilMs).filter((spelling) => lines.has(spelling)));
    const row = listed.map(([best]) => (best === undefined ? undefined : readLine(lines.get(best) as string))).reduce(dearerRow);
    if (row === undefined) return undefined;
    const name = listed.flat().reduce((shortest, other) => (other.length < shortest.length ? other : shortest));
    const isRegional = regions?.some((region) => region !== 'global') === true;
    return { name, row, percent: (isRegional ? row.regional : undefined) ?? 100, read: new Map() };
  };
  return (model) => found(`${model.kind}\u0000${model.model}\u0000${model.regions ?? ''}`, () => search(model));
}

function indexOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(lines.flatMap((line) => namesOf(line).map((name) => [name, line] as const)));
}

function dearerRow(left: BookRow | undefined, right: BookRow | undefined): BookRow | undefined {
  return left === undefined || right === undefined ? undefined : sumOf(right) > sumOf(left) ? right : left;
}

function sumOf({ prices }: BookRow): bigint {
  const { input, output } = prices[0]?.rates ?? {};
  return (input?.base ?? 0n) + (output?.base ?? 0n);
}

function applies({ from, hours, days }: BookPrices, atMs: number): boolean {
  if (from !== undefined && atMs < from) return false;
  if (hours === undefined) return true;
  const [start, end] = hours;
  const minute = (atMs % DAY_MS) / 60_000;
  const weekday = new Date(atMs).getUTCDay() || 7;
  if (days !== undefined && !days.includes(weekday)) return false;
  return start <= end ? start <= minute && minute < end : minute >= start || minute < end;
}

function priceOf(version: string, kind: ProviderKind, { rates, units, calls }: BookPrices, { name, row, percent }: Found): Price {
  const { window, maxOutput, tiers, speed } = row;
  return {
    version,
    source: 'book',
    place: { kind, model: name },
    rates: completeRates(percent === 100 ? rates : scaledRates(rates, BigInt(percent))),
    calls: { default: UNKNOWN_CALL, ...toolPricesOf(kind, name), ...calls },
    ...(units === undefined ? {} : { units }),
    ...(rates.input === undefined && rates.output === undefined ? { tokensUnpriced: true as const } : {}),
    perRequest: calls['request'] ?? 0n,
    serviceTiers: tiers ?? serviceTiersOf(kind),
    ...limitsOf(window, maxOutput),
    ...(speed === undefined ? {} : { fastestTokensPerSecond: speed }),
  };
}

function scaledRates(rates: Partial<Record<TokenClass, Rate>>, percent: bigint): Partial<Record<TokenClass, Rate>> {
  const scaled = (amount: bigint): bigint => (amount * percent + 99n) / 100n;
  const one = ({ base, tiers }: Rate): Rate => ({
    base: scaled(base),
    tiers: tiers.map(({ above, price }) => ({ above, price: scaled(price) })),
  });
  return Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, one(rate)]));
}

/** A book that was brought in holds until a newer one is deployed, unless somebody insisted on it. */
export function bookInForce<T extends Pick<PriceBook, 'date'>>(
  deployed: T,
  loaded: { readonly book: T; readonly forced: boolean } | undefined,
): T {
  return loaded !== undefined && (loaded.forced || loaded.book.date >= deployed.date) ? loaded.book : deployed;
}
