import { createSweeper, type Reservation, writeQueued } from '../../../lambda/money/ledger';
import { bookSettlements, type SweeperServices, sweep } from '../../../lambda/sweeper/handle';
import { serviceError } from '../../support/dynamodb-expressions';
import { budget, type LedgerWorld, ledgerWorld, outcome } from '../../support/ledger-world';

const EXPIRED_MS = 17 * 60_000;
const RETENTION_MS = 15 * 86_400_000;

function servicesOf(world: LedgerWorld): SweeperServices {
  return {
    counters: world.counters,
    gates: world.gates,
    records: world.records,
    clock: world.clock,
    log: { write: (level, event) => world.logged.push(`${level} ${event}`) },
    metrics: { emit: (values) => world.logged.push(...Object.keys(values)) },
  };
}

async function openRequest(world: LedgerWorld): Promise<Reservation> {
  const key = await world.addKey({ budgets: [budget(100)] });
  const result = await world.process().admit(world.request(key));
  if (!result.admitted) throw new Error('refused');
  return result.reservation;
}

async function counterOf(world: LedgerWorld) {
  return (await world.counters.scan()).items[0];
}

test('a dead request that may have been billed stays charged in full, then its token is dropped', async () => {
  const world = ledgerWorld();
  const { attemptId } = await openRequest(world);
  world.clock.advance(EXPIRED_MS);

  await sweep(servicesOf(world), () => 300_000);
  expect(await world.records.get(attemptId)).toMatchObject({ state: 'expired_charged', costNanoUsd: 10n, outcome: 'expired' });
  expect(await counterOf(world)).toMatchObject({ remainingNanoUsd: 90n });
  expect((await counterOf(world))?.open.size).toBe(0);
  expect((await counterOf(world))?.parked.size).toBe(1);
  expect(world.logged).toContain('Swept');

  world.clock.advance(RETENTION_MS + EXPIRED_MS);
  await sweep(servicesOf(world), () => 300_000);
  expect(await world.records.get(attemptId)).toMatchObject({ state: 'adjusted', costNanoUsd: 10n });
  expect((await counterOf(world))?.parked.size).toBe(0);
  expect(await counterOf(world)).toMatchObject({ remainingNanoUsd: 90n });
});

test('H06 a settlement after expiry, delivered twice, returns the difference once', async () => {
  const world = ledgerWorld();
  const { attemptId } = await openRequest(world);
  world.clock.advance(EXPIRED_MS);
  await sweep(servicesOf(world), () => 300_000);
  const body = writeQueued({ attemptId, kind: 'settle', result: { costNanoUsd: 3n, status: 200, outcome: 'ok' } });

  const records = [
    { messageId: 'a', body },
    { messageId: 'b', body },
  ];
  expect(await bookSettlements(servicesOf(world), { Records: records }, () => 0)).toEqual({ batchItemFailures: [] });

  expect(await world.records.get(attemptId)).toMatchObject({ state: 'adjusted', costNanoUsd: 3n, outcome: 'ok' });
  expect(await counterOf(world)).toMatchObject({ remainingNanoUsd: 97n });
  expect((await counterOf(world))?.parked.size).toBe(0);
});

test('H07 a live request that a fast clock took for dead is adjusted to what it really cost', async () => {
  const world = ledgerWorld();
  const reservation = await openRequest(world);
  const ahead = { now: () => world.clock.now() + EXPIRED_MS, monotonic: () => world.clock.monotonic() };
  await createSweeper({ ...servicesOf(world), clock: ahead }).sweepRecords();
  expect((await world.records.get(reservation.attemptId))?.state).toBe('expired_charged');

  await reservation.settle(outcome(4n));

  expect(await world.records.get(reservation.attemptId)).toMatchObject({ state: 'adjusted', costNanoUsd: 4n });
  expect(await counterOf(world)).toMatchObject({ remainingNanoUsd: 96n });
});

test('money without any record is returned after a void has been written', async () => {
  const world = ledgerWorld();
  const spec = { key: 'money#key#k#*#lifetime#0', limitNanoUsd: 100n, generation: 2, soft: false };
  const request = { attemptId: '0192f000-0000-7000-8000-00000000000a' };
  const entry = { nanoUsd: 10n, expiresAtMs: world.clock.now() + 60_000 };
  await world.counters.reserve(spec, request.attemptId, entry, async () => ({ spec, spentNanoUsd: 0n }), 1_000);
  expect(await counterOf(world)).toMatchObject({ remainingNanoUsd: 90n });
  world.clock.advance(EXPIRED_MS);

  await createSweeper(servicesOf(world)).sweepCounters();

  expect((await world.records.get(request.attemptId))?.state).toBe('void');
  expect(await counterOf(world)).toMatchObject({ remainingNanoUsd: 100n });
});

test('H08 two sweepers at once resolve a request once', async () => {
  const world = ledgerWorld();
  await openRequest(world);
  world.clock.advance(EXPIRED_MS);
  const sweepers = [createSweeper(servicesOf(world)), createSweeper(servicesOf(world))];

  await Promise.all(sweepers.flatMap((sweeper) => [sweeper.sweepRecords(), sweeper.sweepCounters()]));

  expect(await counterOf(world)).toMatchObject({ remainingNanoUsd: 90n });
  expect((await counterOf(world))?.parked.size).toBe(1);
});

test('a message that cannot be booked now is delivered again, one that is no settlement is not', async () => {
  const world = ledgerWorld();
  const { attemptId } = await openRequest(world);
  const body = writeQueued({ attemptId, kind: 'settle', result: { costNanoUsd: 3n } });
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
    const { attemptId } = await openRequest(world);
    const body = writeQueued({ attemptId, kind: 'settle', result: { costNanoUsd: 3n } });
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

test('slots of dead requests are freed by the hourly scan', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ limits: { concurrent_requests: 5 } });
  await world.process().admit(world.request(key));
  world.clock.advance(3_600_000);

  await sweep(servicesOf(world), () => 300_000);

  expect((await world.gates.get(`gate#key#${key.id}#*`))?.slots?.size).toBe(0);
});

test('a sweep that runs out of time stops, and the next one goes on', async () => {
  const world = ledgerWorld();
  for (let count = 0; count < 5; count++) await openRequest(world);
  world.clock.advance(EXPIRED_MS);
  let calls = 0;
  await sweep(servicesOf(world), () => (++calls > 6 ? 1_000 : 300_000));
  const charged = async () => (await world.counters.scan()).items.filter(({ parked }) => parked.size > 0).length;
  expect(await charged()).toBeLessThan(5);

  await sweep(servicesOf(world), () => 300_000);
  expect(await charged()).toBe(5);
});
