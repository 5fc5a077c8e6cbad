/** The entities kept in DynamoDB, one store each. Stores are the only owners of keys, indexes and attribute names. */

export { ALERT_PREFIX, type Alert, type AlertStore, createAlertStore, readAlert } from './alerts';
export { bigintOf, conditionFailure, fromItem, type Item, numberOf, type Storable, toItem } from './attributes';
export { type AuditEntry, type AuditStore, createAuditStore, readAuditEntry } from './audit';
export { createDailySpend, type DailySpend } from './daily-spend';
export {
  createDeletionStore,
  createRecordBlanking,
  DELETED_WITHIN_MS,
  type Deletion,
  type DeletionStore,
  type RecordBlanking,
} from './deletions';
export type { DynamoDbConnector } from './dynamodb';
export { createLeanDynamoDb } from './dynamodb-lean';
export { type ChangedDay, createExportStore, type ExportProgress, type ExportStore } from './exports';
export { createHealthStore, type SharedHealthStore } from './health';
export { createIdempotencyStore } from './idempotency';
export { createIdentityStore } from './identity';
export { createOverrideStore } from './overrides';
export { createPageStore } from './pages';
export { createPriceBookStore, hashOfBook } from './price-books';
export { createRefusalStore, REFUSED_PREFIX, type RefusalStore, readRefusals } from './refusals';
export { isRequestItem, REQUEST_PREFIX, readRecord } from './request-record';
export { rowsOfDay } from './rollup-day';
export type { Application, Applied } from './rollup-marks';
export { REBUILD_PREFIX, type RebuildProgress, type RebuildRequest, readRebuild } from './rollup-rebuild';
export { type ListedRow, listOfKey, ROW_LISTS } from './rollup-row';
export { createRollupStore, type Epochs, LARGEST_COMMIT, type RollupStore } from './rollups';
export { createSpendStore } from './spend';
export { mergeSpend, type SpendChange, type SpentAt, spendChanges, spendNames } from './spend-change';
export { MOST_NAMES } from './spend-names';
export { createSubjectKeys } from './subject-keys';
export { createTrailHeads } from './trail-heads';
export { createUsageRecordStore } from './usage-records';
export { type CountedValue, MOST_LABELS, MOST_VALUES, OTHER_VALUES } from './usage-values';
