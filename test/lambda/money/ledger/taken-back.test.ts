/** How an attempt that sent nothing is taken back, step by step, whoever does it and whatever became of its record. */
import { createSweeper } from '../../../../lambda/money/ledger';
import { Abandonment, type Unsent } from '../../../../lambda/money/ledger/abandonment';
import { serviceError } from '../../../support/dynamodb-expressions';
import { budget, type LedgerWorld, ledgerWorld, outcome } from '../../../support/ledger-world';
import type { Call } from '../../../support/memory-dynamodb';

const MINUTE_MS = 60_000;
const isClose = ({ operation, input }: Call): boolean =>
  operation === 'updateItem' && JSON.stringify(input).includes('remaining + :refund');
const isRecord = ({ operation, input }: Call): boolean =>
  operation === 'updateItem' && (input as { TableName: string }).TableName === 'records';

/** Ten of a hundred reserved on two counters, by an attempt of which its process says that it sent nothing. */
async function reserved() {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't', budgets: [budget(100)] });
  const key = await world.addKey({ teamId: 't', budgets: [budget(100)] });
  const result = await world.process().admit(world.request(key));
  if (!result.admitted) throw new Error('refused');
  const { attemptId } = result.reservation;
  const record = await world.records.get(attemptId);
  if (record === undefined) throw new Error('no record');
  const { counters, expiresAtMs } = record;
  const unsent: Unsent = { attemptId, kind: 'unsent', outcome: 'not_sent', counters, expiresAtMs };
  const held = new Set(counters.map(({ counter }) => counter));
  expect(held.size).toBe(2);
  return { world, unsent, held, reservation: result.reservation };
}

async function left(world: LedgerWorld): Promise<bigint[]> {
  return (await world.counters.scan()).items.map(({ remainingNanoUsd }) => remainingNanoUsd);
}

const recordOf = (world: LedgerWorld) => world.table.items('records').find((item) => item['state'] !== undefined);
const sweep = (world: LedgerWorld) => createSweeper({ ...world, retentionMs: 86_400_000 }).sweepRecords();

test('R12 what every counter answered for is done with at once: the record is void, the money back, and nothing is left to do', async () => {
  const { world, unsent, held } = await reserved();
  const work = new Abandonment(world, unsent, held);
  expect([work.done, work.tooLate, work.mayCome, work.unsent]).toEqual([false, false, false, unsent]);
  const steps: string[] = [];
  world.table.hooks = { before: (call) => void (isClose(call) ? steps.push('money') : isRecord(call) && steps.push('record')) };

  await work.work(world.clock.now());

  expect(steps).toEqual(['record', 'money', 'money', 'record']);
  expect([work.done, work.tooLate]).toEqual([true, false]);
  expect(await left(world)).toEqual([100n, 100n]);
  const thirtyDays = Math.floor(world.clock.now() / 1_000) + 30 * 86_400;
  expect(recordOf(world)).toMatchObject({ state: { S: 'void' }, ttl: { N: String(thirtyDays) } });
  expect(recordOf(world)).not.toHaveProperty('open_until');
  world.table.resetCounts();
  await work.work(world.clock.now());
  expect(world.table.writes).toBe(0);
});

test('R12 where a counter refused, the money may go first', async () => {
  const { world, unsent, held } = await reserved();
  const steps: string[] = [];
  world.table.hooks = { before: (call) => void (isClose(call) ? steps.push('money') : isRecord(call) && steps.push('record')) };

  const work = new Abandonment(world, unsent, held, true);
  await work.work(world.clock.now());

  expect(steps).toEqual(['money', 'money', 'record']);
  expect([work.done, await left(world)]).toEqual([true, [100n, 100n]]);
});

test('R12 what a counter did not take is told, and looked for by the sweeper until it is done', async () => {
  const { world, unsent, held } = await reserved();
  const work = new Abandonment(world, unsent, held);
  const closed: string[] = [];
  world.table.hooks = {
    before: (call) => {
      if (!isClose(call)) return;
      closed.push(JSON.stringify(call.input));
      if (closed.length === 1) throw serviceError('TimeoutError', 'the first has no answer');
    },
  };

  await expect(work.work(world.clock.now(), () => 700)).rejects.toThrow('the first has no answer');
  expect([work.done, closed.length, (await left(world)).sort()]).toEqual([false, 2, [100n, 90n]]);
  const openUntil = recordOf(world)?.['open_until'];
  expect(openUntil).toBeDefined();
  expect(JSON.stringify(openUntil)).toContain(String(world.clock.now() + 10_000));

  await work.work(world.clock.now());
  expect([work.done, closed.length, await left(world)]).toEqual([true, 3, [100n, 100n]]);
  expect(recordOf(world)).not.toHaveProperty('open_until');
});

test('R12 a reservation without an answer may still arrive: the record is looked at again', async () => {
  const { world, unsent, held } = await reserved();
  const [answered] = held;
  const work = new Abandonment(world, unsent, new Set([answered as string]));

  await work.work(world.clock.now());

  expect([work.mayCome, work.done, await left(world)]).toEqual([true, false, [100n, 100n]]);
  expect(recordOf(world)).toHaveProperty('open_until');
});

describe('R12 a sweeper was there before', () => {
  async function charged() {
    const all = await reserved();
    all.world.clock.advance(17 * MINUTE_MS);
    expect((await sweep(all.world)).charged).toBe(1);
    expect(await left(all.world)).toEqual([90n, 90n]);
    return { ...all, work: new Abandonment(all.world, all.unsent, all.held) };
  }

  test('R12 and charged it: all returns', async () => {
    const { world, work } = await charged();
    await work.work(world.clock.now());
    expect([work.tooLate, work.done, await left(world)]).toEqual([false, true, [100n, 100n]]);
    expect(recordOf(world)).toMatchObject({ state: { S: 'adjusted' }, cost_nano_usd: { N: '0' } });
    world.table.resetCounts();
    await work.work(world.clock.now());
    expect(world.table.writes).toBe(0);
  });

  test('R12 and somebody died while taking it back: it is finished', async () => {
    const { world, unsent, work } = await charged();
    await world.records.transition(unsent.attemptId, ['expired_charged'], 'adjusting', { costNanoUsd: 0n }, world.clock.now());
    await work.work(world.clock.now());
    expect([work.tooLate, await left(world)]).toEqual([false, [100n, 100n]]);
    expect(recordOf(world)).toMatchObject({ state: { S: 'adjusted' } });
  });

  test.each([
    [0n, false],
    [7n, true],
  ])('R12 and another process adjusts it to %d meanwhile: too late %s', async (costNanoUsd, tooLate) => {
    const { world, unsent, held } = await charged();
    const records = {
      ...world.records,
      transition: async (...[id, from, , , nowMs]: Parameters<typeof world.records.transition>) => {
        const other = await world.records.transition(id, from, 'adjusting', { costNanoUsd }, nowMs);
        expect(other.done).toBe(true);
        return world.records.transition(id, from, 'adjusting', { costNanoUsd: 0n }, nowMs);
      },
    };
    const work = new Abandonment({ ...world, records }, unsent, held);
    await work.work(world.clock.now());
    expect(work.tooLate).toBe(tooLate);
  });
});

test.each([
  [0n, false],
  [7n, true],
])('R12 what was settled at %d before stays so: too late %s', async (cost, tooLate) => {
  const { world, unsent, held, reservation } = await reserved();
  await reservation.settle(outcome(cost));
  const work = new Abandonment(world, unsent, held);
  await work.work(world.clock.now());
  expect([work.tooLate, await left(world)]).toEqual([tooLate, [100n - cost, 100n - cost]]);
});
