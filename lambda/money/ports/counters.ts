import type { Page } from '../../platform/stored';

/** Money set aside for one request. */
export interface OpenEntry {
  readonly nanoUsd: bigint;
  readonly expiresAtMs: number;
}

/** What a reservation that went well needs to know of its counter. */
export interface CounterFigures {
  readonly key: string;
  readonly remainingNanoUsd: bigint;
  readonly limitNanoUsd: bigint;
  readonly generation: number;
  /** Escrow shards in use; 0: requests reserve here. */
  readonly shards: number;
  /** Escrow shards that were ever in use. */
  readonly spread: number;
}

/** A counter as the table holds it. `remaining + open + parked + lent + charged = limit`, always. */
export interface CounterState extends CounterFigures {
  /** By attempt id. */
  readonly open: ReadonlyMap<string, OpenEntry>;
  /** Charged in full because their request died; kept until no late settlement can come. */
  readonly parked: ReadonlyMap<string, OpenEntry>;
  /** Money that escrow shards hold for it. */
  readonly lentNanoUsd: bigint;
}

/** Which counter, and what its level's budget says today. */
export interface CounterSpec {
  /** See `counterKey`. */
  readonly key: string;
  readonly limitNanoUsd: bigint;
  /** Grows with each change of the budget; a counter never goes back to an older one. */
  readonly generation: number;
  /** Counts, but never refuses. */
  readonly soft: boolean;
}

/** Today's budget, and what was spent in the period before the counter existed. */
export interface FreshBudget {
  readonly spec: CounterSpec;
  readonly spentNanoUsd: bigint;
  /** What was spent may be more than is known by now. */
  readonly late?: boolean;
}

export type ReserveResult =
  | { readonly kind: 'reserved'; readonly state: CounterFigures; readonly openCount: number }
  /** The state is what the counter would be under today's budget. */
  | { readonly kind: 'insufficient'; readonly state: CounterState }
  /** The counter knows a newer budget than the caller does, or the budget is gone. */
  | { readonly kind: 'stale'; readonly generation: number };

/**
 * Charges what was spent before a counter existed and was not known when it was made. Does nothing when that much is charged already.
 *
 * @param startNanoUsd all that was spent before, as far as it is known now
 */
export type CounterStart = (key: string, startNanoUsd: bigint) => Promise<void>;

/** Money per level and period. */
export interface CounterStore {
  /**
   * Sets `nanoUsd` aside under an attempt id, all or nothing. Each try is one call; a changed budget or a missing item takes one more.
   *
   * @param fresh reads the budget consistently, for a counter that does not exist yet; undefined when there is none any more
   * @throws what the table says; after a timeout the outcome is unknown
   */
  reserve(
    spec: CounterSpec,
    attemptId: string,
    entry: OpenEntry,
    fresh: () => Promise<FreshBudget | undefined>,
    timeoutMs: number,
  ): Promise<ReserveResult>;
  /** Gives `refund` (negative: takes more) back and drops the request's entry, once: without an entry nothing happens. Answers whether it did. */
  close(key: string, attemptId: string, refundNanoUsd: bigint, timeoutMs?: number): Promise<boolean>;
  /** Charges what was spent before the counter existed. */
  readonly startFrom: CounterStart;
  /** Moves a dead request's entry out of the live ones; it stays charged. */
  park(key: string, attemptId: string, entry: OpenEntry): Promise<void>;
  /** Reads consistently. With escrow shards: all of them together, so that nothing is lent. */
  get(key: string, timeoutMs?: number): Promise<CounterState | undefined>;
  /** Moves an existing counter to a new budget: `remaining` changes by what the limit changes. */
  move(spec: CounterSpec): Promise<void>;
  /** Every counter, shards included, in no order. Consistent. */
  scan(after?: string): Promise<Page<CounterState>>;
  /** Money lent to shards of a busy counter. */
  readonly escrow: EscrowStore;
}

export type ShardResult =
  | { readonly kind: 'reserved'; readonly state: CounterFigures; readonly openCount: number }
  /** Not enough, not there, or under an older budget: its root must lend it more. */
  | { readonly kind: 'empty'; readonly state: CounterState | undefined }
  | { readonly kind: 'stale'; readonly generation: number };

/** What became of lending: done, or the root as it is. */
export type LendResult = { readonly kind: 'lent' } | { readonly kind: 'refused'; readonly root: CounterState | undefined };

/**
 * Money of a busy counter, lent to shards: counters of their own that take writes beside each other. A root's `remaining` never counts
 * what it has lent; a transfer is one transaction, so money is always in exactly one place.
 */
export interface EscrowStore {
  /** One item as it is. Consistent. */
  read(key: string, timeoutMs: number): Promise<CounterState | undefined>;
  reserve(key: string, generation: number, attemptId: string, entry: OpenEntry, timeoutMs: number): Promise<ShardResult>;
  /** Moves money from a root to one of its shards, under the root's present budget. */
  lend(
    root: string,
    shard: string,
    nanoUsd: bigint,
    budget: { readonly generation: number; readonly limitNanoUsd: bigint },
    timeoutMs: number,
  ): Promise<LendResult>;
  /**
   * Takes back all that a shard has left, and lets it lend nothing under an older budget. Answers what came back; undefined when the shard
   * is no longer as it was read.
   *
   * @param generation of the shard from now on; not older than the one that it was read with
   */
  recall(root: string, shard: CounterState, generation: number, timeoutMs: number): Promise<bigint | undefined>;
  /** Tells every process how many shards to use, if the root still has `headroom` to lend. */
  resize(root: string, shards: number, spread: number, headroomNanoUsd: bigint, timeoutMs: number): Promise<boolean>;
}
