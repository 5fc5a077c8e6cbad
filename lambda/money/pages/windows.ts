import type { WindowFigures, WindowName, WindowTake } from '../ports/pages';
import { SKEW_MS, WINDOW_MS } from './marks';

/** What a request takes of the tokens of a window, or in how many ms the next one begins. */
export function windowTake(
  window: WindowName,
  limit: number,
  found: WindowFigures | undefined,
  tokens: number,
  nowMs: number,
): WindowTake | number {
  // A request that may be larger than the whole limit passes when it finds the window untouched.
  const amount = Math.min(tokens, limit);
  const startMs = windowStart(window, found, nowMs);
  if (limit <= 0) return startMs + WINDOW_MS[window] - nowMs;
  if (found === undefined || found.startMs !== startMs) {
    return { kind: 'roll', window, startMs, amount, limit, seenStartMs: found?.startMs };
  }
  const change = limit - found.limit;
  if (found.remaining + change < amount) return Math.max(1, startMs + WINDOW_MS[window] - nowMs);
  return change === 0 ? { kind: 'bind', window, startMs, amount, limit } : { kind: 'move', window, startMs, amount, limit, change };
}

/** Start of the window that a request at this moment takes from: the page's, where that began a little earlier for another clock. */
export function windowStart(window: WindowName, found: Pick<WindowFigures, 'startMs'> | undefined, nowMs: number): number {
  const own = Math.floor(nowMs / WINDOW_MS[window]) * WINDOW_MS[window];
  return found !== undefined && found.startMs > own && found.startMs <= nowMs + SKEW_MS ? found.startMs : own;
}
