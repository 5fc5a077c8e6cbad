/** What a model's name means today: configured providers, aliases, and what was changed at run time. */
export { createLiveConfiguration, type LiveConfiguration } from './live';
export { capabilitiesSaid, type ModelFacts, modelFacts, withModelFacts } from './model-facts';
export { modelNotFound, type Resolution } from './models';
export type { AllOverrides, BookOverride, ModelOverride, OverrideStore, Overrides } from './overrides';
export { type ConfiguredProvider, configureProvider, type ProviderSite } from './providers';
export { orderOf, type RoutingFacts, type Strategy, type StrategyName } from './strategies';
export type { Target } from './target';
