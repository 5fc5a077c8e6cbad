import type { ShardPlace } from '../ports/page-store';
import {
  type EmptyRates,
  type Mark,
  type PageEntry,
  type PageSpec,
  type PageState,
  type Parcel,
  type PeriodState,
  WINDOW_NAMES,
  type WindowFigures,
  type WindowName,
} from '../ports/pages';
import { emptyMark, WINDOW_MS } from './marks';
import { loanName, shardKey } from './names';

/** When a page is split into shards, and how much a shard is lent. */
export interface ShardPolicy {
  /** Open entries on one item beyond which it is split: each is about 100 bytes, and a write costs by the kilobyte. */
  readonly mostEntries: number;
  /** A page is split that could still take this many calls of the present size a shard. */
  readonly headroom: number;
  /** Calls of the present size that a shard is lent at once; of many shards more, see `parcelFor`. */
  readonly chunk: number;
  readonly mostShards: number;
}

export const SHARD_POLICY: ShardPolicy = { mostEntries: 16, headroom: 64, chunk: 32, mostShards: 1_024 };

/** What a call takes of a page, for those who lend. */
export interface Size {
  readonly nanoUsd: bigint;
  readonly tokens: number;
}

/** Where a page's shard of this index is kept under the level's present limits. */
export function placeOf(root: PageSpec, index: number): ShardPlace {
  const loan = loanName(root, index);
  return { root: root.key, loan, key: shardKey(root.key, loan) };
}

/** A shard of so many, with its share of the rates. Money and slots it is lent. */
export function shardSpec(root: PageSpec, shards: number, index: number): PageSpec {
  const share = (limits: PageSpec['requests']): PageSpec['requests'] => {
    const shared: Partial<Record<WindowName, number>> = {};
    for (const window of WINDOW_NAMES) {
      const limit = limits[window];
      if (limit !== undefined) shared[window] = Math.floor(limit / shards);
    }
    return shared;
  };
  return { ...root, key: placeOf(root, index).key, requests: share(root.requests), tokens: share(root.tokens) };
}

/** A shard as its parcel tells, for one that belongs to limits of the past: its share does not matter, nobody reserves there. */
export function oldShardSpec(place: ShardPlace, parcel: Parcel): PageSpec {
  const periods = Object.entries(parcel.starts).map(([name, startMs]) => {
    return { name, startMs, endMs: Number.POSITIVE_INFINITY, limitNanoUsd: 0n, binds: true };
  });
  const generation = Number(place.loan.slice(0, place.loan.indexOf('.')));
  return { key: place.key, root: place.root, generation, periods, requests: {}, tokens: {} };
}

/** Whether a page has enough of everything to be used in so many parts. What is counted by the day stays in one place. */
export function canSplit(spec: PageSpec, page: PageState, shards: number, size: Size, { headroom }: ShardPolicy): boolean {
  const parts = shards * headroom;
  if (spec.requests.day !== undefined || spec.tokens.day !== undefined) return false;
  if ((spec.requests.minute ?? Number.POSITIVE_INFINITY) < parts) return false;
  if ((spec.tokens.minute ?? Number.POSITIVE_INFINITY) < parts * Math.max(1, size.tokens)) return false;
  if (spec.slots !== undefined && (page.slots?.remaining ?? 0) < 2 * shards) return false;
  return spec.periods.every(({ name, binds }) => !binds || (page.periods[name]?.remainingNanoUsd ?? 0n) >= BigInt(parts) * size.nanoUsd);
}

/**
 * What a root lends to one of its shards; undefined: it has not even enough for one call. With many shards the root's item is large, and
 * lends must be few: each is of half as many calls as there are shards, but no more than a part of what is left.
 */
export function parcelFor(spec: PageSpec, root: PageState, shards: number, size: Size, { chunk }: ShardPolicy): Parcel | undefined {
  const nanoUsd: Record<string, bigint> = {};
  const starts: Record<string, number> = {};
  for (const { name, startMs, binds } of spec.periods) {
    starts[name] = startMs;
    if (!binds || size.nanoUsd === 0n) continue;
    const left = root.periods[name]?.remainingNanoUsd ?? 0n;
    const usual = size.nanoUsd * BigInt(chunk);
    const large = least(size.nanoUsd * BigInt(Math.max(MUCH, Math.ceil(shards / 2))), left / BigInt(LEAST_PARTS * shards));
    const wanted = large > usual ? large : usual;
    const amount = left >= wanted ? wanted : left >= size.nanoUsd ? size.nanoUsd : undefined;
    if (amount === undefined) return undefined;
    nanoUsd[name] = amount;
  }
  if (spec.slots === undefined) return { nanoUsd, starts };
  const free = root.slots?.remaining ?? 0;
  if (free < 1) return undefined;
  return { nanoUsd, starts, slots: Math.min(chunk, Math.max(1, Math.floor(free / Math.max(1, shards)))) };
}

/** Calls that a shard is lent where there is plenty: many are open on it at a time, and lends cost the root. */
const MUCH = 256;
/** Of what is left, a shard is lent no more than one of so many parts a shard. */
const LEAST_PARTS = 4;

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

/** Buckets of who gains a share of a rate: it has used all that it may for now. */
export function emptyRates(spec: PageSpec, nowMs: number): EmptyRates {
  const marks: Partial<Record<WindowName, Mark>> = {};
  const tokens: Partial<Record<WindowName, WindowFigures>> = {};
  for (const window of WINDOW_NAMES) {
    const requests = spec.requests[window];
    const limit = spec.tokens[window];
    if (requests !== undefined && requests > 0) marks[window] = emptyMark(window, requests, nowMs);
    if (limit !== undefined) tokens[window] = { startMs: Math.floor(nowMs / WINDOW_MS[window]) * WINDOW_MS[window], remaining: 0, limit };
  }
  return { marks, tokens };
}

/** A root and its shards as one page: what they have together, and every entry. */
export function wholeOf(root: PageState, shards: readonly (PageState | undefined)[]): PageState {
  const periods: Record<string, PeriodState> = { ...root.periods };
  let slots = root.slots;
  const open = new Map<string, PageEntry>(root.open);
  const kept = new Map(root.kept);
  const there = new Map<string, PageState>();
  for (const shard of shards) if (shard !== undefined) there.set(shard.key, shard);
  const add = (name: string, startMs: number, nanoUsd: bigint): void => {
    const own = periods[name];
    if (own?.startMs === startMs) periods[name] = { ...own, remainingNanoUsd: own.remainingNanoUsd + nanoUsd };
  };
  const addSlots = (count: number | undefined): void => {
    if (slots !== undefined && count !== undefined) slots = { ...slots, remaining: slots.remaining + count };
  };
  for (const [name, loan] of root.loans) {
    const shard = there.get(shardKey(root.key, name));
    if (loan.parcel !== undefined && (shard === undefined || shard.parcels < loan.number)) {
      for (const period in loan.parcel.starts) add(period, loan.parcel.starts[period] as number, loan.parcel.nanoUsd[period] ?? 0n);
      addSlots(loan.parcel.slots);
    }
    if (shard === undefined) continue;
    const onItsWay = shard.back !== undefined && receivedBy(loan) <= shard.parcels ? shard.back : undefined;
    for (const period in shard.periods) {
      const own = shard.periods[period] as PeriodState;
      add(period, own.startMs, own.remainingNanoUsd + (onItsWay?.nanoUsd[period] ?? 0n));
    }
    addSlots(shard.slots?.remaining);
    addSlots(onItsWay?.slots);
    for (const [id, entry] of shard.open) open.set(id, entry);
    for (const [id, entry] of shard.kept) kept.set(id, entry);
  }
  const { key, generation, marks, tokens, dueMs, loans, parcels, back } = root;
  let { firstEndMs } = root;
  for (const shard of there.values()) firstEndMs = Math.min(firstEndMs, shard.firstEndMs);
  return {
    ...{ key, generation, periods, marks, tokens, slots, open, openCount: open.size, firstEndMs, kept },
    ...{ dueMs, shards: root.shards, loans, parcels, back },
  };
}

/** Number of the last transfer that the root knows to be done. */
export function receivedBy({ number, parcel }: { readonly number: number; readonly parcel?: Parcel | undefined }): number {
  return number - (parcel === undefined ? 0 : 1);
}
