import type { MarkTake, WindowName } from '../ports/pages';

export const WINDOW_MS: Readonly<Record<WindowName, number>> = { minute: 60_000, day: 86_400_000 };

/** How far ahead of ours another process's clock may be before what it wrote is taken for a mistake. */
export const SKEW_MS = 10_000;

/** Of a limit's requests, so many may come at once whatever the slack; see `markTake`. */
const AT_ONCE = 10;

/** Microseconds between two requests of a steady stream at this limit. Rounded up: never faster than allowed. */
export function stepOf(limit: number, window: WindowName): number {
  return Math.ceil((WINDOW_MS[window] * 1_000) / limit);
}

/**
 * What a request does to a rate's mark, the theoretical arrival time, or in how many ms it may come.
 *
 * The mark may trail the time by a slack of nearly half a window, so that one write of one form (`advance`) is right for a key that comes
 * now and then. Only a mark that trails further begins anew, at the present: after such a rest 10 and half of the limit may come at once (all
 * of a limit up to 20). In no window more than two windows' worth pass.
 *
 * @param mark microseconds; undefined: there is none
 */
export function markTake(window: WindowName, limit: number, mark: number | undefined, nowMs: number): MarkTake | number {
  if (limit <= 0) return WINDOW_MS[window];
  const step = stepOf(limit, window);
  const now = Math.floor(nowMs * 1_000);
  const slack = slackOf(limit);
  const low = now - slack * step;
  const high = now + (limit - slack - 1) * step;
  // A shard that takes its share of a rate begins a whole window ahead.
  const impossible = now + (WINDOW_MS[window] + SKEW_MS) * 1_000 + step;
  if (mark === undefined || mark < low || mark > impossible) return { kind: 'begin', window, step, low, impossible, next: now + step };
  if (mark > high) return Math.ceil((mark - high) / 1_000);
  return { kind: 'advance', window, step, low, high };
}

/**
 * What a change of a page's limits does to a mark, which another limit may have made: it begins anew.
 *
 * @param next microseconds
 */
export function newMark(window: WindowName, limit: number, next: number): MarkTake {
  return { kind: 'begin', window, step: stepOf(limit, window), low: Number.MAX_SAFE_INTEGER, impossible: Number.MAX_SAFE_INTEGER, next };
}

/** How many requests a mark leaves at a moment, and when it has left all. Undefined mark: all. */
export function marksLeft(
  window: WindowName,
  limit: number,
  mark: number | undefined,
  nowMs: number,
): { readonly remaining: number; readonly resetMs: number } {
  const take = markTake(window, limit, mark, nowMs);
  if (limit <= 0) return { remaining: 0, resetMs: WINDOW_MS[window] };
  const step = stepOf(limit, window);
  const now = Math.floor(nowMs * 1_000);
  const slack = slackOf(limit);
  if (typeof take !== 'number' && take.kind === 'begin') return { remaining: limit - slack, resetMs: 0 };
  const high = now + (limit - slack - 1) * step;
  const at = mark as number;
  return {
    remaining: Math.max(0, Math.min(limit, Math.floor((high - at) / step) + 1)),
    resetMs: Math.max(0, Math.ceil((at - now) / 1_000)),
  };
}

/** A mark that has just let all pass that it may. */
export function emptyMark(window: WindowName, limit: number, nowMs: number): number {
  const step = stepOf(limit, window);
  return Math.floor(nowMs * 1_000) + (limit - slackOf(limit)) * step;
}

/** In requests: how far a mark may trail. */
function slackOf(limit: number): number {
  return Math.max(0, Math.floor(limit / 2) - AT_ONCE);
}
