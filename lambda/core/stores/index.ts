/** The entities kept in DynamoDB, one store each. Stores are the only owners of keys, indexes and attribute names. */
export { bigintOf, conditionFailure, fromItem, type Item, isThrottle, numberOf, type Storable, toItem } from './attributes';
export { type AuditEntry, type AuditStore, createAuditStore } from './audit';
export type { WriteResult } from './conditional';
export type * from './entities';
export { type Claim, createIdempotencyStore, type IdempotencyStore } from './idempotency';
export { createIdentityStore, type IdentityStore, type LevelRecords, type ListOptions, type Page, type ReadOptions } from './identity';
export { createOverrideStore, type ModelOverride, type OverrideStore, type PriceFields, type PriceOverride } from './overrides';
export { createRecordStore, type RecordStore, type Transition, type TransitionFields } from './records';
export {
  type CounterReservation,
  isRequestItem,
  type RecordState,
  type RequestIntent,
  type RequestRecord,
  type RequestResult,
  readRecord,
} from './request-record';
