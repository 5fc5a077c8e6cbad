import type { Price } from '../../lambda/money/pricing';
import type { RoutingFacts, Target, TargetFacts } from '../../lambda/routing';

/** Targets of names alone, or with what a route says of them. */
export function targetsOf(...named: readonly (string | (Partial<Target> & { readonly name: string }))[]): readonly Target[] {
  return named.map((one) => {
    const said = typeof one === 'string' ? { name: one } : one;
    const slash = said.name.indexOf('/');
    return { model: said.name.slice(slash + 1), provider: { id: said.name.slice(0, slash) }, key: said.name, ...said } as Target;
  });
}

const QUIET: TargetFacts = { healthy: true, inFlight: 0 };

export interface FactsChanges extends Partial<Omit<RoutingFacts, 'factsOf' | 'prices'>> {
  readonly prices?: Readonly<Record<string, Price>>;
  readonly targets?: Readonly<Record<string, Partial<TargetFacts>>>;
}

export function factsWith({ prices = {}, targets = {}, ...changes }: FactsChanges = {}): RoutingFacts {
  return {
    prices: new Map(Object.entries(prices)),
    inputTokens: () => 1_000,
    outputTokens: () => 100,
    factsOf: ({ name }) => ({ ...QUIET, ...targets[name] }),
    random: Math.random,
    ...changes,
  };
}
