/**
 * The real ledger at tables that give what DynamoDB's partitions give, in virtual time. Everything is a twentieth of what it is in
 * earnest: partitions of 50 write and 150 read units, so 60 requests a second here are 1,200 there. `npm run soak` has the whole.
 */
import { ledgerWorld, outcome, type TestRequest } from '../../../support/ledger-world';
import { runLoad } from '../../../support/partitions/load';
import type { LoadOptions, LoadReport } from '../../../support/partitions/load-report';
import { createPartitionedDynamoDb } from '../../../support/partitions/table';
import { VirtualTime } from '../../../support/partitions/virtual-time';
import { randomOf } from '../../../support/scheduler';

const TWENTIETH: LoadOptions = {
  seed: 7,
  limits: { writeUnits: 50, readUnits: 150 },
  partitions: 512,
  splitAfterMs: 2_000,
  requestsPerSecond: 60,
  rampSeconds: 6,
  seconds: 10,
  steadyFromSecond: 7,
  // As many calls are open as in earnest where each takes a tenth of a second.
  callMs: 2_000,
  processes: 10,
  keys: 10,
  teams: 1,
  boundNanoUsd: 50_000_000,
  budgets: {},
};

// A busy machine may be ten times slower.
jest.setTimeout(600_000);

/** Pages that do not say what their records say, gave more than they had, or have calls open that are over. */
function untrue({ spent }: LoadReport): readonly string[] {
  return Object.entries(spent)
    .filter(([, { page, records, limit, open }]) => page !== records || (limit > 0n && page > limit) || open > 0)
    .map(([name]) => name);
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, count) => all + count, 0);

test('one team, project and user with budgets: exact, hardly a throttle, few tries that fail', async () => {
  const report = await runLoad({ ...TWENTIETH, budgets: { team: '9000.00', project: '9000.00', user: '9000.00', key: '9000.00' } });

  expect(untrue(report)).toEqual([]);
  expect(report.shards['page#team#team-0#*']).toBeGreaterThanOrEqual(8);
  expect(sum(report.refusedThen) / report.asked).toBeLessThan(0.01);
  expect(sum(report.refusedInRamp) / report.asked).toBeLessThan(0.05);
  expect(report.refusedTriesThen).toBeLessThan(0.1);
  for (const { then } of Object.values(report.throttled)) expect(then / report.asked).toBeLessThan(0.1);
});

test('many keys of many teams under one budget of the gateway, added up by the usage function', async () => {
  const report = await runLoad({
    ...TWENTIETH,
    seed: 8,
    keys: 40,
    teams: 10,
    budgets: { gateway: '9000.00', team: '900.00' },
    usage: true,
  });

  expect(untrue(report)).toEqual([]);
  expect(sum(report.refusedThen) / report.asked).toBeLessThan(0.01);
  expect(sum(report.refusedInRamp) / report.asked).toBeLessThan(0.05);
  expect(report.refusedTriesThen).toBeLessThan(0.1);
  expect(report.usage).toMatchObject({ added: report.admitted });
});

test('a budget that ends in the middle is never passed, whatever is moved between its shards', async () => {
  const report = await runLoad({ ...TWENTIETH, seed: 9, boundNanoUsd: 2_000_000, budgets: { team: '0.25' } });

  expect(untrue(report)).toEqual([]);
  const { page, limit } = report.spent['page#team#team-0#*'] as LoadReport['spent'][string];
  expect(page).toBeGreaterThan(limit / 4n);
  expect(sum(report.refusedThen)).toBeGreaterThan(0);
});

test('a call costs at a thousand that are open what it costs alone', async () => {
  const time = new VirtualTime(Date.UTC(2026, 10, 24, 12));
  const table = createPartitionedDynamoDb({
    time,
    random: randomOf(1),
    heat: { limits: { writeUnits: 1_000_000, readUnits: 1_000_000 }, splitAfterMs: 60_000 },
    partitions: { identity: 4, counters: 4, records: 4, audit: 1 },
    networkMs: 2,
  });
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    const [result] = await Promise.all([work, time.run()]);
    return result;
  };
  const world = ledgerWorld(undefined, table.connector);
  await inTime(world.addLevel('team', { id: 't1', limits: { concurrent_requests: 5_000 } }));
  const ledger = world.process({ clock: time, pause: (ms) => time.pause(ms), random: Math.random });
  const keys = await inTime(Promise.all(Array.from({ length: 200 }, () => world.addKey({ teamId: 't1' }))));
  let count = 0;
  const open = async () => {
    const key = keys[count++ % keys.length] as (typeof keys)[number];
    const besides: Promise<void>[] = [];
    const request: Partial<TestRequest> = { bound: { costNanoUsd: 10n, tokens: 1 }, afterwards: (work) => void besides.push(work) };
    const result = await ledger.admit(world.request(key, { ...request, expiresAtMs: time.now() + 960_000 }));
    await Promise.all(besides);
    if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
    return result.reservation;
  };
  /** Of one call from its reservation to its end, on average, of the team's page alone: its key's is as it is. */
  const units = async (calls: number): Promise<number> => {
    table.resetCounts();
    for (let call = 0; call < calls; call++) await inTime(open().then((reservation) => reservation.settle(outcome(5n))));
    return table.counts.writeUnits / calls;
  };
  await units(400);

  const alone = await units(200);
  for (let call = 0; call < 1_000; call++) await inTime(open());
  const among = await units(200);

  expect(among - alone).toBeLessThan(0.6);
});
