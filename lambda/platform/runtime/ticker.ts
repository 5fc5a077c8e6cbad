import type { Clock } from './clock';

/** Something that wants to know the time now and then. */
export interface Watcher {
  /** @param nowMs monotonic */
  tick(nowMs: number): void;
  /** Where the ticker keeps it, for the ticker alone. */
  place?: number | undefined;
}

/** One timer for every deadline of every open call, in place of a few timers each. */
export interface Ticker {
  /** Monotonic milliseconds, at most one period old while anything is watched: free to read per chunk. */
  readonly nowMs: number;
  /** Monotonic milliseconds, asked of the clock. */
  exactMs(): number;
  watch(watcher: Watcher): void;
  unwatch(watcher: Watcher): void;
}

/**
 * Watchers are kept in an array, as in a `Roster`, which says why; who watches may be on one of those too.
 *
 * @param periodMs how late a deadline may be noticed
 */
export function createTicker(clock: Clock, periodMs = 250): Ticker {
  const watchers: Watcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  let nowMs = clock.monotonic();

  const tick = (): void => {
    nowMs = clock.monotonic();
    // From the end, as whoever leaves meanwhile is replaced by the last.
    for (let at = watchers.length - 1; at >= 0; at--) watchers[at]?.tick(nowMs);
    if (watchers.length > 0 || timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    get nowMs() {
      return nowMs;
    },
    exactMs: () => clock.monotonic(),
    watch(watcher) {
      if (watcher.place !== undefined) return;
      watcher.place = watchers.push(watcher) - 1;
      if (timer !== undefined) return;
      nowMs = clock.monotonic();
      timer = setInterval(tick, periodMs);
    },
    unwatch(watcher) {
      const { place } = watcher;
      if (place === undefined) return;
      const last = watchers.pop() as Watcher;
      if (last !== watcher) {
        watchers[place] = last;
        last.place = place;
      }
      watcher.place = undefined;
    },
  };
}
