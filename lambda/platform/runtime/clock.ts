/** The one place that tells the time. */
export interface Clock {
  /** Wall clock, epoch milliseconds. May jump. */
  now(): number;
  /** Monotonic milliseconds, for deadlines and durations. Never jumps; its origin means nothing. */
  monotonic(): number;
}

/** When something was read, by both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export function momentOf(clock: Clock): Moment {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
}

/** The later age counts: the monotonic clock may stand still while a process is frozen, the wall clock may be set back. */
export function ageMs(clock: Clock, { wallMs, monotonicMs }: Moment): number {
  return Math.max(Math.abs(clock.now() - wallMs), clock.monotonic() - monotonicMs);
}

let lastMs = Number.NaN;
let lastIso = '';

/** ISO 8601 of a moment (epoch ms). The same few milliseconds are written again and again, so the last is remembered. */
export function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastIso = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastIso;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
