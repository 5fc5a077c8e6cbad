export { createScanner } from './scanner';
export type { CheckedPiece, Finding, HeldText, LocalRule, LocalScanner, TextForm } from './types';
