/** What a request asked of AWS, summed up and shown. */
import { requestTrace, shownRequest } from '../../../local/game-day/request-trace';
import type { TraceLine } from '../../../local/game-day/trace-line';
import { tripsOf } from '../../../local/game-day/trips';

const line = (action: string, table: string, start: number, end: number, more: Partial<TraceLine> = {}): TraceLine => ({
  request_id: 'r',
  invocation_id: 'i',
  function: 'proxy',
  function_id: 'Proxy',
  service: 'dynamodb',
  action,
  resources: [`Stack-${table}ABC`],
  start: 1_000 + start,
  end: 1_000 + end,
  read_units: 0,
  write_units: 0,
  ...more,
});
const READ = line('BatchGetItem', 'Identity', 0, 2, { read_units: 2 });
const RESERVE = line('UpdateItem', 'Counters', 0.1, 3, { write_units: 1 });
const RECORD = line('PutItem', 'Records', 200, 202, { write_units: 2 });
const CLOSE = line('UpdateItem', 'Counters', 203, 205, { write_units: 1 });

test('calls that are made together are one trip, and one that waits for another is one more', () => {
  const at = (startMs: number, endMs: number) => ({ startMs, endMs });
  expect(tripsOf([])).toBe(0);
  expect(tripsOf([at(0, 5), at(1, 3), at(2, 9)])).toBe(1);
  expect(tripsOf([at(4, 9), at(0, 5), at(1, 3)])).toBe(2);
  expect(tripsOf([at(0, 1), at(1, 2), at(2, 3)])).toBe(3);
});

test('a call is one trip before its answer and two after it, in whatever order its lines came', () => {
  expect(requestTrace('r', [CLOSE, RECORD, RESERVE, READ])).toMatchObject({
    ...{ request_id: 'r', function: 'proxy', trips_before: 1, trips_after: 2 },
    ...{ calls: 4, write_units: 4, read_units: 2, lines: [READ, RESERVE, RECORD, CLOSE] },
  });
});

test('what an attempt that sent nothing takes back belongs before the answer', () => {
  const again = [line('BatchGetItem', 'Identity', 20, 21), line('UpdateItem', 'Counters', 20, 22)];
  const voided = [line('PutItem', 'Records', 10, 11), line('UpdateItem', 'Counters', 12, 13)];

  expect(requestTrace('r', [READ, RESERVE, ...voided, ...again, RECORD, CLOSE])).toMatchObject({ trips_before: 4, trips_after: 2 });
});

test('a refusal has no trip after its answer', () => {
  expect(requestTrace('r', [READ, RESERVE])).toMatchObject({ trips_before: 1, trips_after: 0 });
});

test('it is shown in a line of sums, and a line for each call', () => {
  const lost = { ...CLOSE, error: 'AnswerLost', disturbed: 'lost-after' };

  expect(shownRequest(requestTrace('r', [READ, RESERVE, RECORD, lost])).split('\n')).toEqual([
    'r (proxy): 1 trip before the answer, 2 after it; 4 calls, 4 write units, 2 read units',
    '       0.0 to 2.0 ms  BatchGetItem   Stack-IdentityABC; 2 read',
    '       0.1 to 3.0 ms  UpdateItem     Stack-CountersABC; 1 written',
    '   200.0 to 202.0 ms  PutItem        Stack-RecordsABC; 2 written',
    '   203.0 to 205.0 ms  UpdateItem     Stack-CountersABC; 1 written; AnswerLost; disturbed: lost-after',
  ]);
  expect(shownRequest(requestTrace('r', [READ]))).toContain('1 trip before the answer; 1 calls');
});
