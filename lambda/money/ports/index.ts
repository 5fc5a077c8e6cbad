/** What money asks of whoever keeps it: pages, decisions and usage records, rows, claims, spend, price books. */
export type { Claim, IdempotencyStore } from './claims';
export type { Decided, DecisionResult, DecisionState, DecisionStore } from './decisions';
export {
  type DuePage,
  type PageReturn,
  type PageShards,
  type PageStore,
  RETIRED,
  type ReserveResult as PageReserveResult,
  type SentParcel,
  type ShardPlace,
} from './page-store';
export {
  type EmptyRates,
  type EntryCall,
  type KeptEntry,
  type Loan,
  type Mark,
  type MarkTake,
  type PageEntry,
  type PageSpec,
  type PageState,
  type PageTake,
  type Parcel,
  type PeriodSpec,
  type PeriodState,
  type PeriodTake,
  type ShardAmounts,
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
