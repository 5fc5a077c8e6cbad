import { type TokenClasses, tokenClasses, type Usage } from '../model/usage';
import { type Price, type Rate, TOKEN_CLASSES } from './price';

/** Tokens in the unit of rates. */
const MILLION = 1_000_000n;
const PERCENT = 100n;

/** What a response used, in classes that do not overlap. */
export interface Consumption {
  readonly tokens: TokenClasses;
  /** Calls of server-side tools by name. */
  readonly toolCalls?: Readonly<Record<string, number>>;
  readonly serviceTier?: string;
}

/**
 * What a response cost, in nano-USD: every class at its rate, summed in the rates' own unit, divided once and rounded up.
 * It grows with each class and never shrinks.
 */
export function costOf(price: Price, consumption: Consumption): bigint {
  const { tokens } = consumption;
  const input = tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.audioInput;
  let sum = 0n;
  for (const name of TOKEN_CLASSES) {
    if (tokens[name] > 0) sum += BigInt(Math.ceil(tokens[name])) * rateAt(price.rates[name], input);
  }
  const factor = BigInt(tierPercent(price, consumption.serviceTier));
  const divisor = MILLION * PERCENT;
  let cost = (sum * factor + divisor - 1n) / divisor + price.perRequest;
  for (const [tool, count] of Object.entries(consumption.toolCalls ?? {})) {
    if (count > 0) cost += BigInt(Math.ceil(count)) * callPrice(price, tool);
  }
  return cost;
}

/** What a reported usage cost, in nano-USD. */
export function costOfUsage(price: Price, usage: Usage): bigint {
  return costOf(price, {
    tokens: tokenClasses(usage),
    ...(usage.toolCalls === undefined ? {} : { toolCalls: usage.toolCalls }),
    ...(usage.serviceTier === undefined ? {} : { serviceTier: usage.serviceTier }),
  });
}

/** The rate of a request with this many input tokens, cache included. */
export function rateAt(rate: Rate, inputTokens: number): bigint {
  let price = rate.base;
  for (const tier of rate.tiers) {
    if (inputTokens > tier.above) price = tier.price;
  }
  return price;
}

/** Percent of the list price that a service tier costs; whatever callers and providers may write there. */
export function tierPercent(price: Price, tier: string | undefined): number {
  return tier !== undefined && Object.hasOwn(price.serviceTiers, tier) ? (price.serviceTiers[tier] as number) : 100;
}

/** Nano-USD for one call of a server-side tool. Versioned names (`web_search_20250305`) cost what their family costs. */
export function callPrice(price: Price, tool: string): bigint {
  const family = Object.keys(price.calls).find((name) => name !== 'default' && tool.startsWith(name));
  return price.calls[family ?? 'default'] ?? price.calls['default'] ?? 0n;
}
