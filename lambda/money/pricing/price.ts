import type { ProviderKind } from '../../../lib/private/contract';
import type { BillingUnit, PriceUnit, TokenClasses } from '../../wire/model';
import type { Adjustment } from './adjustment';

export type TokenClass = keyof TokenClasses;

/** What a class of tokens costs, in nano-USD per million tokens. */
export interface Rate {
  readonly base: bigint;
  /** Dearer prices of the whole request once its input, cache included, has more tokens than `above`; in rising order. */
  readonly tiers: readonly { readonly above: number; readonly price: bigint }[];
}

/** Nano-USD per million. */
export type UnitRates = Readonly<Partial<Record<PriceUnit, bigint>>>;

/** Where a model is, for the rules that are not figures: tiers that its provider may choose, tools it uses unasked, how it counts pictures. */
export interface PricedPlace {
  readonly kind: ProviderKind;
  /** The model's name at the provider. */
  readonly model: string;
}

/** What one model costs. Pinned when a request is admitted. */
export interface Price {
  /** Which edition of the price book, or which override: kept on every record. */
  readonly version: string;
  readonly source: 'book' | 'override' | 'ceiling' | 'free';
  readonly place?: PricedPlace;
  /** Every class has one: a class without a price of its own is priced as its nearest dearer relative. */
  readonly rates: Readonly<Record<TokenClass, Rate>>;
  /**
   * Nano-USD by what a provider bills of its own tools: a call, a container, a generated picture. The longest name that a unit's name
   * starts with holds (`image_generation:high` for `image_generation:high:1024x1024`); `default` for what has no price of its own.
   */
  readonly calls: Readonly<Record<string, bigint>>;
  /** Nano-USD per million of what is billed beside tokens. Absent: it is billed in tokens and tools alone. */
  readonly units?: UnitRates;
  /** Nobody says what its tokens cost: it is billed in `units` alone, and prices nothing that is billed in tokens. */
  readonly tokensUnpriced?: true;
  /** Nano-USD per request, whatever it holds; the dearest where usage tells the kind of request (`request:low`). */
  readonly perRequest: bigint;
  /** What is charged on top of all of that, or less. Absent: nothing. */
  readonly adjustment?: Adjustment;
  /** Percent of the list price by service tier, with four decimals at most. A tier that is not named costs 100. */
  readonly serviceTiers: Readonly<Record<string, number>>;
  /** Tokens of input and output together that the model takes at most. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  /** The fastest that the model is known to write, for answers that end without a report. */
  readonly fastestTokensPerSecond?: number;
}

/** Classes that count towards the length of a prompt. */
export const INPUT_CLASSES = ['input', 'cacheRead', 'audioCacheRead', 'cacheWrite5m', 'cacheWrite1h', 'audioInput', 'imageInput'] as const;
export const OUTPUT_CLASSES = ['output', 'reasoning', 'audioOutput', 'imageOutput'] as const;
export const TOKEN_CLASSES: readonly TokenClass[] = [...INPUT_CLASSES, ...OUTPUT_CLASSES];

/** For server-side tools that no list prices: 0.05 US dollars a call, dearer than any that is listed. */
export const UNKNOWN_CALL = 50_000_000n;
const FREE_RATE: Rate = { base: 0n, tiers: [] };

function ratesOf(rate: Rate): Price['rates'] {
  return Object.fromEntries(TOKEN_CLASSES.map((name) => [name, rate])) as Record<TokenClass, Rate>;
}

/** The price of what costs nothing. */
export const FREE_PRICE: Price = {
  version: 'free',
  source: 'free',
  rates: ratesOf(FREE_RATE),
  calls: { default: 0n },
  perRequest: 0n,
  serviceTiers: {},
};

/** Whether it says what an answer costs that is billed in any of these units. What is billed in none needs no price. */
export function pricesAny(price: Price, units: readonly BillingUnit[]): boolean {
  if (price.source === 'free' || price.source === 'ceiling' || units.length === 0) return true;
  return units.some((unit) => (unit === 'token' ? price.tokensUnpriced !== true : price.units?.[unit] !== undefined));
}

/** The price of a model that nobody priced: one amount for each request, whatever it holds. */
export function ceilingPrice(nanoUsd: bigint): Price {
  return { ...FREE_PRICE, version: 'ceiling', source: 'ceiling', perRequest: nanoUsd };
}

/**
 * Fills the classes that have no price of their own: cache reads and writes, audio and pictures as input, reasoning, audio and pictures as output.
 * Without any price for input or output, the other one's stands in.
 */
export function completeRates(known: Partial<Record<TokenClass, Rate>>): Price['rates'] {
  const input = known.input ?? known.output ?? FREE_RATE;
  const output = known.output ?? input;
  const cacheRead = known.cacheRead ?? input;
  const cacheWrite5m = known.cacheWrite5m ?? input;
  return {
    input,
    cacheRead,
    audioCacheRead: known.audioCacheRead ?? known.audioInput ?? cacheRead,
    cacheWrite5m,
    cacheWrite1h: known.cacheWrite1h ?? cacheWrite5m,
    audioInput: known.audioInput ?? input,
    imageInput: known.imageInput ?? input,
    output,
    reasoning: known.reasoning ?? output,
    audioOutput: known.audioOutput ?? output,
    imageOutput: known.imageOutput ?? output,
  };
}

export function limitsOf(
  contextWindow: number | undefined,
  maxOutputTokens: number | undefined,
): Pick<Price, 'contextWindow' | 'maxOutputTokens'> {
  return {
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
}
