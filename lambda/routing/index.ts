/** What a model's name means today: configured providers, aliases, and what was changed at run time. */
export { createLiveConfiguration, type LiveConfiguration } from './live';
export { modelNotFound, type Resolution, type Target } from './models';
export type { BookOverride, ModelOverride, OverrideStore, Overrides } from './overrides';
export { type ConfiguredProvider, configureProvider, type ProviderSite } from './providers';
