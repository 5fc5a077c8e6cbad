import { invalidRequest } from '../platform/error';
import { utcDay } from '../platform/runtime';

const DAY_MS = 86_400_000;
/** Days that one question may span. */
export const MOST_DAYS = 400;

/** A span of UTC days, both ends included. */
export interface DaySpan {
  readonly start: string;
  readonly end: string;
}

/** Whether a text is a UTC day, today or before it. */
export function hasBegun(day: string, now: number): boolean {
  return !Number.isNaN(Date.parse(day)) && utcDay(Date.parse(day)) === day && day <= utcDay(now);
}

/**
 * Reads `start` and `end`.
 *
 * @param defaultStart when the query has none
 * @throws GatewayError 400
 */
export function readSpan(query: URLSearchParams, now: number, defaultStart: string): DaySpan {
  const today = utcDay(now);
  const start = readDay(query, 'start') ?? defaultStart;
  const end = readDay(query, 'end') ?? later(start, today);
  if (end < start) throw invalidRequest('end', 'end must not be before start.');
  if (Date.parse(end) - Date.parse(start) >= MOST_DAYS * DAY_MS)
    throw invalidRequest('start', `start and end may be ${MOST_DAYS} days apart at most.`);
  return { start, end };
}

function readDay(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const day = text.slice(0, 10);
  const ms = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(ms) || (text.length === 10 && utcDay(ms) !== day))
    throw invalidRequest(name, `${name} must be a day such as 2026-11-24.`);
  return utcDay(ms);
}

export function daysOf({ start, end }: DaySpan): readonly string[] {
  const days: string[] = [];
  for (let ms = Date.parse(start); ms <= Date.parse(end); ms += DAY_MS) days.push(utcDay(ms));
  return days;
}

export function monthsOf(span: DaySpan): readonly string[] {
  return [...new Set(daysOf(span).map((day) => day.slice(0, 7)))];
}

/** The later of two days; ISO days compare as text. */
export function later(left: string, right: string): string {
  return [left, right].sort()[1] as string;
}

/** The earlier of two days. */
export function earlier(left: string, right: string): string {
  return [left, right].sort()[0] as string;
}
