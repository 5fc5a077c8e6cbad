import type { Page } from '../../platform/stored';
import type { UsageRecord } from '../record/usage-record';
import type { DecisionStore } from './decisions';

/** A usage record as it is kept. */
export type KeptRecord = UsageRecord & {
  /** When it reached its present state: ISO 8601. */
  readonly updatedAt: string;
};

/** The usage records, each written once it is decided what becomes of its attempt. */
export interface UsageRecordStore extends DecisionStore<UsageRecord, KeptRecord> {
  /** Those of one UTC day (`2026-11-24`), newest first: by the day on which they were decided, which an adjustment leaves as it is. */
  list(day: string, options?: { readonly limit?: number; readonly after?: string }): Promise<Page<KeptRecord>>;
}
