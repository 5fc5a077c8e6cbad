import type { Page } from '../../platform/stored';

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

/** Empty buckets for whoever gains a share of a rate. */
export interface EmptyRates {
  readonly marks: Readonly<Partial<Record<WindowName, number>>>;
  readonly tokens: Readonly<Partial<Record<WindowName, WindowFigures>>>;
}

/** A page, or a shard, as one answer of the table showed it. */
export interface PageState {
  readonly key: string;
  readonly generation: number;
  readonly periods: Readonly<Record<string, PeriodState>>;
  /** Marks of the request rates: microseconds of the epoch. */
  readonly marks: Readonly<Partial<Record<WindowName, number>>>;
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
  /** Of a root: shards that requests reserve on now; 0: on the root. */
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
export type MarkTake = { readonly window: WindowName; readonly step: number } & (
  | { readonly kind: 'advance'; readonly low: number; readonly high: number }
  /** Nobody came for some time (below `low`), or no honest clock can have written what is there (above `impossible`). */
  | { readonly kind: 'begin'; readonly low: number; readonly impossible: number; readonly next: number }
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

/** The last word on one R. It is never rejected. */
export type ReserveResult =
  | { readonly kind: 'reserved'; readonly page: PageState }
  /** The condition failed and the page, as it was then, lacks the attempt's entry: it never gets it from this write. Undefined: no page. */
  | { readonly kind: 'refused'; readonly page: PageState | undefined }
  /** Throttled or not valid: certainly not applied. */
  | { readonly kind: 'not_applied'; readonly throttled: boolean; readonly error: unknown }
  /** The condition failed because the attempt's entry is there: an earlier try was applied. */
  | { readonly kind: 'found'; readonly page: PageState; readonly entry: PageEntry }
  /** It may have been applied, or may yet be. */
  | { readonly kind: 'missing'; readonly error: unknown };

/** What E and C give back on one page. */
export interface PageReturn {
  /** What the call cost: the page gives back the entry's money less this, which may be negative. E: 0. */
  readonly costNanoUsd: bigint;
  /** Tokens that were really used; undefined: all that it took. */
  readonly tokens?: number | undefined;
  /** Of E by the process that reserved: the steps by which it moved the marks. */
  readonly steps?: Readonly<Partial<Record<WindowName, number>>> | undefined;
}

/** What the index told of a page. */
export interface DuePage {
  readonly key: string;
  readonly dueMs: number;
}

/** Pages: one conditional write of one item each, no transaction. Everything but `reserve` may be repeated at will and rejects when not heard. */
export interface PageStore {
  /** R, also as a roll, a move or a creation. One call, tried once. */
  reserve(take: PageTake, attemptId: string, entry: PageEntry, timeoutMs: number): Promise<ReserveResult>;
  /**
   * E and C: takes an entry off a page, from the open ones or else from the kept ones, and gives back what it took less what is told. Each
   * period and window for itself: one that has passed meanwhile gets nothing. Answers false where there was no such entry (any more).
   *
   * @param entry as it was put there. With a number of its try it is that try's alone: another one that came late stays
   */
  close(key: string, attemptId: string, entry: PageEntry | KeptEntry, back: PageReturn, timeoutMs?: number): Promise<boolean>;
  /** K, only after X is known: the entry stays charged, its slot is free. Does nothing without an open entry. */
  keep(key: string, attemptId: string, entry: PageEntry, timeoutMs?: number): Promise<void>;
  /** U: takes a page without entries out of the index, if it stands there with this time. Answers whether it did. */
  undue(key: string, seenDueMs: number, timeoutMs?: number): Promise<boolean>;
  /** Lets the index find a page with entries later, if it stands there with this time. */
  postpone(key: string, seenDueMs: number, dueMs: number, timeoutMs?: number): Promise<void>;
  /** Reads consistently, as many as asked for, in their order. */
  read(keys: readonly string[], timeoutMs?: number): Promise<readonly (PageState | undefined)[]>;
  /** Pages of one partition of the index whose time passed before `beforeMs`. Eventually consistent. */
  due(partition: number, beforeMs: number, after?: string): Promise<Page<DuePage>>;
  /** Charges a period with what was spent before it stood on its page, all in all, if the page still has it as it was read. */
  startFrom(page: PageState, period: string, spentNanoUsd: bigint, timeoutMs?: number): Promise<void>;
  /** Moves a page that exists to a newer generation, or to other limits of its own, without a call. Answers whether it is there by now. */
  move(spec: PageSpec, timeoutMs?: number): Promise<boolean>;
  readonly shards: PageShards;
}

/** Where a shard and its loan stand. */
export interface ShardPlace {
  readonly root: string;
  readonly key: string;
  /** Name in the root's loans. */
  readonly loan: string;
}

/**
 * Transfers between a root and its shards, each in three writes of one item: a number on both sides says how far it got, whoever meets one
 * half done finishes it. Each answers whether it did what it says; none is done twice.
 */
export interface PageShards {
  /**
   * L1: takes a parcel from the root.
   *
   * @param spec of the root: its generation and all its starts must be the page's
   * @param number of the loan as read, without a parcel; 0: it has none
   */
  send(place: ShardPlace, spec: PageSpec, parcel: Parcel, number: number, timeoutMs?: number): Promise<boolean>;
  /** L2: the shard takes parcel `number`; the first makes it. @param spec of the shard, with its share of the rates */
  take(spec: PageSpec, parcel: Parcel, number: number, rates: EmptyRates, timeoutMs?: number): Promise<boolean>;
  /** L3: only once L2 is known to be done. */
  clear(place: ShardPlace, number: number, timeoutMs?: number): Promise<boolean>;
  /** B1: all that a shard has left leaves for home. */
  pack(shard: PageState, timeoutMs?: number): Promise<boolean>;
  /** B2: the root takes it; what a period had that has passed there is dropped. */
  receive(place: ShardPlace, shard: PageState, timeoutMs?: number): Promise<boolean>;
  /** B3: only once B2 is known to be done. @param number that the shard had when it packed */
  unpack(place: ShardPlace, number: number, timeoutMs?: number): Promise<boolean>;
  /** An empty shard takes no parcel and no call any more, however late one comes. */
  retire(shard: PageState, ttl: number, timeoutMs?: number): Promise<boolean>;
  /** The root forgets a loan, only once its shard is known to be retired. */
  forget(place: ShardPlace, number: number, timeoutMs?: number): Promise<boolean>;
  /**
   * Tells every process how many shards to use.
   *
   * @param seen how many it was
   * @param rates of the root, where it gets back what its shards shared
   */
  resize(root: string, seen: number, shards: number, rates?: EmptyRates, timeoutMs?: number): Promise<boolean>;
}

/** The number of a shard that is retired. */
export const RETIRED = -1;
