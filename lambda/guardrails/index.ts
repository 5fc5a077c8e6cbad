/** Which guardrail policies hold for a call, and what they find in what it says and is answered. */
export type { GuardedCall, GuardVerdict, ManagedGuard, ManagedGuards, ManagedRule, Way } from './managed';
export { type Masking, MaskRestorer, Masks } from './masks';
export { type CheckedPiece, createScanner, type Finding, type HeldText, type LocalRule, type LocalScanner, type TextForm } from './scanner';
