import type { TokenClasses } from '../model/usage';

export type TokenClass = keyof TokenClasses;

/** What a class of tokens costs, in nano-USD per million tokens. */
export interface Rate {
  readonly base: bigint;
  /** Dearer prices of the whole request once its input, cache included, has more tokens than `above`; in rising order. */
  readonly tiers: readonly { readonly above: number; readonly price: bigint }[];
}

/** What one model costs. Pinned when a request is admitted. */
export interface Price {
  /** Which edition of the price book, or which override: kept on every record. */
  readonly version: string;
  readonly source: 'book' | 'override' | 'ceiling' | 'free';
  /** Every class has one: a class without a price of its own is priced as its nearest dearer relative. */
  readonly rates: Readonly<Record<TokenClass, Rate>>;
  /** Nano-USD per call of a server-side tool, by tool; `default` for tools without a price of their own. */
  readonly calls: Readonly<Record<string, bigint>>;
  /** Nano-USD per request, whatever it holds. */
  readonly perRequest: bigint;
  /** Percent of the list price by service tier. A tier that is not named costs 100. */
  readonly serviceTiers: Readonly<Record<string, number>>;
  /** Tokens of input and output together that the model takes at most. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
}

export const TOKEN_CLASSES: readonly TokenClass[] = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'output',
  'reasoning',
  'audioOutput',
];

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

/** The price of a model that nobody priced: one amount for each request, whatever it holds. */
export function ceilingPrice(nanoUsd: bigint): Price {
  return { ...FREE_PRICE, version: 'ceiling', source: 'ceiling', perRequest: nanoUsd };
}

/**
 * Fills the classes that have no price of their own: cache reads and writes and audio as input, reasoning and audio as output.
 * Without any price for input or output, the other one's stands in.
 */
export function completeRates(known: Partial<Record<TokenClass, Rate>>): Price['rates'] {
  const input = known.input ?? known.output ?? FREE_RATE;
  const output = known.output ?? input;
  const cacheWrite5m = known.cacheWrite5m ?? input;
  return {
    input,
    cacheRead: known.cacheRead ?? input,
    cacheWrite5m,
    cacheWrite1h: known.cacheWrite1h ?? cacheWrite5m,
    audioInput: known.audioInput ?? input,
    output,
    reasoning: known.reasoning ?? output,
    audioOutput: known.audioOutput ?? output,
  };
}
