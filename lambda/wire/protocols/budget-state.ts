/** How a budget that binds a call stands. */
export type BudgetState =
  | { readonly spent: false; readonly limitNanoUsd: bigint; readonly usedNanoUsd: bigint }
  /** `resetsAt` in epoch seconds; absent for a budget that never does. */
  | { readonly spent: true; readonly resetsAt?: number };
