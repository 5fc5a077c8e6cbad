import type { Page } from '../../platform/stored';
import type { EmptyRates, KeptEntry, PageEntry, PageSpec, PageState, PageTake, Parcel, WindowName } from './pages';

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
  /** Of E by the process that reserved: the limits of the rates that it counted in. */
  readonly rates?: Readonly<Partial<Record<WindowName, number>>> | undefined;
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
  /** K, only after X is known: the entry stays charged, its slot is free. Does nothing without an open entry, or with one of another try. */
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
  move(spec: PageSpec, nowMs: number, timeoutMs?: number): Promise<boolean>;
  readonly shards: PageShards;
}

/** Where a shard and its loan stand. */
export interface ShardPlace {
  readonly root: string;
  readonly key: string;
  /** Name in the root's loans. */
  readonly loan: string;
}

/** A parcel as the root sends it. */
export interface SentParcel {
  /** Name in the root's loans. */
  readonly loan: string;
  readonly parcel: Parcel;
  /** Of the loan as read, without a parcel; 0: there was none. The parcel gets the next one. */
  readonly number: number;
}

/**
 * Transfers between a root and its shards, each in three writes of one item: a number on both sides says how far it got, whoever meets one
 * half done finishes it. Each answers whether it did what it says; none is done twice.
 */
export interface PageShards {
  /**
   * L1: takes parcels from the root, for all these loans or for none.
   *
   * @param spec of the root: its generation and all its starts must be the page's
   */
  send(spec: PageSpec, loans: readonly SentParcel[], timeoutMs?: number): Promise<boolean>;
  /** L2: the shard takes parcel `number`; the first makes it. @param spec of the shard, with its share of the rates */
  take(spec: PageSpec, parcel: Parcel, number: number, rates: EmptyRates, timeoutMs?: number): Promise<boolean>;
  /** L3, of all these loans or of none: only once L2 is known to be done. */
  clear(root: string, loans: readonly Pick<SentParcel, 'loan' | 'number'>[], timeoutMs?: number): Promise<boolean>;
  /** Begins the share of a shard that is there, whatever it had. @param spec of the shard */
  share(spec: PageSpec, rates: EmptyRates, timeoutMs?: number): Promise<boolean>;
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
  /** Says on a shard that is there how many there are, for those to whom the root gives no answer. */
  announce(key: string, shards: number, timeoutMs?: number): Promise<boolean>;
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
