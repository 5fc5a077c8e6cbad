/** What money asks of whoever keeps it: counters, gates, records, claims, rows, price books. */
export type { IdempotencyStore } from './claims';
export type {
  CounterFigures,
  CounterSpec,
  CounterStart,
  CounterState,
  CounterStore,
  EscrowStore,
  OpenEntry,
  ReserveResult,
} from './counters';
export type { GatePass, GateRequest, GateSpec, GateState, GateStore, GateVerdict, RateState, WindowState } from './gates';
export type { PriceBookStore } from './price-books';
export type { RecordStore, Transition, TransitionFields } from './records';
export type { LevelRows } from './rows';
export type { SpendStore } from './spend';
