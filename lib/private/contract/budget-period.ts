/** Calendar periods of a budget, and all time. */
export const BUDGET_PERIODS = ['hour', 'day', 'week', 'month', 'lifetime'] as const;
export type BudgetPeriodName = (typeof BUDGET_PERIODS)[number];
