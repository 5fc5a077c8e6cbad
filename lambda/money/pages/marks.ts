import type { Mark, MarkTake, WindowName } from '../ports/pages';

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
 * @param mark undefined: there is none
 */
export function markTake(window: WindowName, limit: number, mark: Mark | undefined, nowMs: number): MarkTake | number {
  if (limit <= 0) return WINDOW_MS[window];
  const { step, now, low, high, impossible } = boundsOf(window, limit, nowMs);
  if (mark !== undefined && mark.limit !== limit) {
    const next = carriedMark(window, limit, mark, nowMs);
    return next.at > high ? waitMs(next.at, high) : { kind: 'carry', window, limit, seen: mark, next: { ...next, at: next.at + step } };
  }
  if (mark === undefined || mark.at < low || mark.at > impossible) {
    return { kind: 'begin', window, limit, low, impossible, next: now + step };
  }
  return mark.at > high ? waitMs(mark.at, high) : { kind: 'advance', window, limit, step, low, high };
}

/**
 * A mark that another limit has made, as this one would have made it: as many requests are used, though never more than all. So neither a
 * raised limit nor a lowered one gives back what was used, and a raised one lets pass at once what it has more. What is more than a lowered
 * one has is remembered, lest that be forgotten when it is raised again.
 */
export function carriedMark(window: WindowName, limit: number, mark: Mark, nowMs: number): Mark {
  const { step, now, low } = boundsOf(window, limit, nowMs);
  const used = usedOf(window, mark, nowMs) + (mark.before === undefined ? 0 : usedOf(window, mark.before, nowMs));
  if (used === 0) return { at: now, limit };
  if (used <= limit) return { at: low + Math.ceil(used * step), limit };
  const most = Math.max(mark.limit, mark.before?.limit ?? 0);
  const higher = boundsOf(window, most, nowMs);
  return { at: low + limit * step, limit, before: { at: higher.low + Math.ceil(Math.min(used, most) * higher.step), limit: most } };
}

/** How many requests of its limit a mark has let pass that still count. */
function usedOf(window: WindowName, { at, limit }: Mark, nowMs: number): number {
  const { step, low, impossible } = boundsOf(window, limit, nowMs);
  return at > impossible ? 0 : Math.max(0, (at - low) / step);
}

/** In microseconds: where a mark may stand at a moment. */
function boundsOf(window: WindowName, limit: number, nowMs: number) {
  const step = stepOf(limit, window);
  const now = Math.floor(nowMs * 1_000);
  const slack = slackOf(limit);
  // A shard that takes its share of a rate begins a whole window ahead.
  const impossible = now + (WINDOW_MS[window] + SKEW_MS) * 1_000 + step;
  return { step, now, low: now - slack * step, high: now + (limit - slack - 1) * step, impossible };
}

function waitMs(at: number, high: number): number {
  return Math.ceil((at - high) / 1_000);
}

/** How many requests a mark leaves at a moment, and when it has left all. Undefined mark: all. */
export function marksLeft(
  window: WindowName,
  limit: number,
  mark: Mark | undefined,
  nowMs: number,
): { readonly remaining: number; readonly resetMs: number } {
  if (limit <= 0) return { remaining: 0, resetMs: WINDOW_MS[window] };
  const { step, now, low, high, impossible } = boundsOf(window, limit, nowMs);
  const at = mark === undefined || mark.limit === limit ? mark?.at : carriedMark(window, limit, mark, nowMs).at;
  if (at === undefined || at < low || at > impossible) return { remaining: limit - slackOf(limit), resetMs: 0 };
  return {
    remaining: Math.max(0, Math.min(limit, Math.floor((high - at) / step) + 1)),
    resetMs: Math.max(0, Math.ceil((at - now) / 1_000)),
  };
}

/** A mark that has just let all pass that it may. */
export function emptyMark(window: WindowName, limit: number, nowMs: number): Mark {
  const { step, high } = boundsOf(window, limit, nowMs);
  return { at: high + step, limit };
}

/** In requests: how far a mark may trail. */
function slackOf(limit: number): number {
  return Math.max(0, Math.floor(limit / 2) - AT_ONCE);
}
