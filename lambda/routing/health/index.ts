/** How places answer of late: who rests, who is to be probed, how fast each is, and what its provider's quota leaves. */
export { createHealth, type Health } from './health';
export type { SharedSent } from './minute-count';
export type { HealthChange, HealthFeed, HealthStore, SharedHealth, SharedPlace, SharedRest } from './ports';
export type { SharedSpeed } from './speed';
export type { Admittance, Verdict } from './verdict';
export type { Visit } from './visit';
