import {
  type Mark,
  type MarkTake,
  type PageSpec,
  type PageState,
  type PageTake,
  type PeriodSpec,
  type PeriodState,
  type PeriodTake,
  type SlotFigures,
  type SlotTake,
  WINDOW_NAMES,
  type WindowFigures,
  type WindowName,
  type WindowTake,
} from '../ports/pages';
import { carriedMark, markTake, WINDOW_MS } from './marks';
import { dueAt } from './names';
import { windowStart, windowTake } from './windows';

/** What one attempt asks of a page. */
export interface PageRequest {
  readonly nanoUsd: bigint;
  readonly tokens: number;
  readonly nowMs: number;
  /** When its process has ended at the latest. */
  readonly expiresAtMs: number;
  /** What was spent in a period before it stood on its page; undefined: that has to be looked up. */
  readonly spentBefore: (period: PeriodSpec) => bigint | undefined;
}

/** Something of which a page has too little. */
export type Lack =
  | { readonly kind: 'money'; readonly period: PeriodSpec; readonly remainingNanoUsd: bigint }
  | { readonly kind: 'requests' | 'tokens'; readonly window: WindowName; readonly retryAfterMs: number }
  | { readonly kind: 'slots' }
  /** More calls are open on the one item than it takes. */
  | { readonly kind: 'entries' }
  /** The shard is not there, or not for such requests: they never make or change one. Of a page: its shards come home first. */
  | { readonly kind: 'shard' };

export type PageAnswer =
  | { readonly kind: 'take'; readonly take: PageTake }
  /** The page knows a newer generation than the request was planned with. */
  | { readonly kind: 'stale'; readonly generation: number }
  /** Periods begin on the page of which it is not known what was spent before. */
  | { readonly kind: 'unknown'; readonly periods: readonly PeriodSpec[] }
  | { readonly kind: 'lacks'; readonly lacks: readonly Lack[] };

/** What one item takes that cannot be split: 11 write units. */
export const MOST_ENTRIES = 100;

/** What a process remembers of a page to guess the right form. */
export type PageGuess = Pick<PageState, 'marks' | 'tokens'>;

/** The form in which R is tried first, of a page that is believed to be of today's generation, periods and limits. */
export function firstTake(spec: PageSpec, guess: PageGuess | undefined, request: PageRequest): PageAnswer {
  const { nanoUsd, nowMs } = request;
  const lacks: Lack[] = [];
  const marks: MarkTake[] = [];
  const tokens: WindowTake[] = [];
  for (const window of WINDOW_NAMES) {
    const requests = shareOf(spec, spec.requests[window], guess?.marks[window]);
    if (requests !== undefined) {
      const take = firstMark(window, requests, guess?.marks[window], nowMs);
      if (typeof take === 'number') lacks.push({ kind: 'requests', window, retryAfterMs: take });
      else marks.push(take);
    }
    const limit = shareOf(spec, spec.tokens[window], guess?.tokens[window]);
    if (limit !== undefined && limit <= 0) lacks.push({ kind: 'tokens', window, retryAfterMs: WINDOW_MS[window] });
    else if (limit !== undefined) tokens.push(firstWindow(window, limit, guess?.tokens[window], request));
  }
  if (lacks.length > 0) return { kind: 'lacks', lacks };
  const { key, generation } = spec;
  const take: PageTake = {
    key,
    generation,
    seenGeneration: generation,
    nanoUsd,
    periods: nanoUsd === 0n ? NO_PERIODS : boundPeriods(spec.periods),
    marks,
    tokens,
    slot: spec.slots === undefined ? undefined : { kind: 'bind', limit: spec.slots },
    dueMs: dueAt(spec.key, request.expiresAtMs),
    mostEntries: mostOf(spec),
  };
  return { kind: 'take', take };
}

const NO_PERIODS: readonly PeriodTake[] = [];
/** Plans are kept, and so is what is made of them. */
const bound = new WeakMap<readonly PeriodSpec[], readonly PeriodTake[]>();

function boundPeriods(periods: readonly PeriodSpec[]): readonly PeriodTake[] {
  let made = bound.get(periods);
  if (made === undefined) {
    made = periods.map((period) => bind(period, period.startMs));
    bound.set(periods, made);
  }
  return made;
}

/** A refusal by what is only believed is left for the table to say. */
function firstMark(window: WindowName, limit: number, believed: Mark | undefined, nowMs: number): MarkTake | number {
  const take = believed?.limit === limit ? markTake(window, limit, believed, nowMs) : undefined;
  return take === undefined || typeof take === 'number' ? markTake(window, limit, { at: Math.floor(nowMs * 1_000), limit }, nowMs) : take;
}

function firstWindow(window: WindowName, limit: number, seen: WindowFigures | undefined, { tokens, nowMs }: PageRequest): WindowTake {
  const startMs = windowStart(window, seen, nowMs);
  const amount = Math.min(tokens, limit);
  // Where few others come, nobody else has begun the window.
  const quiet = seen !== undefined && seen.startMs < startMs && seen.limit - seen.remaining <= 2 * amount;
  return quiet
    ? { kind: 'roll', window, startMs, amount, limit, seenStartMs: seen.startMs }
    : { kind: 'bind', window, startMs, amount, limit };
}

/**
 * The form of R that fits a page as the table showed it, or why there is none.
 *
 * @param page undefined: there is no such item
 */
export function takeFrom(spec: PageSpec, page: PageState | undefined, request: PageRequest): PageAnswer {
  if (page !== undefined && page.generation > spec.generation) return { kind: 'stale', generation: page.generation };
  if (spec.key !== spec.root && !isShardOf(spec, page)) return { kind: 'lacks', lacks: [{ kind: 'shard' }] };
  const older = page !== undefined && page.generation < spec.generation;
  // What its shards have spent comes home before other limits hold.
  if (older && page.loans.size > 0) return { kind: 'lacks', lacks: [{ kind: 'shard' }] };
  const lacks: Lack[] = [];
  const unknown: PeriodSpec[] = [];
  const periods: PeriodTake[] = [];
  const marks: MarkTake[] = [];
  const tokens: WindowTake[] = [];
  // A free call touches no money, unless it is the one that brings the page to a new generation.
  for (const period of request.nanoUsd > 0n || older || page === undefined ? spec.periods : []) {
    const take = periodTake(period, page?.periods[period.name], request);
    if (take === undefined) unknown.push(period);
    else if ('remainingNanoUsd' in take) lacks.push({ kind: 'money', period, ...take });
    else periods.push(take);
  }
  for (const window of WINDOW_NAMES) {
    const requests = shareOf(spec, spec.requests[window], page?.marks[window]);
    const mark = requests === undefined ? undefined : markTake(window, requests, page?.marks[window], request.nowMs);
    if (typeof mark === 'number') lacks.push({ kind: 'requests', window, retryAfterMs: mark });
    else if (mark !== undefined) marks.push(mark);
    const limit = shareOf(spec, spec.tokens[window], page?.tokens[window]);
    const take = limit === undefined ? undefined : windowTake(window, limit, page?.tokens[window], request.tokens, request.nowMs);
    if (typeof take === 'number') lacks.push({ kind: 'tokens', window, retryAfterMs: take });
    else if (take !== undefined) tokens.push(take);
  }
  const slot = slotTake(spec.slots, page?.slots);
  if (slot === 'lacks') lacks.push({ kind: 'slots' });
  const mostEntries = mostOf(spec);
  if (mostEntries !== undefined && (page?.openCount ?? 0) >= mostEntries) lacks.push({ kind: 'entries' });
  if (lacks.length > 0 || slot === 'lacks') return { kind: 'lacks', lacks };
  if (unknown.length > 0) return { kind: 'unknown', periods: unknown };
  const { nanoUsd } = request;
  const { key, generation } = spec;
  const dueMs = dueAt(spec.key, request.expiresAtMs);
  return {
    kind: 'take',
    take: { key, generation, seenGeneration: page?.generation, nanoUsd, periods, marks, tokens, slot, dueMs, mostEntries },
  };
}

/** A shard's share of a rate only falls, when there are more of them: not everybody knows how many. */
function shareOf({ key, root }: PageSpec, limit: number | undefined, seen: { readonly limit: number } | undefined): number | undefined {
  return key === root || limit === undefined || seen === undefined ? limit : Math.min(limit, seen.limit);
}

/** Whether a shard belongs to the present limits: it never moves or rolls, so that no limit is renewed in part. */
export function isShardOf({ generation, periods }: Pick<PageSpec, 'generation' | 'periods'>, page: PageState | undefined): boolean {
  const same = ({ name, startMs, limitNanoUsd }: PeriodSpec): boolean =>
    page?.periods[name]?.startMs === startMs && page.periods[name]?.limitNanoUsd === limitNanoUsd;
  return page?.generation === generation && periods.every(same);
}

function mostOf({ key, root }: PageSpec): number | undefined {
  return key === root ? MOST_ENTRIES : undefined;
}

function bind({ name, limitNanoUsd, binds }: PeriodSpec, startMs: number): PeriodTake {
  return { kind: 'bind', name, startMs, limitNanoUsd, binds };
}

/** As it stands, or moved by what the limit has changed. */
function moved(period: PeriodSpec, startMs: number, oldLimitNanoUsd: bigint): PeriodTake {
  const change = period.limitNanoUsd - oldLimitNanoUsd;
  return change === 0n ? bind(period, startMs) : { ...bind(period, startMs), kind: 'move', change };
}

/** Undefined: it is not known what was spent. An amount: that is left, and too little. */
function periodTake(
  period: PeriodSpec,
  found: PeriodState | undefined,
  { nanoUsd, spentBefore }: PageRequest,
): PeriodTake | { readonly remainingNanoUsd: bigint } | undefined {
  const { name, limitNanoUsd, binds } = period;
  const lacks = (left: bigint): boolean => binds && nanoUsd > 0n && left < nanoUsd;
  // A newer start is another clock's: the page never goes back.
  if (found !== undefined && found.startMs >= period.startMs) {
    const remainingNanoUsd = found.remainingNanoUsd + limitNanoUsd - found.limitNanoUsd;
    return lacks(remainingNanoUsd) ? { remainingNanoUsd } : moved(period, found.startMs, found.limitNanoUsd);
  }
  const spent = found === undefined ? spentBefore(period) : 0n;
  // Whatever was spent, it is no less than nothing.
  if (lacks(limitNanoUsd)) return { remainingNanoUsd: limitNanoUsd };
  if (spent === undefined) return undefined;
  const remaining = limitNanoUsd - spent;
  if (lacks(remaining)) return { remainingNanoUsd: remaining };
  return { kind: 'roll', name, startMs: period.startMs, limitNanoUsd, binds, seenStartMs: found?.startMs, remaining };
}

function slotTake(limit: number | undefined, found: SlotFigures | undefined): SlotTake | 'lacks' | undefined {
  if (limit === undefined) return undefined;
  const change = found === undefined ? 0 : limit - found.limit;
  if ((found?.remaining ?? limit) + change < 1) return 'lacks';
  if (found === undefined) return { kind: 'begin', limit };
  return change === 0 ? { kind: 'bind', limit } : { kind: 'move', limit, change };
}

/** What brings a page to its level's present limits without a call; undefined: it is there. Periods that begin are left to the next call. */
export function moveOf(spec: PageSpec, page: PageState, nowMs: number): PageTake | undefined {
  const periods: PeriodTake[] = [];
  for (const period of spec.periods) {
    const found = page.periods[period.name];
    if (found === undefined || found.startMs < period.startMs) continue;
    periods.push(moved(period, found.startMs, found.limitNanoUsd));
  }
  const tokens: WindowTake[] = [];
  const marks: MarkTake[] = [];
  for (const window of WINDOW_NAMES) {
    const requests = spec.requests[window];
    const seen = page.marks[window];
    if (seen !== undefined && requests !== undefined && requests > 0 && seen.limit !== requests) {
      marks.push({ kind: 'carry', window, limit: requests, seen, next: carriedMark(window, requests, seen, nowMs) });
    }
    const limit = spec.tokens[window];
    const found = page.tokens[window];
    if (limit !== undefined && found !== undefined && limit !== found.limit) {
      tokens.push({ kind: 'move', window, startMs: found.startMs, amount: 0, limit, change: limit - found.limit });
    }
  }
  const { slots } = spec;
  const change = slots === undefined || page.slots === undefined ? 0 : slots - page.slots.limit;
  const slot: SlotTake | undefined = slots === undefined || change === 0 ? undefined : { kind: 'move', limit: slots, change };
  const changes = periods.some(({ kind }) => kind === 'move') || marks.length > 0 || tokens.length > 0 || slot !== undefined;
  if (!changes && page.generation === spec.generation) return undefined;
  const { key, generation } = spec;
  return { key, generation, seenGeneration: page.generation, nanoUsd: 0n, periods, marks, tokens, slot, dueMs: 0 };
}
