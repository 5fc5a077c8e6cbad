import { matchesModel } from '../../platform/runtime';
import type { BookRow } from './book-line';
import { unitUsd, usd } from './money';
import { completeRates, FREE_PRICE, limitsOf, type Price, type PricedPlace, type Rate, type TokenClass, UNKNOWN_CALL } from './price';
import type { PriceOverride } from './price-override';
import { serviceTiersOf } from './service-tiers';
import { toolPricesOf } from './tool-prices';

/**
 * Overrides that mean a model, in the order in which they go before each other: those of its own name before those of looser names, these
 * before globs.
 *
 * @param names `provider/model` by every name of the model, as it was given first
 */
export function overridesOf(overrides: readonly PriceOverride[], names: readonly string[]): readonly PriceOverride[] {
  const exact = names.flatMap((name) => overrides.filter(({ id }) => id.toLowerCase() === name.toLowerCase()));
  const fitting = names.flatMap((name) => overrides.filter(({ id }) => matchesModel(id, name)));
  return [...new Set([...exact, ...fitting])];
}

/** What such overrides say as one: of what one leaves open the next may tell. */
export function together(inOrder: readonly PriceOverride[]): PriceOverride | undefined {
  const [first, ...others] = inOrder;
  if (first === undefined || others.length === 0) return first;
  const limits = limitsOf(
    inOrder.find(({ contextWindow }) => contextWindow !== undefined)?.contextWindow,
    inOrder.find(({ maxOutputTokens }) => maxOutputTokens !== undefined)?.maxOutputTokens,
  );
  const priced = inOrder.find(saysPrice) ?? first;
  const isWhole = priced.contextWindow === limits.contextWindow && priced.maxOutputTokens === limits.maxOutputTokens;
  return isWhole ? priced : { ...priced, ...limits };
}

/** Whether it says what a model costs, and not only how long its prompts and answers are. */
export function saysPrice({ free, usdPerMillionTokens, usdPerUnit }: PriceOverride): boolean {
  return free === true || usdPerMillionTokens !== undefined || usdPerUnit !== undefined;
}

/**
 * The price of a model whose override says one.
 *
 * @param row what the book says of it, if anything: its tiers and its lengths hold on
 */
export function overriddenPrice(override: PriceOverride, { kind, model }: PricedPlace, row: BookRow | undefined): Price {
  const version = `override-${override.generation}`;
  const limits = limitsOf(override.contextWindow ?? row?.window, override.maxOutputTokens ?? row?.maxOutput);
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
  set('audioCacheRead', prices.audio_cache_read);
  set('imageInput', prices.image_input);
  set('output', prices.output);
  set('reasoning', prices.reasoning);
  set('audioOutput', prices.audio_output);
  set('imageOutput', prices.image_output);
  const units = Object.entries(override.usdPerUnit ?? {}).map(([unit, amount]) => [unit, unitUsd(amount)]);
  const calls = Object.entries(override.usdPerToolCall ?? {}).map(([tool, amount]) => [tool, usd(amount)]);
  return {
    version,
    source: 'override',
    place: { kind, model },
    rates: completeRates(rates),
    calls: { default: UNKNOWN_CALL, ...toolPricesOf(kind, model), ...Object.fromEntries(calls) },
    ...(units.length === 0 ? {} : { units: Object.fromEntries(units) }),
    ...(override.usdPerMillionTokens === undefined ? { tokensUnpriced: true as const } : {}),
    perRequest: 0n,
    serviceTiers: row?.tiers ?? serviceTiersOf(kind),
    ...limits,
  };
}
