import type { Page } from '../../platform/stored';
import type { UsageRecord } from '../record/usage-record';
import type { DecisionResult, DecisionStore } from './decisions';

/** A usage record as it is kept. */
export type KeptRecord = UsageRecord & {
  /** When it reached its present state: ISO 8601. */
  readonly updatedAt: string;
};

/** The usage records, each written once it is decided what becomes of its attempt. */
export interface UsageRecordStore extends DecisionStore<UsageRecord, KeptRecord> {
  /**
   * Puts a re-rating if there is none of its id, into the list beside its request.
   *
   * @param listedAt when its request was decided: ISO 8601
   */
  putRerating(record: UsageRecord, listedAt: string): Promise<DecisionResult<KeptRecord>>;
  /** Those of one UTC day (`2026-11-24`), newest first: by the day on which they were decided, which an adjustment leaves as it is. */
  list(day: string, options?: { readonly limit?: number; readonly after?: string }): Promise<Page<KeptRecord>>;
}
