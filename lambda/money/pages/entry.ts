import type { PageReturn } from '../ports/page-store';
import type { EntryCall, KeptEntry, PageEntry, PageState, PageTake, TakenTokens, WindowName } from '../ports/pages';
import { stepOf } from './marks';

/** What is the same in the entries of one attempt. */
export interface AttemptTimes {
  readonly heardByMs: number;
  readonly expiresAtMs: number;
}

/** The first page says what the call is and where else it reserves, every other where the first is. */
export type EntryPlace = { readonly call: EntryCall } | { readonly first: string };

/** What an attempt holds on a page once it is taken. */
export function entryOf(take: PageTake, times: AttemptTimes, place: EntryPlace): PageEntry {
  const starts: Record<string, number> = {};
  if (take.nanoUsd > 0n) for (const { name, startMs } of take.periods) starts[name] = startMs;
  const tokens: Partial<Record<WindowName, TakenTokens>> = {};
  for (const { window, startMs, amount } of take.tokens) tokens[window] = { startMs, amount };
  const { heardByMs, expiresAtMs } = times;
  return {
    nanoUsd: take.nanoUsd,
    heardByMs,
    expiresAtMs,
    starts,
    slot: take.slot !== undefined,
    tokens,
    first: 'first' in place ? place.first : undefined,
    call: 'call' in place ? place.call : undefined,
  };
}

/** The rates that a take counts in, by their limits, for the process that takes it back. */
export function ratesOf(take: PageTake): Readonly<Partial<Record<WindowName, number>>> {
  const rates: Partial<Record<WindowName, number>> = {};
  for (const { window, limit } of take.marks) rates[window] = limit;
  return rates;
}

/** What E and C do to a page, each part for itself. */
export interface Giving {
  /** `change` is negative where the call cost more than was set aside. */
  readonly periods: readonly { readonly name: string; readonly startMs: number; readonly change: bigint }[];
  readonly tokens: readonly { readonly window: WindowName; readonly startMs: number; readonly change: number }[];
  readonly marks: readonly { readonly window: WindowName; readonly limit: number; readonly step: number }[];
  readonly slot: boolean;
}

/**
 * What an entry gives back to its page. A period or window that has passed gets nothing: pages never go back to one.
 *
 * @param seen the page, where it is known; undefined: all is believed to be as it was
 */
export function givingOf(entry: PageEntry | KeptEntry, back: PageReturn, seen: PageState | undefined): Giving {
  const change = entry.nanoUsd - back.costNanoUsd;
  const periods = Object.entries(entry.starts)
    .filter(([name, startMs]) => change !== 0n && (seen === undefined || seen.periods[name]?.startMs === startMs))
    .map(([name, startMs]) => ({ name, startMs, change }));
  const tokens: { window: WindowName; startMs: number; change: number }[] = [];
  for (const window in entry.tokens) {
    const taken = entry.tokens[window as WindowName];
    if (taken === undefined || back.tokens === undefined || taken.amount === back.tokens) continue;
    if (seen !== undefined && seen.tokens[window as WindowName]?.startMs !== taken.startMs) continue;
    tokens.push({ window: window as WindowName, startMs: taken.startMs, change: taken.amount - back.tokens });
  }
  const marks: { window: WindowName; limit: number; step: number }[] = [];
  for (const name in back.rates) {
    const window = name as WindowName;
    // A request is one of the limit that the mark was made under.
    const limit = seen === undefined ? back.rates[window] : seen.marks[window]?.limit;
    if (limit !== undefined) marks.push({ window, limit, step: stepOf(limit, window) });
  }
  return { periods, tokens, marks, slot: isOpen(entry) && entry.slot };
}

/** An entry of an open call; else it is a kept one. */
export function isOpen(entry: PageEntry | KeptEntry): entry is PageEntry {
  return 'heardByMs' in entry;
}
