import { createSweeper, type QueuedWork, type Reservation, writeQueued } from '../../../lambda/money/ledger';
import { bookSettlements, type SweeperServices, sweep } from '../../../lambda/sweeper/handle';
import { METRICS } from '../../../lib/private/contract';
import { serviceError } from '../../support/dynamodb-expressions';
import { budget, type LedgerWorld, ledgerWorld, outcome } from '../../support/ledger-world';

/** A page is due at most this long after the end of its call's time. */
const EXPIRED_MS = 40 * 60_000;
const RETENTION_MS = 15 * 86_400_000;

function servicesOf(world: LedgerWorld): SweeperServices {
  return {
    pages: world.pages,
    records: world.records,
    clock: world.clock,
    log: { write: (level, event) => world.logged.push(`${level} ${event}`) },
    metrics: { emit: (values) => world.logged.push(...Object.keys(values)) },
  };
}

interface Open {
  readonly reservation: Reservation;
  readonly level: string;
}

async function openRequest(world: LedgerWorld): Promise<Open> {
  const key = await world.addKey({ budgets: [budget(100)] });
  const result = await world.process().admit(world.request(key));
  if (!result.admitted) throw new Error('refused');
  return { reservation: result.reservation, level: `key#${key.id}` };
}

/** What the process of a call says last, as the queue carries it. */
async function messageOf(world: LedgerWorld, { reservation }: Open, costNanoUsd: bigint): Promise<string> {
  const dead = { ...world.table.hooks };
  world.table.hooks = {
    before: () => {
      throw serviceError('TimeoutError', 'no answer');
    },
  };
  await reservation.settle(outcome(costNanoUsd));
  world.table.hooks = dead;
  return writeQueued(world.queued.at(-1) as QueuedWork);
}

test('a dead request that may have been billed stays charged in full, then what was kept for a late word is dropped', async () => {
  const world = ledgerWorld();
  const { reservation, level } = await openRequest(world);
  world.clock.advance(EXPIRED_MS);

  await sweep(servicesOf(world), () => 300_000);
  expect(await world.records.read(reservation.attemptId)).toMatchObject({
    state: 'expired_charged',
    costNanoUsd: 10n,
    outcome: 'expired',
    keyId: level.slice(4),
  });
  expect(await world.left(level)).toBe(90n);
  expect([(await world.page(level))?.open.size, (await world.page(level))?.kept.size]).toEqual([0, 1]);
  expect(world.logged).toContain(METRICS.SWEPT);

  world.clock.advance(RETENTION_MS + EXPIRED_MS);
  await sweep(servicesOf(world), () => 300_000);
  expect(await world.records.read(reservation.attemptId)).toMatchObject({ state: 'adjusted', costNanoUsd: 10n });
  expect((await world.page(level))?.kept.size).toBe(0);
  expect((await world.page(level))?.dueMs).toBeUndefined();
});

test('H06 a settlement after expiry, delivered twice, returns the difference once', async () => {
  const world = ledgerWorld();
  const open = await openRequest(world);
  const body = await messageOf(world, open, 3n);
  world.clock.advance(EXPIRED_MS);
  await sweep(servicesOf(world), () => 300_000);

  const Records = [
    { messageId: 'a', body },
    { messageId: 'b', body },
  ];
  expect(await bookSettlements(servicesOf(world), { Records }, () => 0)).toEqual({ batchItemFailures: [] });

  expect(await world.records.read(open.reservation.attemptId)).toMatchObject({ state: 'adjusted', costNanoUsd: 3n, outcome: 'ok' });
  expect(await world.left(open.level)).toBe(97n);
  expect((await world.page(open.level))?.kept.size).toBe(0);
});

test('a settlement that comes when another amount stands changes nothing and rings', async () => {
  const world = ledgerWorld();
  const open = await openRequest(world);
  const body = await messageOf(world, open, 3n);
  world.clock.advance(EXPIRED_MS);
  await sweep(servicesOf(world), () => 300_000);
  world.clock.advance(RETENTION_MS + EXPIRED_MS);
  await sweep(servicesOf(world), () => 300_000);

  await bookSettlements(servicesOf(world), { Records: [{ messageId: 'a', body }] }, () => 0);

  expect(await world.records.read(open.reservation.attemptId)).toMatchObject({ state: 'adjusted', costNanoUsd: 10n });
  expect(world.logged).toEqual(expect.arrayContaining(['error settlement-late', METRICS.SETTLEMENT_LOST]));
});

test('H07 a live request that a fast clock took for dead is adjusted to what it really cost', async () => {
  const world = ledgerWorld();
  const { reservation, level } = await openRequest(world);
  const ahead = { now: () => world.clock.now() + EXPIRED_MS, monotonic: () => world.clock.monotonic() };
  await createSweeper({ ...servicesOf(world), clock: ahead }).sweep();
  expect((await world.records.read(reservation.attemptId))?.state).toBe('expired_charged');

  await reservation.settle(outcome(4n));

  expect(await world.records.read(reservation.attemptId)).toMatchObject({ state: 'adjusted', costNanoUsd: 4n });
  expect(await world.left(level)).toBe(96n);
});

test('H08 two sweepers at once resolve a request once', async () => {
  const world = ledgerWorld();
  const { level } = await openRequest(world);
  world.clock.advance(EXPIRED_MS);

  await Promise.all([createSweeper(servicesOf(world)).sweep(), createSweeper(servicesOf(world)).sweep()]);

  expect(await world.left(level)).toBe(90n);
  expect((await world.page(level))?.kept.size).toBe(1);
});

test('a request is nobody’s to charge before its time', async () => {
  const world = ledgerWorld();
  const { reservation, level } = await openRequest(world);
  world.clock.advance(15 * 60_000);

  await sweep(servicesOf(world), () => 300_000);

  expect(await world.records.read(reservation.attemptId)).toBeUndefined();
  expect((await world.page(level))?.open.size).toBe(1);
});

test('a page whose calls have all ended is taken out of the index, and comes back with its next call', async () => {
  const world = ledgerWorld();
  const { reservation, level } = await openRequest(world);
  await reservation.settle(outcome(1n));
  expect((await world.page(level))?.dueMs).toBeDefined();
  world.clock.advance(EXPIRED_MS);

  await sweep(servicesOf(world), () => 300_000);
  expect((await world.page(level))?.dueMs).toBeUndefined();

  const key = await world.identity.get('key', level.slice(4));
  await world.process().admit(world.request(key as never));
  expect((await world.page(level))?.dueMs).toBeDefined();
});

test('a message that cannot be booked now is delivered again, one that is no settlement is not', async () => {
  const world = ledgerWorld();
  const body = await messageOf(world, await openRequest(world), 3n);
  world.table.hooks = {
    before: () => {
      throw serviceError('ThrottlingException', 'slow down');
    },
  };

  const Records = [
    { messageId: 'good', body },
    { messageId: 'bad', body: '{"no":1}' },
    { messageId: 'worse', body: 'not json' },
  ];
  const result = await bookSettlements(servicesOf(world), { Records }, () => 0);

  expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'good' }]);
});

test.each([
  [120_000, []],
  [22_000, [{ itemIdentifier: 'a' }]],
])(
  'R12 a table that is back in seconds takes a message that was received before, where %i ms are left for it',
  async (remainingMs, batchItemFailures) => {
    const world = ledgerWorld();
    const body = await messageOf(world, await openRequest(world), 3n);
    const began = world.clock.now();
    world.table.hooks = {
      before: () => {
        if (world.clock.now() < began + 9_000) throw serviceError('TimeoutError', 'no answer');
      },
    };
    const services = { ...servicesOf(world), pause: async (ms: number) => world.clock.advance(ms) };

    const result = await bookSettlements(
      services,
      { Records: [{ messageId: 'a', body }] },
      () => remainingMs - (world.clock.now() - began),
    );

    expect(result).toEqual({ batchItemFailures });
    expect(world.clock.now() - began).toBeLessThan(16_000);
  },
);

test('slots of dead requests are freed', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ limits: { concurrent_requests: 5 } });
  await world.process().admit(world.request(key));
  expect((await world.page(`key#${key.id}`))?.slots?.remaining).toBe(4);
  world.clock.advance(3_600_000);

  await sweep(servicesOf(world), () => 300_000);

  expect((await world.page(`key#${key.id}`))?.slots?.remaining).toBe(5);
});

test('a sweep that runs out of time stops, and the next one goes on', async () => {
  const world = ledgerWorld();
  const levels: string[] = [];
  for (let count = 0; count < 5; count++) levels.push((await openRequest(world)).level);
  world.clock.advance(EXPIRED_MS);
  let calls = 0;
  await sweep(servicesOf(world), () => (++calls > 2 ? 1_000 : 300_000));
  const charged = async () => {
    const pages = await Promise.all(levels.map((level) => world.page(level)));
    return pages.filter((page) => (page?.kept.size ?? 0) > 0).length;
  };
  expect(await charged()).toBeLessThan(5);

  await sweep(servicesOf(world), () => 300_000);
  expect(await charged()).toBe(5);
});

test('R15 the index is swept to its end, whatever fails on the way', async () => {
  const world = ledgerWorld();
  const levels: string[] = [];
  for (let count = 0; count < 40; count++) levels.push((await openRequest(world)).level);
  world.clock.advance(EXPIRED_MS);
  world.table.hooks = {
    before: ({ operation, input }) => {
      if (operation !== 'query' && JSON.stringify(input).includes(`${levels[3]}#`)) throw serviceError('ThrottlingException', 'slow down');
    },
  };

  const report = await createSweeper(servicesOf(world)).sweep();
  expect(report.charged).toBe(39);
  expect(report.failed).toBeGreaterThan(0);

  world.table.hooks = {};
  expect(await createSweeper(servicesOf(world)).sweep()).toMatchObject({ charged: 1, failed: 0 });
});
