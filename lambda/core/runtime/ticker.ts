import type { Clock } from './clock';

/** Something that wants to know the time now and then. */
export interface Watcher {
  /** @param nowMs monotonic */
  tick(nowMs: number): void;
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

/** @param periodMs how late a deadline may be noticed */
export function createTicker(clock: Clock, periodMs = 250): Ticker {
  const watchers = new Set<Watcher>();
  let timer: NodeJS.Timeout | undefined;
  let nowMs = clock.monotonic();

  const tick = (): void => {
    nowMs = clock.monotonic();
    for (const watcher of watchers) watcher.tick(nowMs);
    if (watchers.size > 0 || timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    get nowMs() {
      return nowMs;
    },
    exactMs: () => clock.monotonic(),
    watch(watcher) {
      watchers.add(watcher);
      if (timer !== undefined) return;
      nowMs = clock.monotonic();
      timer = setInterval(tick, periodMs);
    },
    unwatch: (watcher) => void watchers.delete(watcher),
  };
}
