import fc from 'fast-check';
import { type PeriodName, periodAt } from '../../../../lambda/money/ledger';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Beirut',
];
const NAMES: PeriodName[] = ['hour', 'day', 'week', 'month', 'lifetime'];

test('every moment lies in its period, and periods neither overlap nor leave gaps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2035, 0, 1) }),
      fc.constantFrom(...ZONES),
      fc.constantFrom<PeriodName>('day', 'week', 'month'),
      (now, zone, name) => {
        const period = periodAt(name, now, zone);
        expect(period.startMs <= now && now < period.endMs).toBe(true);
        expect(periodAt(name, period.endMs, zone).startMs).toBe(period.endMs);
        expect(periodAt(name, period.startMs, zone)).toEqual(period);
        expect(periodAt(name, period.startMs - 1, zone).endMs).toBe(period.startMs);
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ['day', 'UTC', '2026-11-24T00:00:00Z', '2026-11-25T00:00:00Z'],
  ['hour', 'Asia/Kolkata', '2026-11-24T12:30:00Z', '2026-11-24T13:30:00Z'],
  ['week', 'Europe/Berlin', '2026-11-22T23:00:00Z', '2026-11-29T23:00:00Z'],
  ['month', 'America/New_York', '2026-11-01T04:00:00Z', '2026-12-01T05:00:00Z'],
] as const)('a %s in %s', (name, zone, start, end) => {
  const period = periodAt(name, Date.parse('2026-11-24T12:45:10Z'), zone);
  expect([period.startMs, period.endMs]).toEqual([Date.parse(start), Date.parse(end)]);
});

test('a day without a midnight begins when the clocks skip it', () => {
  const period = periodAt('day', Date.parse('2018-11-04T12:00:00Z'), 'America/Sao_Paulo');
  expect(new Date(period.startMs).toISOString()).toBe('2018-11-04T03:00:00.000Z');
});

test('a lifetime never ends', () => {
  expect(periodAt('lifetime', Date.now()).endMs).toBe(Number.POSITIVE_INFINITY);
  expect(NAMES.length).toBe(5);
});
