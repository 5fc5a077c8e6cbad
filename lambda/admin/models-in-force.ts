import type { ProviderConfig, RouteConfig, StrategyName, TargetConfig } from '../../lib/private/contract';
import { createPriceBook, formatUsd, type Price } from '../money/pricing';
import { capabilitiesSaid, type ModelFacts, type ModelOverride, modelFacts, routeOf, withModelFacts } from '../routing';
import { readBooks } from './price-books';
import { pricedTarget } from './priced-targets';
import type { Services } from './services';

/** What is known of a name that callers may ask for, as it stands: deployed, and changed at run time. */
export interface ModelInForce {
  /** An alias, or a model as `provider/model`. */
  readonly alias: string;
  readonly targets: readonly TargetConfig[];
  readonly strategy: StrategyName;
  /** What every target takes, as far as it is known. */
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  /** US dollars per million tokens at the first target. */
  readonly inputUsd: string | null;
  readonly outputUsd: string | null;
  /** Last day of the target that ends first. */
  readonly endOfLife: string | null;
  readonly overridden: boolean;
}

interface Known {
  readonly window: number | undefined;
  readonly most: number | undefined;
  readonly price: Price | undefined;
  readonly end: string | undefined;
}

const PATTERN = /[*?]/;

export async function modelsInForce(services: Services): Promise<readonly ModelInForce[]> {
  const { document, overrides, clock } = services;
  const [{ inForce }, changed, prices, { capabilitiesOf, readCapabilities }] = await Promise.all([
    readBooks(services),
    overrides.list('model'),
    overrides.list('price'),
    import('../wire/models'),
  ]);
  const facts = modelFacts(document.models ?? [], changed);
  const book = createPriceBook(inForce, withModelFacts(prices, facts, document.priceAdjustments));
  const providers = new Map((document.providers ?? []).map((provider) => [provider.id, provider]));

  const knownOf = ({ provider, model }: TargetConfig): Known | undefined => {
    if (PATTERN.test(model)) return undefined;
    // Of a model whose provider is not configured yet, what was said of it is told all the same.
    const config: ProviderConfig = providers.get(provider) ?? { id: provider, kind: 'openai-compatible', network: 'public' };
    const price = book.lookup(pricedTarget(config, model), clock.now());
    const said = readCapabilities(capabilitiesSaid(facts, `${provider}/${model}`) ?? {});
    const can = { ...capabilitiesOf(config.kind, model), ...said };
    return {
      window: price?.contextWindow ?? can.contextWindow,
      most: price?.maxOutputTokens ?? can.maxOutputTokens,
      price: price === undefined || price.tokensUnpriced === true ? undefined : price,
      end: can.endOfLife,
    };
  };

  const changedIds = new Set([...changed, ...prices].map(({ id }) => id));
  return [...namesOf(services, facts, changed)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([alias, { targets, strategy = 'ordered' }]) => {
      const known = targets.flatMap((target) => knownOf(target) ?? []);
      const [first] = known;
      return {
        alias,
        targets,
        strategy,
        contextWindow: least(known.map(({ window }) => window)),
        maxOutputTokens: least(known.map(({ most }) => most)),
        inputUsd: first?.price === undefined ? null : formatUsd(first.price.rates.input.base),
        outputUsd: first?.price === undefined ? null : formatUsd(first.price.rates.output.base),
        endOfLife: known.flatMap(({ end }) => end ?? []).sort()[0] ?? null,
        overridden: changedIds.has(alias),
      };
    });
}

type Leading = Pick<RouteConfig, 'targets' | 'strategy'>;

/** Names without globs lead to themselves; of an alias that was changed at run time the change counts. */
function namesOf({ document }: Services, facts: readonly ModelFacts[], changed: readonly ModelOverride[]): ReadonlyMap<string, Leading> {
  const names = new Map<string, Leading>();
  const declared = (document.providers ?? []).flatMap(({ id, models = [] }) => models.map((model) => `${id}/${model}`));
  for (const name of [...declared, ...facts.map(({ id }) => id)]) {
    const slash = name.indexOf('/');
    if (!PATTERN.test(name)) names.set(name, { targets: [{ provider: name.slice(0, slash), model: name.slice(slash + 1) }] });
  }
  for (const route of document.routes ?? []) names.set(route.alias, route);
  for (const override of changed) {
    const route = routeOf(override);
    if (route !== undefined) names.set(route.alias, route);
  }
  return names;
}

function least(counts: readonly (number | undefined)[]): number | null {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}
