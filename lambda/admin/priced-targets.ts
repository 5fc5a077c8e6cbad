import type { ProviderConfig, TargetConfig } from '../../lib/private/contract';
import { createPriceBook, type PriceBookData } from '../money/pricing';
import { modelFacts, withModelFacts } from '../routing';
import type { Services } from './services';

/** A model that the configuration names, and who prices it. */
export interface TargetPrice {
  /** `provider/model`. */
  readonly target: string;
  readonly price: 'book' | 'override' | 'free' | null;
}

const PATTERN = /[*?]/;

/** Prices of what providers and routes name, patterns left out: their models are known when they are asked for. */
export async function targetPrices({ document, overrides, clock }: Services, data: PriceBookData): Promise<readonly TargetPrice[]> {
  const [models, prices] = await Promise.all([overrides.list('model'), overrides.list('price')]);
  const facts = modelFacts(document.models ?? [], models);
  const book = createPriceBook(data, withModelFacts(prices, facts, document.priceAdjustments));
  const providers = new Map((document.providers ?? []).map((provider) => [provider.id, provider]));
  const named: TargetConfig[] = [
    ...(document.providers ?? []).flatMap(({ id, models: own }) => (own ?? []).map((model) => ({ provider: id, model }))),
    ...[...(document.routes ?? []), ...models].flatMap(({ targets = [] }) => targets),
  ];
  const byName = new Map(named.filter(({ model }) => !PATTERN.test(model)).map((target) => [`${target.provider}/${target.model}`, target]));
  return [...byName]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([target, { provider, model }]) => {
      const config = providers.get(provider);
      const found = config === undefined ? undefined : book.lookup(pricedTarget(config, model), clock.now());
      return { target, price: found === undefined || found.source === 'ceiling' ? null : found.source };
    });
}

/** @param team id of the team that calls, where it may have prices of its own */
export function pricedTarget({ id, kind, regions, free }: ProviderConfig, model: string, team?: string) {
  return {
    provider: id,
    kind,
    model,
    ...(regions === undefined ? {} : { regions }),
    ...(free === undefined ? {} : { free }),
    ...(team === undefined ? {} : { team }),
  };
}
