import type { ProviderConfig, RouteConfig } from '../../lib/private/contract';

/**
 * Models that the configuration names in full, as `provider/model`: what routes lead to, what providers declare, what prices were set
 * for. A name that only fits a glob is a caller's choice and not among them.
 *
 * @param prices ids of price overrides
 */
export function configuredModels(
  providers: readonly Pick<ProviderConfig, 'id' | 'models'>[],
  routes: readonly RouteConfig[],
  prices: readonly string[],
): ReadonlySet<string> {
  const names = [...prices];
  for (const { id, models = [] } of providers) names.push(...models.map((model) => `${id}/${model}`));
  for (const { alias, targets } of routes) {
    // A target `*` stands for the name that was asked for, which is the alias.
    for (const { provider, model } of targets) names.push(`${provider}/${model === '*' ? alias : model}`);
  }
  return new Set(names.filter((name) => !name.includes('*')));
}
