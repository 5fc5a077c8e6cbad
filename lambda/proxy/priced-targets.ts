import { ceilingPrice, dearerPrice, type Price, type PriceBook, pricesAny, usd } from '../money/pricing';
import type { Target } from '../routing';
import { toolModelsOf } from '../wire/model';
import type { RoutedCall } from './before/call';
import { toolTarget } from './before/policy';
import type { Gateway } from './gateway';
import { lengthsSaid, priceAt } from './price-at';

/** Those of a call's targets that have a price, and what it is. */
export interface PricedTargets {
  readonly targets: readonly Target[];
  /** In the order of `targets`. */
  readonly prices: readonly Price[];
  readonly byName: ReadonlyMap<string, Price>;
}

/** Prices, and what models are called by the book, as they were looked up for one list of targets. */
interface Kept {
  readonly book: PriceBook;
  readonly minute: number;
  readonly operation: RoutedCall['operation'];
  /** Whose prices they are, where teams have prices of their own. */
  readonly team: string | undefined;
  readonly priced: PricedTargets;
}

/** Prices change at whole minutes. */
const MINUTE_MS = 60_000;
/** What a model's name means is kept as long as it holds, and so are the prices of what it means. */
const kept = new WeakMap<readonly Target[], Kept>();

/** What a call costs where it may go, under the book of this moment. */
export function pricedTargets(gateway: Gateway, call: RoutedCall): PricedTargets {
  const { targets, operation, facts } = call;
  // What a call's tools run is a matter of that call.
  if (facts.toolUses.length > 0) return priceAll(gateway, call);
  const book = gateway.prices();
  const minute = Math.floor(gateway.clock.now() / MINUTE_MS);
  const team = book.pricesTeams ? call.rows.team?.id : undefined;
  const known = kept.get(targets);
  if (known !== undefined && known.book === book && known.minute === minute && known.operation === operation && known.team === team)
    return known.priced;
  const priced = priceAll(gateway, call);
  kept.set(targets, { book, minute, operation, team, priced });
  return priced;
}

function priceAll(gateway: Gateway, call: RoutedCall): PricedTargets {
  const targets: Target[] = [];
  const prices: Price[] = [];
  const byName = new Map<string, Price>();
  for (const target of call.targets) {
    const price = priceWithTools(gateway, call, target);
    if (price === undefined) continue;
    targets.push(target);
    prices.push(price);
    byName.set(target.name, price);
  }
  return { targets: targets.length === call.targets.length ? call.targets : targets, prices, byName };
}

/**
 * What a call costs at a place. Usage is one sum over the call's own model and those that its tools run, so each token is charged at the
 * dearest of them; without a price of one there is none.
 */
function priceWithTools(gateway: Gateway, call: RoutedCall, target: Target): Price | undefined {
  const models = toolModelsOf(call.facts.toolUses);
  const own = priceOf(gateway, call, target);
  return models.reduce<Price | undefined>((price, model) => {
    const other = priceOf(gateway, call, toolTarget(target, model));
    return price === undefined || other === undefined ? undefined : dearerPrice(price, other);
  }, own);
}

function priceOf(gateway: Gateway, call: RoutedCall, target: Target): Price | undefined {
  const price = priceAt(gateway, target, call.rows.team?.id);
  const { unknownPrice } = call.configuration.document;
  // A price by the picture is none for who is billed by the token.
  const known = price !== undefined && pricesAny(price, call.operation.billedIn) ? price : undefined;
  if (known !== undefined || unknownPrice?.policy !== 'ceiling' || unknownPrice.ceilingUsd === undefined) return known;
  return { ...ceilingPrice(usd(unknownPrice.ceilingUsd)), ...lengthsSaid(call, target) };
}

const namesByTargets = new WeakMap<readonly Target[], { readonly book: PriceBook; readonly names: readonly string[] }>();

/** `provider/model` of every place, under each name that the book has for the model. */
export function candidateModels(gateway: Pick<Gateway, 'prices'>, targets: readonly Target[]): readonly string[] {
  const book = gateway.prices();
  const known = namesByTargets.get(targets);
  if (known?.book === book) return known.names;
  const names = targets.flatMap(({ model, provider }) => book.namesOf(provider.config.kind, model).map((name) => `${provider.id}/${name}`));
  namesByTargets.set(targets, { book, names });
  return names;
}
