/**
 * What a model's name means today, and which of its places a call goes to: configured providers, aliases, what was changed at run time,
 * conditions and strategies.
 */
export { allowedTargets } from './allowed';
export type { Asked } from './asked';
export { type Candidates, candidatesOf, type Skipped, withoutUnfit } from './candidates';
export { conversationOf } from './conversation';
export { type Carried, isBeyondWindow, isDemanding, notCarried, TOO_LONG } from './fitness';
export type { GuardrailInForce, Guardrails } from './guardrails';
export {
  type Admittance,
  createHealth,
  type Health,
  type HealthChange,
  type HealthFeed,
  type HealthStore,
  type SharedHealth,
  type SharedPlace,
  type SharedRest,
  type SharedSent,
  type SharedSpeed,
  type Verdict,
  type Visit,
} from './health';
export { createLiveConfiguration, type LiveConfiguration } from './live';
export { capabilitiesSaid, type ModelFacts, modelFacts, withModelFacts } from './model-facts';
export { createModelResolver, modelNotFound, type Resolution } from './models';
export {
  type AllOverrides,
  type BookOverride,
  type GuardrailOverride,
  type ModelOverride,
  type OverrideStore,
  type Overrides,
  routeOf,
} from './overrides';
export { type Placement, permitted, placementOf } from './placement';
export { knownPlaces, type Place, placesOf } from './places';
export { type ConfiguredProvider, configureProvider, type ProviderSite } from './providers';
export { isNarrower } from './residency';
export type { Shadow } from './shadow';
export { orderOf, type RoutingFacts, STRATEGIES, type Strategy } from './strategies';
export { plainTarget, type Target } from './target';
export type { TargetFacts } from './target-facts';
