import { PRICE_UNITS, type TokenClasses, tokenClasses, type UnitCounts, type Usage } from '../../wire/model';
import { type Charge, charged, chargeOf } from './adjustment';
import { INPUT_CLASSES, type Price, type Rate, TOKEN_CLASSES } from './price';

/** Tokens in the unit of rates. */
const MILLION = 1_000_000n;
/** The list price, in the unit that percents are rounded to. */
const WHOLE = 1_000_000n;

/** Begins the unit that says which kind of request it was: `request:low`. */
const REQUEST = 'request:';

/** What a response used, in classes that do not overlap. */
export interface Consumption {
  readonly tokens: TokenClasses;
  /** What is billed of the provider's own tools, by unit. */
  readonly toolCalls?: Readonly<Record<string, number>> | undefined;
  readonly guardrailUnits?: Readonly<Record<string, number>> | undefined;
  readonly units?: UnitCounts | undefined;
  readonly serviceTier?: string | undefined;
}

/**
 * What a response cost at list prices, in nano-USD: every class and unit at its rate, summed in the rates' own unit, divided once and rounded up.
 * It grows with each class and never shrinks.
 */
export function costOf(price: Price, consumption: Consumption): bigint {
  const { tokens } = consumption;
  let input = 0;
  for (const name of INPUT_CLASSES) input += tokens[name];
  let sum = 0n;
  for (const name of TOKEN_CLASSES) {
    if (tokens[name] > 0) sum += BigInt(Math.ceil(tokens[name])) * rateAt(price.rates[name], input);
  }
  let cost = atTier(sum, tierPercent(price, consumption.serviceTier), unitsSum(price, consumption.units));
  let { perRequest } = price;
  const { toolCalls } = consumption;
  for (const unit in toolCalls) {
    const count = toolCalls[unit] as number;
    if (count <= 0) continue;
    // A request whose kind is known costs what its kind costs, which is no more than that of a request of any kind.
    if (unit.startsWith(REQUEST)) perRequest = smaller(price.calls[unit] ?? perRequest, perRequest);
    else cost += BigInt(Math.ceil(count)) * callPrice(price, unit);
  }
  return cost + perRequest + guardrailCost(price, consumption.guardrailUnits);
}

/** What a guardrail of the provider's bills, in nano-USD. */
function guardrailCost(price: Price, units: Consumption['guardrailUnits']): bigint {
  let cost = 0n;
  for (const policy in units) {
    const count = units[policy] as number;
    if (count > 0) cost += BigInt(Math.ceil(count)) * guardrailPrice(price, policy);
  }
  return cost;
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

/** What a reported usage cost: at list prices, and what is charged for it. */
export function chargeOfUsage(price: Price, usage: Usage): Charge {
  return chargeOf(costOfUsage(price, usage), price.adjustment);
}

/** What a reported usage cost at list prices, in nano-USD. */
export function costOfUsage(price: Price, usage: Usage): bigint {
  const { toolCalls, guardrailUnits, units, serviceTier } = usage;
  return costOf(price, { tokens: tokenClasses(usage), toolCalls, guardrailUnits, units, serviceTier });
}

/** What is charged for text in and text out that no cache had, in nano-USD. */
export function textCost(price: Price, inputTokens: number, outputTokens: number, serviceTier: string | undefined): bigint {
  const sum =
    BigInt(Math.ceil(inputTokens)) * rateAt(price.rates.input, inputTokens) +
    BigInt(Math.ceil(outputTokens)) * rateAt(price.rates.output, inputTokens);
  const listNanoUsd = atTier(sum, tierPercent(price, serviceTier), unitsSum(price, undefined)) + price.perRequest;
  return charged(listNanoUsd, price.adjustment);
}

/**
 * Nano-USD of a sum in the unit of rates, at this percent of the list price; divided once and rounded up.
 *
 * @param beside in the unit of rates too, of what no tier makes dearer or cheaper
 */
export function atTier(sum: bigint, percent: number, beside = 0n): bigint {
  // Most calls are of no tier.
  if (percent === 100) return (sum + beside + MILLION - 1n) / MILLION;
  const divisor = MILLION * WHOLE;
  return (sum * BigInt(Math.round(percent * 10_000)) + beside * WHOLE + divisor - 1n) / divisor;
}

/** What is billed beside tokens, in the unit of rates. Begun ones are whole; a call is one where nobody counted it. */
export function unitsSum({ units }: Price, counts: UnitCounts | undefined): bigint {
  if (units === undefined) return 0n;
  let sum = 0n;
  for (const unit of PRICE_UNITS) {
    const count = counts?.[unit] ?? (unit === 'call' ? 1 : 0);
    if (count > 0) sum += BigInt(Math.ceil(count)) * (units[unit] ?? 0n);
  }
  return sum;
}

/** The rate of a request with this many input tokens, cache included. */
export function rateAt(rate: Rate, inputTokens: number): bigint {
  let price = rate.base;
  for (const tier of rate.tiers) {
    if (inputTokens > tier.above) price = tier.price;
  }
  return price;
}

/** Tiers that only some lines of the book list, at the dearest of them: a model may get one before the book says so. */
const DEAREST_TIERS: Readonly<Record<string, number>> = { ultrafast: 600 };
const SERVED_BY: ReadonlySet<string | undefined> = new Set(['openai', 'azure-openai', 'bedrock']);

/** Percent of the list price that a service tier costs; whatever callers and providers may write there. */
export function tierPercent({ serviceTiers, place }: Price, tier: string | undefined): number {
  if (tier === undefined) return 100;
  if (Object.hasOwn(serviceTiers, tier)) return serviceTiers[tier] as number;
  return SERVED_BY.has(place?.kind) && Object.hasOwn(DEAREST_TIERS, tier) ? (DEAREST_TIERS[tier] as number) : 100;
}

/** Nano-USD for a unit that a guardrail looks at by one of its policies. */
export function guardrailPrice(price: Price, policy: string): bigint {
  return callPrice(price, `guardrail_${policy}`);
}

/** Nano-USD for one call of a server-side tool. Versioned names (`web_search_20250305`) cost what their family costs. */
export function callPrice(price: Price, tool: string): bigint {
  let family = 'default';
  for (const name in price.calls) {
    if (name !== 'default' && tool.startsWith(name) && (family === 'default' || name.length > family.length)) family = name;
  }
  return price.calls[family] ?? 0n;
}
