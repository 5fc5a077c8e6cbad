import type { ProviderConfig } from '../../lib/private/contract';
import { charged, createPriceBook, formatUsd, type Price, percentText, type TokenClass } from '../money/pricing';
import type { JsonObject } from '../platform/json';
import { modelFacts, withModelFacts } from '../routing';
import { modelsInForce } from './models-in-force';
import { readBooks } from './price-books';
import { pricedTarget } from './priced-targets';
import type { Services } from './services';

/** Classes of tokens, as the admin API calls them. */
const CLASSES: Readonly<Record<string, TokenClass>> = {
  input: 'input',
  output: 'output',
  cache_read: 'cacheRead',
  cache_write_5m: 'cacheWrite5m',
  cache_write_1h: 'cacheWrite1h',
  reasoning: 'reasoning',
  audio_input: 'audioInput',
  audio_output: 'audioOutput',
  audio_cache_read: 'audioCacheRead',
  image_input: 'imageInput',
  image_output: 'imageOutput',
};
export const PRICED_CLASSES = Object.keys(CLASSES);
/** What one of a unit costs has more digits than what a million do. */
const MILLION_DIGITS = 6;
const NANO_DIGITS = 9;

/** What a model costs here at this moment: the price that a call would be admitted at. Of an alias, its first target; undefined where nothing is known. */
export async function priceInForce(services: Services, name: string): Promise<JsonObject | undefined> {
  const { document, overrides, clock } = services;
  const led = name.includes('/') ? undefined : (await modelsInForce(services)).find(({ alias }) => alias === name)?.targets[0];
  const target = led === undefined ? name : `${led.provider}/${led.model}`;
  const slash = target.indexOf('/');
  const provider = target.slice(0, slash);
  const [{ inForce }, models, prices] = await Promise.all([readBooks(services), overrides.list('model'), overrides.list('price')]);
  const config: ProviderConfig | undefined = (document.providers ?? []).find(({ id }) => id === provider);
  if (slash < 1 || config === undefined) return undefined;
  const said = withModelFacts(prices, modelFacts(document.models ?? [], models), document.priceAdjustments);
  const book = createPriceBook(inForce, said);
  const priceOf = (team?: string): Price | undefined => book.lookup(pricedTarget(config, target.slice(slash + 1), team), clock.now());
  const price = priceOf();
  if (price === undefined) return undefined;
  const teams = [...new Set(said.flatMap(({ teamPercent = {} }) => Object.keys(teamPercent)))].sort();
  return {
    ...wireOf(target, price),
    ...adjustmentsOf(
      price,
      teams.map((team) => [team, priceOf(team)] as const),
    ),
  };
}

/** What is charged on top of list prices: for everybody, and for teams that have prices of their own. */
function adjustmentsOf(price: Price, teams: readonly (readonly [team: string, price: Price | undefined])[]): JsonObject {
  const wire: JsonObject = {};
  const { adjustment } = price;
  if (adjustment !== undefined) {
    wire['percent'] = percentText(adjustment.place);
    if (price.tokensUnpriced !== true)
      wire['charged_usd_per_million_tokens'] = tokenPrices(price, (nanoUsd) => charged(nanoUsd, adjustment));
  }
  const own = teams.flatMap(([team, theirs]) => (theirs?.adjustment === undefined ? [] : [[team, percentText(theirs.adjustment.team)]]));
  if (own.length > 0) wire['team_percent'] = Object.fromEntries(own);
  return wire;
}

function tokenPrices({ rates }: Price, of: (nanoUsd: bigint) => bigint): JsonObject {
  return Object.fromEntries(Object.entries(CLASSES).map(([name, token]) => [name, formatUsd(of(rates[token].base))]));
}

function wireOf(model: string, price: Price): JsonObject {
  const wire: JsonObject = { model, source: price.source, version: price.version };
  if (price.tokensUnpriced !== true) {
    wire['usd_per_million_tokens'] = tokenPrices(price, (nanoUsd) => nanoUsd);
    const { tiers } = price.rates.input;
    if (tiers.length > 0) wire['dearer_above_input_tokens'] = tiers.map(({ above }) => above);
  }
  const units = Object.entries(price.units ?? {});
  if (units.length > 0) wire['usd_per_unit'] = Object.fromEntries(units.map(([unit, nanoUsd]) => [unit, unitUsd(nanoUsd)]));
  const calls = Object.entries(price.calls);
  if (calls.length > 0) wire['usd_per_tool_call'] = Object.fromEntries(calls.map(([tool, nanoUsd]) => [tool, formatUsd(nanoUsd)]));
  if (price.perRequest > 0n) wire['usd_per_request'] = formatUsd(price.perRequest);
  if (price.contextWindow !== undefined) wire['context_window'] = price.contextWindow;
  if (price.maxOutputTokens !== undefined) wire['max_output_tokens'] = price.maxOutputTokens;
  return wire;
}

/** Nano-USD per million as US dollars for one. */
function unitUsd(nanoUsdPerMillion: bigint): string {
  const digits = NANO_DIGITS + MILLION_DIGITS;
  const text = nanoUsdPerMillion.toString().padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, '');
}
