/** The entities kept in DynamoDB, one store each. Stores are the only owners of keys, indexes and attribute names. */

export { ALERT_PREFIX, type AlertStore, type BudgetAlert, createAlertStore, readAlert } from './alerts';
export { bigintOf, conditionFailure, fromItem, type Item, isThrottle, numberOf, type Storable, toItem } from './attributes';
export { type AuditEntry, type AuditStore, createAuditStore, readAuditEntry } from './audit';
export type { WriteResult } from './conditional';
export { counterKey } from './counter-item';
export { createSpentBefore } from './counter-start';
export {
  type CounterSpec,
  type CounterState,
  type CounterStore,
  createCounterStore,
  type FreshBudget,
  type OpenEntry,
} from './counters';
export type * from './entities';
export type { GateSpec, GateState } from './gate-plan';
export { createGateStore, type GateStore, gateKey } from './gates';
export { type Claim, createIdempotencyStore, type IdempotencyStore } from './idempotency';
export { createIdentityStore, type IdentityStore, type LevelRecords, type ListOptions, type Page, type ReadOptions } from './identity';
export {
  type BookOverride,
  createOverrideStore,
  type ModelOverride,
  type OverrideStore,
  type PriceFields,
  type PriceOverride,
} from './overrides';
export { createPriceBookStore, hashOfBook, type PriceBookStore } from './price-books';
export { createRecordStore, type RecordStore, type Transition, type TransitionFields } from './records';
export {
  type CounterReservation,
  isRequestItem,
  REQUEST_PREFIX,
  type RecordState,
  type RequestIntent,
  type RequestRecord,
  type RequestResult,
  readRecord,
} from './request-record';
export type { Application, Applied } from './rollup-marks';
export { REBUILD_PREFIX, type RebuildProgress, type RebuildRequest, readRebuild } from './rollup-rebuild';
export {
  addTotals,
  type Contribution,
  contributionOf,
  dayOf,
  dimensionValue,
  isZero,
  MEASURES,
  type Measure,
  NO_TOTALS,
  type RollupRow,
  subtractTotals,
  type Totals,
} from './rollup-totals';
export {
  createRollupStore,
  type Epochs,
  LARGEST_COMMIT,
  type ListedRow,
  type RollupStore,
  type RowChange,
} from './rollups';
export { createSpendStore, type SpendStore } from './spend';
export { mergeSpend, type SpendChange, type SpentAt, spendChanges, spendNames } from './spend-change';
export { MOST_NAMES } from './spend-names';
