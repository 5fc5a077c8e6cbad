import { DAYS, type HoursConfig } from '../../lib/private/contract';

const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1_440;
const DAY_NAMES: readonly string[] = DAYS;

/** Tells whether a moment lies within hours of the day. A clock on a wall is asked once a minute: to ask it costs more than all else here. */
export function hoursOf({ from, to, time_zone: timeZone = 'UTC', days }: HoursConfig): (nowMs: number) => boolean {
  const [first, end] = [minuteOf(from), minuteOf(to)];
  const begins: readonly string[] = days ?? DAY_NAMES;
  const wall = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  let asked = Number.NaN;
  let within = false;

  const isWithin = (nowMs: number): boolean => {
    const { weekday, minute } = readWall(wall, nowMs);
    if (first < end) return minute >= first && minute < end && begins.includes(DAY_NAMES[weekday] as string);
    // Past midnight it is still the hours of the day before.
    if (minute >= first) return begins.includes(DAY_NAMES[weekday] as string);
    return minute < end && begins.includes(DAY_NAMES[(weekday + DAYS.length - 1) % DAYS.length] as string);
  };

  return (nowMs) => {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== asked) {
      asked = minute;
      within = isWithin(nowMs);
    }
    return within;
  };
}

/** @returns the day of the week, Monday being 0, and the minute of the day */
function readWall(wall: Intl.DateTimeFormat, nowMs: number): { readonly weekday: number; readonly minute: number } {
  const parts = new Map(wall.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  return { weekday: DAY_NAMES.indexOf(parts.get('weekday')?.toLowerCase() ?? ''), minute: minute % MINUTES_A_DAY };
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
