import type { BudgetState } from '../../protocols/budget-state';

/** Shares of a budget from which on a caller is warned, dearest first. */
const THRESHOLDS = [0.95, 0.75] as const;
const FAMILY = 'anthropic-ratelimit-unified';

/** How Anthropic's own clients are told that a budget is nearly or wholly spent: Claude Code shows it as a notice. */
export function budgetHeaders(budget: BudgetState): Record<string, string> {
  return budget.spent ? spentHeaders(budget.resetsAt) : warningHeaders(budget.limitNanoUsd, budget.usedNanoUsd);
}

function warningHeaders(limitNanoUsd: bigint, usedNanoUsd: bigint): Record<string, string> {
  if (limitNanoUsd <= 0n) return {};
  const share = Number((usedNanoUsd * 1_000n) / limitNanoUsd) / 1_000;
  const threshold = THRESHOLDS.find((least) => share >= least);
  if (threshold === undefined) return {};
  return {
    [`${FAMILY}-status`]: 'allowed_warning',
    [`${FAMILY}-representative-claim`]: 'overage',
    [`${FAMILY}-overage-status`]: 'allowed_warning',
    [`${FAMILY}-overage-utilization`]: String(share),
    [`${FAMILY}-overage-surpassed-threshold`]: String(threshold),
  };
}

function spentHeaders(resetsAt: number | undefined): Record<string, string> {
  return {
    [`${FAMILY}-status`]: 'rejected',
    [`${FAMILY}-representative-claim`]: 'overage',
    [`${FAMILY}-overage-status`]: 'rejected',
    ...(resetsAt === undefined ? {} : { [`${FAMILY}-reset`]: String(resetsAt), [`${FAMILY}-overage-reset`]: String(resetsAt) }),
  };
}
