import type { RequestRecord } from './fields';

/**
 * The record of an attempt, written once it is decided what becomes of it. Whoever finds a dead one knows no more of it than what its entry
 * says.
 */
export type UsageRecord = Omit<RequestRecord, 'updatedAt' | 'costNanoUsd'> & {
  readonly costNanoUsd: bigint;
  /** Tokens that it used, for the pages' windows; absent: nobody knows. Said by its usage, and so not kept by itself. */
  readonly tokens?: number | undefined;
};

/** Of an attempt that was given up before anything was sent, and that nobody was answered for, no list, sum or trail tells. */
export function isGivenUp({ state, status }: Pick<UsageRecord, 'state' | 'status'>): boolean {
  return state === 'void' && status === undefined;
}
