import type { BudgetConfig } from '../../../lib/private/contract';

export type PeriodName = BudgetConfig['period'];

/** One period of a calendar. Epoch ms; the end is the next period's start. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

interface LocalTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const current = new Map<string, Period>();

/**
 * The period that holds a moment, by the calendar of a time zone. Weeks begin on Monday; a lifetime never ends.
 *
 * @param timeZone IANA name
 * @throws RangeError when the runtime does not know the time zone
 */
export function periodAt(period: PeriodName, nowMs: number, timeZone = 'UTC'): Period {
  if (period === 'lifetime') return { startMs: 0, endMs: Number.POSITIVE_INFINITY };
  const name = `${period} ${timeZone}`;
  const cached = current.get(name);
  if (cached !== undefined && cached.startMs <= nowMs && nowMs < cached.endMs) return cached;
  const made = makePeriod(period, nowMs, timeZone);
  current.set(name, made);
  return made;
}

function makePeriod(period: Exclude<PeriodName, 'lifetime'>, nowMs: number, timeZone: string): Period {
  const local = localTime(nowMs, timeZone);
  if (period === 'hour') {
    const startMs = Math.floor(nowMs / 1_000) * 1_000 - (local.minute * 60 + local.second) * 1_000;
    return { startMs, endMs: startMs + HOUR_MS };
  }
  if (period === 'month') {
    return { startMs: midnight(local.year, local.month, 1, timeZone), endMs: midnight(local.year, local.month + 1, 1, timeZone) };
  }
  const length = period === 'week' ? 7 : 1;
  const weekday = (new Date(Date.UTC(local.year, local.month - 1, local.day)).getUTCDay() + 6) % 7;
  const first = period === 'week' ? local.day - weekday : local.day;
  return {
    startMs: midnight(local.year, local.month, first, timeZone),
    endMs: midnight(local.year, local.month, first + length, timeZone),
  };
}

/** The first moment of a local day; days and months beyond their range carry over. Where clocks skip midnight, the day begins at the skip. */
function midnight(year: number, month: number, day: number, timeZone: string): number {
  const wall = Date.UTC(year, month - 1, day);
  const before = offsetAt(wall - DAY_MS, timeZone);
  const after = offsetAt(wall + DAY_MS, timeZone);
  const candidates = [wall - before, wall - after].sort((left, right) => left - right);
  return candidates.find((candidate) => candidate + offsetAt(candidate, timeZone) === wall) ?? wall - before;
}

/** Local time less UTC, in ms. */
function offsetAt(ms: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const local = localTime(ms, timeZone);
  const wall = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute, local.second);
  return wall - Math.floor(ms / 1_000) * 1_000;
}

function localTime(ms: number, timeZone: string): LocalTime {
  if (timeZone === 'UTC') {
    const date = new Date(ms);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
    };
  }
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) parts[type] = Number(value);
  return parts as unknown as LocalTime;
}
