import type { Stage } from '../relay/stages';

/** Looks for what the guardrail policies of a call find in its answer. */
export const guardStage: Stage = { open: ({ guard }) => guard?.openAnswer() };

/** Behind all others: the caller alone gets its own values back. */
export const restoreStage: Stage = { open: ({ guard }) => guard?.openRestored() };
