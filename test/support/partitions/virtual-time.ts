import type { Clock } from '../../../lambda/platform/runtime';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** What comes within so long of each other comes at once. */
const TICK_MS = 0.25;

/** Time that passes when everybody waits: a minute of a busy gateway takes as long as its code. */
export class VirtualTime implements Clock {
  /** A heap, the next one first. */
  private readonly timers: Timer[] = [];
  private elapsedMs = 0;

  public constructor(private readonly startMs: number) {}

  public now(): number {
    return Math.floor(this.startMs + this.elapsedMs);
  }

  public monotonic(): number {
    return this.elapsedMs;
  }

  public pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  public after(ms: number, run: () => void): void {
    const { timers } = this;
    const timer = { atMs: this.elapsedMs + Math.max(0, ms), run };
    let index = timers.length;
    timers.push(timer);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if ((timers[parent] as Timer).atMs <= timer.atMs) break;
      timers[index] = timers[parent] as Timer;
      index = parent;
    }
    timers[index] = timer;
  }

  /** Goes on until nobody waits any more. */
  public async run(): Promise<void> {
    for (;;) {
      // Whoever can go on without time does.
      await new Promise(setImmediate);
      const next = this.timers[0];
      if (next === undefined) return;
      this.elapsedMs = Math.max(this.elapsedMs, next.atMs);
      const untilMs = this.elapsedMs + TICK_MS;
      while (this.timers.length > 0 && (this.timers[0] as Timer).atMs <= untilMs) this.take().run();
    }
  }

  private take(): Timer {
    const { timers } = this;
    const first = timers[0] as Timer;
    const last = timers.pop() as Timer;
    if (timers.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= timers.length) break;
      if (child + 1 < timers.length && (timers[child + 1] as Timer).atMs < (timers[child] as Timer).atMs) child++;
      if ((timers[child] as Timer).atMs >= last.atMs) break;
      timers[index] = timers[child] as Timer;
      index = child;
    }
    timers[index] = last;
    return first;
  }
}
