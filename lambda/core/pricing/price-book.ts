import type { ProviderKind } from '../../../lib/private/contract';
import { matchesModel } from '../runtime/glob';
import { createMemo } from '../runtime/memo';
import type { PriceOverride } from '../stores/overrides';
import { usd } from './money';
import { completeRates, FREE_PRICE, type Price, type Rate, TOKEN_CLASSES, type TokenClass } from './price';
import { serviceTiersOf } from './service-tiers';

/** A rule about a model's name: a sign and its text (`=` is, `^` starts with, `$` ends with, `*` contains, `~` matches), or any or all of several. */
export type Matcher = string | readonly ['|' | '&', ...Matcher[]];

type BookRate = number | readonly [number, ...(readonly [number, number])[]];

/** Prices that hold from a day on, or at some minutes of the UTC day; the last entry that applies wins. */
export type BookPrices = Partial<Record<TokenClass, BookRate>> & {
  readonly from?: string;
  readonly hours?: readonly [number, number];
  readonly calls?: Readonly<Record<string, number>>;
};

/** One model. */
export interface BookRow {
  readonly id: string;
  readonly match: Matcher;
  readonly prices: readonly BookPrices[];
  /** Tokens of input and output together that the model takes at most. */
  readonly window?: number;
  readonly maxOutput?: number;
  /**
   * Percent of the list price by service tier, with four decimals at most, in place of what the kind of provider charges in general.
   * An empty one says that the model has no tiers.
   */
  readonly tiers?: Readonly<Record<string, number>>;
  /** The fastest that the model is known to write, in tokens per second. */
  readonly speed?: number;
}

/** The generated file; see `scripts/price-book.mjs`. */
export interface PriceBookData {
  readonly version: string;
  readonly kinds: Partial<Record<ProviderKind, readonly string[]>>;
  readonly lists: Readonly<Record<string, readonly BookRow[]>>;
}

/** A model at a configured provider. */
export interface PricedTarget {
  /** The configured provider's id. */
  readonly provider: string;
  readonly kind: ProviderKind;
  /** The model's name at the provider. */
  readonly model: string;
  /** The provider is configured as free. */
  readonly free?: boolean;
}

export interface PriceBook {
  readonly version: string;
  /**
   * What a model costs at a moment: by an override, else free where the configuration says so, else by the book.
   * Undefined: nobody knows, which is never zero.
   *
   * @param atMs epoch ms
   */
  lookup(target: PricedTarget, atMs: number): Price | undefined;
  /** What the book calls a model: one name for all spellings and dates of it. Undefined: it does not list it. */
  nameOf(kind: ProviderKind, model: string): string | undefined;
  /** The same book under other overrides. */
  withOverrides(overrides: readonly PriceOverride[]): PriceBook;
}

/** List price of the simulated provider, so that budgets can be seen at work: 1 US dollar a million tokens in, 2 out. */
const SIMULATED: BookRow = {
  id: 'simulated',
  match: '*',
  prices: [{ input: 1_000_000_000, output: 2_000_000_000, cacheRead: 100_000_000 }],
  window: 128_000,
};
/** For server-side tools that no list prices: 0.05 US dollars a call, dearer than any that is listed. */
const UNKNOWN_CALL = 50_000_000n;
const MOST_CACHED = 5_000;
const DAY_MS = 86_400_000;

export function createPriceBook(data: PriceBookData, overrides: readonly PriceOverride[] = []): PriceBook {
  const found = createMemo<Found | undefined>(MOST_CACHED);
  const rowOf = (model: NamedModel): Found | undefined => found(`${model.kind}\u0000${model.model}`, () => search(data, model));

  return {
    version: data.version,
    nameOf: (kind, model) => rowOf({ kind, model })?.row.id,

    lookup(target, atMs) {
      const override = overrides.length === 0 ? undefined : overrideOf(overrides, `${target.provider}/${target.model}`);
      if (override !== undefined && (override.free === true || override.usdPerMillionTokens !== undefined)) {
        return overriddenPrice(override, target);
      }
      if (target.free === true) return FREE_PRICE;
      const known = rowOf(target);
      const prices = known?.row.prices.findLast((candidate) => applies(candidate, atMs));
      if (known === undefined || prices === undefined) return undefined;
      let price = known.read.get(prices);
      if (price === undefined) {
        price = readPrice(data.version, target.kind, prices, known.row);
        known.read.set(prices, price);
      }
      return override === undefined ? price : { ...price, ...limitsOf(override.contextWindow, override.maxOutputTokens) };
    },

    withOverrides: (changed) => createPriceBook(data, changed),
  };
}

function overrideOf(overrides: readonly PriceOverride[], name: string): PriceOverride | undefined {
  return overrides.find(({ id }) => id.toLowerCase() === name.toLowerCase()) ?? overrides.find(({ id }) => matchesModel(id, name));
}

interface Found {
  readonly row: BookRow;
  /** The prices that were asked for so far, as they are given out. */
  readonly read: Map<BookPrices, Price>;
}

type NamedModel = Pick<PricedTarget, 'kind' | 'model'>;

function search(data: PriceBookData, target: NamedModel): Found | undefined {
  if (target.kind === 'simulated') return { row: SIMULATED, read: new Map() };
  // A Bedrock inference profile may be named by its ARN.
  const name = (target.model.startsWith('arn:') ? target.model.slice(target.model.lastIndexOf('/') + 1) : target.model).toLowerCase();
  for (const list of data.kinds[target.kind] ?? []) {
    const rows = data.lists[list] ?? [];
    const row = rows.find(({ id }) => id.toLowerCase() === name) ?? rows.find(({ match }) => matches(match, name));
    if (row !== undefined) return { row, read: new Map() };
  }
  return undefined;
}

function matches(matcher: Matcher, name: string): boolean {
  if (typeof matcher !== 'string') {
    const [mode, ...rules] = matcher;
    return mode === '|' ? rules.some((rule) => matches(rule as Matcher, name)) : rules.every((rule) => matches(rule as Matcher, name));
  }
  const text = matcher.slice(1);
  switch (matcher[0]) {
    case '=':
      return name === text;
    case '^':
      return name.startsWith(text);
    case '$':
      return name.endsWith(text);
    case '*':
      return name.includes(text);
    default:
      return new RegExp(text).test(name);
  }
}

function applies(prices: BookPrices, atMs: number): boolean {
  if (prices.from !== undefined && atMs < Date.parse(prices.from)) return false;
  if (prices.hours === undefined) return true;
  const minute = (atMs % DAY_MS) / 60_000;
  const [start, end] = prices.hours;
  return start <= end ? start <= minute && minute < end : minute >= start || minute < end;
}

function readPrice(version: string, kind: PricedTarget['kind'], prices: BookPrices, { window, maxOutput, tiers, speed }: BookRow): Price {
  return {
    version,
    source: 'book',
    rates: completeRates(readRates(prices)),
    calls: { default: UNKNOWN_CALL, ...mapValues(prices.calls ?? {}, BigInt) },
    perRequest: BigInt(prices.calls?.['request'] ?? 0),
    serviceTiers: tiers ?? serviceTiersOf(kind),
    ...limitsOf(window, maxOutput),
    ...(speed === undefined ? {} : { fastestTokensPerSecond: speed }),
  };
}

function readRates(prices: BookPrices): Partial<Record<TokenClass, Rate>> {
  const rates: Partial<Record<TokenClass, Rate>> = {};
  for (const name of TOKEN_CLASSES) {
    const listed = prices[name];
    if (listed === undefined) continue;
    if (typeof listed === 'number') rates[name] = { base: BigInt(listed), tiers: [] };
    else {
      const [base, ...tiers] = listed;
      rates[name] = { base: BigInt(base), tiers: tiers.map(([above, price]) => ({ above, price: BigInt(price) })) };
    }
  }
  return rates;
}

function overriddenPrice(override: PriceOverride, target: PricedTarget): Price {
  const version = `override-${override.generation}`;
  const limits = limitsOf(override.contextWindow, override.maxOutputTokens);
  if (override.free === true) return { ...FREE_PRICE, version, ...limits };
  const prices = override.usdPerMillionTokens ?? {};
  const rates: Partial<Record<TokenClass, Rate>> = {};
  const set = (name: TokenClass, amount: string | undefined): void => {
    if (amount !== undefined) rates[name] = { base: usd(amount), tiers: [] };
  };
  set('input', prices.input);
  set('cacheRead', prices.cache_read);
  set('cacheWrite5m', prices.cache_write_5m);
  set('cacheWrite1h', prices.cache_write_1h);
  set('audioInput', prices.audio_input);
  set('output', prices.output);
  set('reasoning', prices.reasoning);
  set('audioOutput', prices.audio_output);
  return {
    version,
    source: 'override',
    rates: completeRates(rates),
    calls: { default: UNKNOWN_CALL, ...mapValues(override.usdPerToolCall ?? {}, usd) },
    perRequest: 0n,
    serviceTiers: serviceTiersOf(target.kind),
    ...limits,
  };
}

function limitsOf(
  contextWindow: number | undefined,
  maxOutputTokens: number | undefined,
): Pick<Price, 'contextWindow' | 'maxOutputTokens'> {
  return {
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
}

function mapValues<V, R>(values: Readonly<Record<string, V>>, map: (value: V) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

let loading: Promise<PriceBook> | undefined;

/** The price book as it was built, read once and off the entry chunk. */
export function loadPriceBook(): Promise<PriceBook> {
  loading ??= import('./price-book.json').then((module) => createPriceBook(module.default as unknown as PriceBookData));
  return loading;
}
