/** Admission, settlement and sweep: how money and limits stay true. The protocol is modelled in `spec/`. */
export { Abandonment, type Unsent } from './abandonment';
export type * from './admission';
export type { Admission, Bound, Refusal, Reservation, SmallerBounds } from './admission';
export { type BudgetSources, budgetNames, budgetStates } from './budget-state';
export { keepCounting, moveBudgets } from './budgets';
export { answerOf, emptyCounter, holds, shardAnswerOf, wholeOf } from './counter-state';
export { ESCROW, type EscrowPolicy } from './escrow';
export { createFreshBudgets, type FreshBudgets } from './fresh-budget';
export {
  deadSlots,
  type GateReturn,
  type GateTake,
  passOf,
  type RateTake,
  returnOf,
  type SlotTake,
  type TokenTake,
  takeFrom,
} from './gates';
export { gatherShards } from './gather';
export type { KeyRow, LevelKind, LevelRow } from './holders';
export { createLedger, type Ledger, type LedgerOptions } from './ledger';
export { type BoundLevel, bindLevel, GATEWAY_ID, labelOf, levelsOf } from './levels';
export { LIFETIME_MS } from './lifetime';
export { GATE_PREFIX, MONEY_PREFIX, shardKey } from './names';
export { type Period, type PeriodName, periodAt } from './period';
export type { QueuedWork, SettlementQueue } from './persist';
export { type Plan, type PlannedCounter, plannedCounter, planOf } from './plan';
export { bookQueued } from './queued';
export { type Settlement, type SettlementOutcome, type SettlementStores, settleRequest } from './settlement';
export { readQueued, settlementQueue, writeQueued } from './settlement-message';
export { createSweeper, type Sweeper, type SweepOptions, type SweepReport } from './sweep';
