/** What money asks of whoever keeps it: pages, decisions and usage records, rows, claims, spend, price books. */
export type { IdempotencyStore } from './claims';
export type { Decided, DecisionResult, DecisionState, DecisionStore } from './decisions';
export {
  type DuePage,
  type EmptyRates,
  type EntryCall,
  type KeptEntry,
  type Loan,
  type MarkTake,
  type PageEntry,
  type PageReturn,
  type PageShards,
  type PageSpec,
  type PageState,
  type PageStore,
  type PageTake,
  type Parcel,
  type PeriodSpec,
  type PeriodState,
  type PeriodTake,
  RETIRED,
  type ReserveResult as PageReserveResult,
  type ShardAmounts,
  type ShardPlace,
  type SlotFigures,
  type SlotTake as PageSlotTake,
  type TakenTokens,
  WINDOW_NAMES,
  type WindowFigures,
  type WindowName,
  type WindowTake,
} from './pages';
export type { PlannedRows, RowCheck, RowMarks } from './planned-rows';
export type { PriceBookStore } from './price-books';
export type { SpendStore } from './spend';
export type { KeptRecord, UsageRecordStore } from './usage-records';
