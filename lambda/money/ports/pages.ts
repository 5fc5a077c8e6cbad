/** Sliding (requests) or fixed (tokens) spans of time that limits count in. */
export type WindowName = 'minute' | 'day';
export const WINDOW_NAMES = ['minute', 'day'] as const satisfies readonly WindowName[];

/** A period of one page, as the level's budgets have it today. */
export interface PeriodSpec {
  /** `month`; `month.7` where the budget was put in force in mid-period with the level's seventh generation and counts for itself. */
  readonly name: string;
  readonly startMs: number;
  /** Infinite: a lifetime. */
  readonly endMs: number;
  readonly limitNanoUsd: bigint;
  /** False: it counts and refuses nothing (a soft budget, one that was taken away, and what a key's page always counts). */
  readonly binds: boolean;
}

/** One page, and what its level says of it today. A page is the one item of a level and a glob of models. */
export interface PageSpec {
  /** Of the item: the page, or the shard of it that is reserved on; see `pageKey`, `shardPageKey`. */
  readonly key: string;
  /** Key of the page itself; the same as `key` unless this is a shard. */
  readonly root: string;
  /** Grows with each change of the level's limits, and never starts again. */
  readonly generation: number;
  /** Every one of them takes what a call may cost; none takes anything from a free call. */
  readonly periods: readonly PeriodSpec[];
  /** Requests a window. An absent limit does not bind. */
  readonly requests: Readonly<Partial<Record<WindowName, number>>>;
  /** Tokens a window. */
  readonly tokens: Readonly<Partial<Record<WindowName, number>>>;
  /** Concurrent requests. */
  readonly slots?: number | undefined;
}

/** Tokens taken from the window that began at `startMs`. */
export interface TakenTokens {
  readonly startMs: number;
  readonly amount: number;
}

/** What one attempt holds on one page. Nothing of it changes while the attempt lives. */
export interface PageEntry {
  /** `w`: what the call may cost at most. */
  readonly nanoUsd: bigint;
  /** `s`: the last moment at which the attempt may have heard all its pages. */
  readonly heardByMs: number;
  /** `x`: by then its process has ended. */
  readonly expiresAtMs: number;
  /** Start of each period that it took `nanoUsd` from, by name. */
  readonly starts: Readonly<Record<string, number>>;
  readonly slot: boolean;
  readonly tokens: Readonly<Partial<Record<WindowName, TakenTokens>>>;
  /** Of any page but the first: the key of the first. */
  readonly first?: string | undefined;
  /** On the first page alone: it is the intent too. */
  readonly call?: EntryCall | undefined;
  /** Which of several tries at the same reserve wrote it, the first being 1; see `PageStore.close`. Absent: the first, as far as anybody asks. */
  readonly tryNumber?: number | undefined;
}

/** What the first page's entry says of the call, for whoever must write its record. */
export interface EntryCall {
  readonly model: string;
  readonly operation: string;
  readonly teamId?: string | undefined;
  readonly projectId?: string | undefined;
  readonly userId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Keys of the attempt's other pages. */
  readonly others: readonly string[];
}

/** An entry after X (see `PageStore.keep`): it stays charged, without a slot. */
export type KeptEntry = Pick<PageEntry, 'nanoUsd' | 'expiresAtMs' | 'starts' | 'tokens' | 'first' | 'tryNumber'>;

export interface PeriodState {
  readonly startMs: number;
  readonly remainingNanoUsd: bigint;
  readonly limitNanoUsd: bigint;
  /** What was spent in it before the page counted, where the period began there late. */
  readonly spentBeforeNanoUsd?: bigint | undefined;
}

export interface WindowFigures {
  readonly startMs: number;
  readonly remaining: number;
  readonly limit: number;
}

export interface SlotFigures {
  readonly remaining: number;
  readonly limit: number;
}

/** What a root has lent to one of its shards: how often, and what is on its way. */
export interface Loan {
  readonly number: number;
  readonly parcel?: Parcel | undefined;
}

/** What comes home from a shard. */
export interface ShardAmounts {
  /** By period. */
  readonly nanoUsd: Readonly<Record<string, bigint>>;
  readonly slots?: number | undefined;
}

/** What goes to a shard, complete enough for anybody to make the shard of it. */
export interface Parcel extends ShardAmounts {
  /** Of every period that the shard belongs to. */
  readonly starts: Readonly<Record<string, number>>;
}

/** How far a rate of requests has come. */
export interface Mark {
  /** Microseconds of the epoch. */
  readonly at: number;
  /** Requests a window, when it was made: it means so many of them. */
  readonly limit: number;
  /** What a higher limit had let pass, where this one took its place and is less than that. */
  readonly before?: Pick<Mark, 'at' | 'limit'> | undefined;
}

/** Empty buckets for whoever gains a share of a rate. */
export interface EmptyRates {
  readonly marks: Readonly<Partial<Record<WindowName, Mark>>>;
  readonly tokens: Readonly<Partial<Record<WindowName, WindowFigures>>>;
}

/** A page, or a shard, as one answer of the table showed it. */
export interface PageState {
  readonly key: string;
  readonly generation: number;
  readonly periods: Readonly<Record<string, PeriodState>>;
  readonly marks: Readonly<Partial<Record<WindowName, Mark>>>;
  readonly tokens: Readonly<Partial<Record<WindowName, WindowFigures>>>;
  readonly slots: SlotFigures | undefined;
  /** How many calls are open. */
  readonly openCount: number;
  /** When the first of its processes, of open and kept entries, has ended at the latest; infinite: it has no entry. */
  readonly firstEndMs: number;
  /** Entries of open calls, by attempt id. */
  readonly open: ReadonlyMap<string, PageEntry>;
  readonly kept: ReadonlyMap<string, KeptEntry>;
  /** It is in the index of pages with entries until it is taken out. */
  readonly dueMs: number | undefined;
  /** Shards that requests reserve on now; 0: on the root. A shard may say what was true some time ago. */
  readonly shards: number;
  /** Of a root: what it lent, by `<generation>.<start in seconds>.<index>`. */
  readonly loans: ReadonlyMap<string, Loan>;
  /** Of a shard: number of the last parcel that it took or sent. */
  readonly parcels: number;
  /** Of a shard: on its way home. */
  readonly back: ShardAmounts | undefined;
}

/** What R does to one period: `bind` as it stands, `move` to the limit of a newer generation, `roll` to a newer start. */
export type PeriodTake = { readonly name: string; readonly startMs: number; readonly limitNanoUsd: bigint; readonly binds: boolean } & (
  | { readonly kind: 'bind' }
  /** `change`: new limit less that of the page. */
  | { readonly kind: 'move'; readonly change: bigint }
  /** `seenStartMs`: undefined where the page has no such period. `remaining` before the call takes of it. */
  | { readonly kind: 'roll'; readonly seenStartMs: number | undefined; readonly remaining: bigint }
);

/** What R does to the mark of a rate. Microseconds. */
export type MarkTake = { readonly window: WindowName; readonly limit: number } & (
  | { readonly kind: 'advance'; readonly step: number; readonly low: number; readonly high: number }
  /** Nobody came for some time (below `low`), or no honest clock can have written what is there (above `impossible`). */
  | { readonly kind: 'begin'; readonly low: number; readonly impossible: number; readonly next: number }
  /** What was used of another limit is used of this one. */
  | { readonly kind: 'carry'; readonly seen: Mark; readonly next: Mark }
);

export type WindowTake = { readonly window: WindowName; readonly startMs: number; readonly amount: number; readonly limit: number } & (
  | { readonly kind: 'bind' }
  | { readonly kind: 'move'; readonly change: number }
  | { readonly kind: 'roll'; readonly seenStartMs: number | undefined }
);

export type SlotTake = { readonly limit: number } & (
  | { readonly kind: 'bind' }
  | { readonly kind: 'move'; readonly change: number }
  | { readonly kind: 'begin' }
);

/**
 * One R in its exact form: a conditional write of one item. Made by `takeFrom` of what the page is believed or known to be; it can only be
 * applied to a page that is as it says, and has enough.
 */
export interface PageTake {
  readonly key: string;
  readonly generation: number;
  /** As the page was seen; undefined: it is made by this write. */
  readonly seenGeneration: number | undefined;
  readonly nanoUsd: bigint;
  readonly periods: readonly PeriodTake[];
  readonly marks: readonly MarkTake[];
  readonly tokens: readonly WindowTake[];
  readonly slot: SlotTake | undefined;
  /** The index finds the page from then on. */
  readonly dueMs: number;
  /** No more entries than these are left open; undefined: nobody counts them. */
  readonly mostEntries?: number | undefined;
}
