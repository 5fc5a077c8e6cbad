/** Which guardrail policies hold for a call, and what they find in what it says and is answered. */
export type { GuardedAnswer } from './answer';
export { CallGuard } from './call-guard';
export type { GuardedCall, GuardVerdict, ManagedGuard, ManagedGuards, ManagedRule, Way } from './managed';
export { type Masking, MaskRestorer, Masks } from './masks';
export type { Noted, Verdict } from './noted';
export { type AppliedPolicies, type AppliedPolicy, type AppliedRule, applied, appliedPolicies, unavailable } from './policy';
export { checkPrompt } from './prompt';
export type { RestoredAnswer } from './restored-answer';
export { type CheckedPiece, createScanner, type Finding, type HeldText, type LocalRule, type LocalScanner, type TextForm } from './scanner';
export { rulesThatAsk, type TriedPolicy, tryPolicy } from './try-policy';
