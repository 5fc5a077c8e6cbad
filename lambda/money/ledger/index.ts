/** Admission, settlement and sweep: how money and limits stay true. The protocol is modelled in `spec/`. */
export { Abandonment, type Unsent } from './abandonment';
export type * from './admission';
export { type BudgetSources, budgetStates } from './budget-state';
export { keepCounting, moveBudgets } from './budgets';
export { ESCROW, type EscrowPolicy } from './escrow';
export { createFreshBudgets, type FreshBudgets } from './fresh-budget';
export { createLedger, type Ledger, type LedgerOptions } from './ledger';
export { type BoundLevel, bindLevel, GATEWAY_ID, labelOf, levelsOf } from './levels';
export { type Period, type PeriodName, periodAt } from './period';
export type { QueuedWork, SettlementQueue } from './persist';
export { type Plan, type PlannedCounter, plannedCounter, planOf } from './plan';
export { bookQueued } from './queued';
export { type Settlement, type SettlementOutcome, type SettlementStores, settleRequest } from './settlement';
export { readQueued, settlementQueue, writeQueued } from './settlement-message';
export { createSweeper, type Sweeper, type SweepOptions, type SweepReport } from './sweep';
