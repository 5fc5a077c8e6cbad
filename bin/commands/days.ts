import { UsageError } from './command';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** UTC days from one to another, both included. @param option that named them, for the complaint */
export function daysBetween(option: string, start: string, end: string): readonly string[] {
  for (const day of [start, end])
    if (!DAY.test(day) || Number.isNaN(Date.parse(day))) throw new UsageError(`${option} takes a day, such as 2026-11-24, not '${day}'`);
  if (end < start) throw new UsageError(`the last day, ${end}, is before the first, ${start}`);
  const days: string[] = [];
  for (let ms = Date.parse(start); ms <= Date.parse(end); ms += DAY_MS) days.push(dayOf(ms));
  return days;
}

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
