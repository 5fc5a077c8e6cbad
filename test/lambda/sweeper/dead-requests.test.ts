import { createSweeper } from '../../../lambda/money/ledger';
import { serviceError } from '../../support/dynamodb-expressions';
import { attemptId, budget, type LedgerWorld, ledgerWorld } from '../../support/ledger-world';

const MINUTE_MS = 60_000;
const EXPIRED_MS = 17 * MINUTE_MS;
const DAY_MS = 86_400_000;
const RETENTION_MS = 15 * DAY_MS;
const KEY = 'money#key#k#*#lifetime#0';
const SPEC = { key: KEY, limitNanoUsd: 100n, generation: 2, soft: false };

const sweeperOf = (world: LedgerWorld) => createSweeper({ ...world, retentionMs: RETENTION_MS });

/** Money on a counter that no record tells of. */
async function hold(world: LedgerWorld, id: string, expiresInMs: number) {
  const entry = { nanoUsd: 10n, expiresAtMs: world.clock.now() + expiresInMs };
  await world.counters.reserve(SPEC, id, entry, async () => ({ spec: SPEC, spentNanoUsd: 0n }), 1_000);
  return entry;
}

async function openRequest(world: LedgerWorld): Promise<string> {
  const key = await world.addKey({ budgets: [budget(100)] });
  const result = await world.process().admit(world.request(key));
  if (!result.admitted) throw new Error('refused');
  return result.reservation.attemptId;
}

async function intent(world: LedgerWorld, id: string, counters: readonly string[], expiresInMs = MINUTE_MS): Promise<void> {
  await world.records.putIntent({
    id,
    createdAt: new Date(world.clock.now()).toISOString(),
    keyId: 'k',
    operation: 'chat',
    dialect: 'openai-chat',
    originalModel: 'm',
    stream: false,
    boundNanoUsd: 10n,
    counters: counters.map((counter) => ({ counter, nanoUsd: 10n })),
    expiresAtMs: world.clock.now() + expiresInMs,
  });
}

const left = async (world: LedgerWorld) => (await world.counters.get(KEY))?.remainingNanoUsd;

test('R15 a request is nobody’s to resolve before its time, whoever asks', async () => {
  const world = ledgerWorld();
  const id = await openRequest(world);
  world.clock.advance(15 * MINUTE_MS);
  expect(await sweeperOf(world).sweepRequest(id)).toBe('none');
  expect((await world.records.get(id))?.state).toBe('intent');
  world.clock.advance(2 * MINUTE_MS);
  expect(await sweeperOf(world).sweepRequest(id)).toBe('charged');
});

test('R15 a request that did not get all of its reservations was never sent: it is void, and what it has goes back', async () => {
  const world = ledgerWorld();
  const id = attemptId();
  await hold(world, id, MINUTE_MS);
  await intent(world, id, [KEY, 'money#team#t#*#lifetime#0']);
  world.clock.advance(EXPIRED_MS);

  expect(await sweeperOf(world).sweepRecords()).toMatchObject({ voided: 1, charged: 0 });

  expect(await world.records.get(id)).toMatchObject({ state: 'void', outcome: 'expired' });
  expect(await left(world)).toBe(100n);
});

test('R15 money goes back only once its request can never be sent: the void comes first', async () => {
  const world = ledgerWorld();
  await hold(world, attemptId(), MINUTE_MS);
  world.clock.advance(EXPIRED_MS);
  world.table.hooks = {
    before: ({ input }) => {
      if ((input as { TableName: string; UpdateExpression?: string }).TableName === 'records' && 'UpdateExpression' in input) {
        throw serviceError('TimeoutError', 'no void is taken');
      }
    },
  };

  expect(await sweeperOf(world).sweepCounters()).toMatchObject({ failed: 1, voided: 0 });

  expect(await left(world)).toBe(90n);
});

test('R15 a reservation that is still young is left alone, even before its record is there', async () => {
  const world = ledgerWorld();
  const id = attemptId();
  await hold(world, id, MINUTE_MS);
  world.clock.advance(MINUTE_MS);
  expect(await sweeperOf(world).sweepCounters()).toMatchObject({ voided: 0 });
  expect([await left(world), await world.records.get(id)]).toEqual([90n, undefined]);
  world.clock.advance(1);
  expect(await sweeperOf(world).sweepCounters()).toMatchObject({ voided: 1 });
  expect(await left(world)).toBe(100n);
});

test('R15 what is parked waits for as long as a settlement may come, and then no record keeps it', async () => {
  const world = ledgerWorld();
  const id = attemptId();
  await world.counters.park(KEY, id, await hold(world, id, 0));
  world.clock.advance(2 * RETENTION_MS);
  await sweeperOf(world).sweepCounters();
  expect((await world.counters.get(KEY))?.parked.size).toBe(1);
  world.clock.advance(1);
  await sweeperOf(world).sweepCounters();
  expect((await world.counters.get(KEY))?.parked.size).toBe(0);
});

test('R15 the open index is swept to its end, page by page, whatever fails on the way', async () => {
  const world = ledgerWorld();
  const ids = Array.from({ length: 230 }, (_unused, index) => `0192f000-0000-7000-8000-${index.toString(16).padStart(10, '0')}00`);
  for (const id of ids) await intent(world, id, []);
  world.clock.advance(EXPIRED_MS);
  world.table.hooks = {
    before: ({ operation, input }) => {
      if (operation === 'getItem' && JSON.stringify(input).includes(ids[3] as string))
        throw serviceError('ThrottlingException', 'slow down');
    },
  };

  const report = await sweeperOf(world).sweepRecords();
  expect(report.charged).toBe(229);
  expect(report.failed).toBeGreaterThan(0);

  world.table.hooks = {};
  expect(await sweeperOf(world).sweepRecords()).toMatchObject({ charged: 1, failed: 0 });
});
