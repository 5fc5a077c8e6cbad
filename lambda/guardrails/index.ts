/** Which guardrail policies hold for a call, and what they find in what it says and is answered. */
export type { GuardedCall, GuardVerdict, ManagedGuard, ManagedGuards, ManagedRule, Way } from './managed';
