import { createSweeper, type Ledger, type Reservation, settleRequest } from '../../../../lambda/money/ledger';
import type { DynamoDbEngine } from '../../../../local/dynamodb/engine';
import { openEngineDynamoDb } from '../../../support/engine-dynamodb';
import { budget, type LedgerWorld, ledgerWorld, outcome } from '../../../support/ledger-world';

let engine: DynamoDbEngine;
let world: LedgerWorld;
beforeEach(async () => {
  const opened = await openEngineDynamoDb();
  engine = opened.engine;
  world = ledgerWorld(undefined, opened.connector);
});
afterEach(() => engine.close());

test('H01 1,000 parallel requests on a budget for 100: exactly 100 on the embedded DynamoDB', async () => {
  const key = await world.addKey({ budgets: [budget(1_000)] });
  const processes = Array.from({ length: 10 }, () => world.process());

  const results = await Promise.all(
    Array.from({ length: 1_000 }, (_unused, index) => (processes[index % 10] as Ledger).admit(world.request(key))),
  );

  expect(results.filter((result) => result.admitted).length).toBe(100);
  const { items } = await world.counters.scan();
  expect(items.every((counter) => counter.remainingNanoUsd >= 0n)).toBe(true);
}, 120_000);

test('a request lives its whole life on the embedded DynamoDB: limits, budget, settlement, lists', async () => {
  await world.addLevel('team', { id: 't1', budgets: [budget(1_000, { period: 'day' })] });
  const key = await world.addKey({
    teamId: 't1',
    budgets: [budget(1_000)],
    limits: { requests_per_minute: 10, requests_per_day: 100, tokens_per_minute: 1_000, tokens_per_day: 5_000, concurrent_requests: 3 },
  });
  const ledger = world.process();
  const reservations: Reservation[] = [];
  for (let count = 0; count < 3; count++) {
    const result = await ledger.admit(world.request(key));
    if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
    reservations.push(result.reservation);
  }
  expect(await ledger.admit(world.request(key))).toMatchObject({ admitted: false, refusal: { reason: 'concurrency_limited' } });

  await reservations[0]?.settle(outcome(4n, { usage: { inputTokens: 10, outputTokens: 5 }, labels: { app: 'x' } }));
  await reservations[1]?.release(outcome(0n, { status: 502, outcome: 'upstream_error' }));
  expect(await world.records.get(reservations[0]?.attemptId ?? '')).toMatchObject({
    state: 'settled',
    costNanoUsd: 4n,
    labels: { app: 'x' },
  });
  expect((await world.records.list('2026-11-24')).items.length).toBe(2);

  world.clock.advance(17 * 60_000);
  const sweeper = createSweeper(world);
  expect(await sweeper.sweepRecords()).toMatchObject({ charged: 1, failed: 0 });
  expect(await sweeper.sweepCounters()).toMatchObject({ slots: 1, failed: 0 });
  const dead = reservations[2]?.attemptId ?? '';
  expect(await settleRequest(world, { attemptId: dead, kind: 'settle', result: { costNanoUsd: 1n } }, world.clock.now())).toBe('adjusted');
  const { items } = await world.counters.scan();
  for (const counter of items) expect(counter.limitNanoUsd - counter.remainingNanoUsd).toBe(5n);
  expect(items.every(({ open, parked }) => open.size + parked.size === 0)).toBe(true);
});

test('budgets move, heal and are created right on the embedded DynamoDB', async () => {
  const team = await world.addLevel('team', { id: 't1', budgets: [budget(50)] });
  const key = await world.addKey({ teamId: 't1' });
  const ledger = world.process();
  await ledger.admit(world.request(key, { bound: { costNanoUsd: 50n, tokens: 1 } }));
  await world.identity.replace('team', { ...team, generation: 2, budgets: [budget(80)] }, 1);
  world.clock.advance(11_000);

  const second = await ledger.admit(world.request(key, { bound: { costNanoUsd: 30n, tokens: 1 } }));
  const third = await ledger.admit(world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 } }));

  expect([second.admitted, third.admitted]).toEqual([true, false]);
});

test('H13 a counter splits, lends, gathers and is spent exactly on the embedded DynamoDB', async () => {
  const key = await world.addKey({ budgets: [budget(400)] });
  let draw = 0;
  const ledger = world.process({
    random: () => (draw = (draw + 0.37) % 1),
    escrow: { mostEntries: 2, headroom: 4n, chunk: 2n, mostShards: 4 },
  });

  const open: Reservation[] = [];
  for (let count = 0; count < 60; count++) {
    const result = await ledger.admit(world.request(key));
    if (!result.admitted) break;
    open.push(result.reservation);
  }

  expect(open.length).toBe(40);
  const { items } = await world.counters.scan();
  expect(items.length).toBeGreaterThan(2);
  await Promise.all(open.map((reservation) => reservation.settle(outcome(1n))));
  const root = items.find(({ key: name }) => !name.includes('#shard'));
  expect(await world.counters.get(root?.key ?? '')).toMatchObject({ remainingNanoUsd: 360n });
});
