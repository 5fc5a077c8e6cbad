import { performance } from 'node:perf_hooks';

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

let lastSecond = Number.NaN;
let lastText = '';

/** ISO 8601 of a moment (epoch ms). The same few seconds are written again and again, so the text of the last is remembered. */
export function isoTime(ms: number): string {
  const whole = Math.trunc(ms);
  const second = Math.floor(whole / 1_000);
  if (second !== lastSecond) {
    lastText = new Date(second * 1_000).toISOString().slice(0, -4);
    lastSecond = second;
  }
  return `${lastText}${String(whole - second * 1_000).padStart(3, '0')}Z`;
}

const DAY_MS = 86_400_000;

/** The UTC day of a moment (epoch ms): `2026-11-24`. */
export function utcDay(ms: number): string {
  return isoTime(ms).slice(0, 10);
}

/** The UTC day so many days before another. */
export function daysBefore(day: string, days: number): string {
  return utcDay(Date.parse(day) - days * DAY_MS);
}

/** `performance` is imported, since the global one is fetched anew for each question. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
