/** What became of a conditional write: done, or refused because the row is not what the caller believed. */
export type WriteResult = 'done' | 'conflict';

/** One page of a list, as a store gives it. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent at the end. Good for the same list only. */
  readonly next?: string;
}

/** The table said no for lack of capacity: the call was not applied. */
export function isThrottle(error: unknown): boolean {
  return error instanceof Error && THROTTLES.has(error.name);
}

const THROTTLES = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
]);
