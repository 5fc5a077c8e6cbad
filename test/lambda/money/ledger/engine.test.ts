import { createSweeper, type Reservation } from '../../../../lambda/money/ledger';
import { shardKey, wholeOf } from '../../../../lambda/money/pages';
import type { DynamoDbEngine } from '../../../../local/dynamodb/engine';
import { openEngineDynamoDb } from '../../../support/engine-dynamodb';
import { budget, type LedgerWorld, ledgerWorld, outcome, type TestLedger } from '../../../support/ledger-world';

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
    Array.from({ length: 1_000 }, (_unused, index) => (processes[index % 10] as TestLedger).admit(world.request(key))),
  );

  expect(results.filter((result) => result.admitted).length).toBe(100);
  expect(await world.left(`key#${key.id}`)).toBe(0n);
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
  expect(await world.records.read(reservations[0]?.attemptId ?? '')).toMatchObject({
    state: 'settled',
    costNanoUsd: 4n,
    labels: { app: 'x' },
  });
  expect((await world.records.list('2026-11-24')).items.length).toBe(2);

  world.clock.advance(32 * 60_000);
  expect(await createSweeper(world).sweep()).toMatchObject({ charged: 1, failed: 0 });
  await reservations[2]?.settle(outcome(1n));
  expect(await world.records.read(reservations[2]?.attemptId ?? '')).toMatchObject({ state: 'adjusted', costNanoUsd: 1n });
  for (const [level, period] of [
    [`key#${key.id}`, 'month'],
    ['team#t1', 'day'],
  ] as const) {
    expect(await world.left(level, period)).toBe(995n);
    const page = await world.page(level);
    expect((page?.open.size ?? 0) + (page?.kept.size ?? 0)).toBe(0);
  }
  expect((await world.page(`key#${key.id}`))?.slots?.remaining).toBe(3);
});

test('budgets move, heal and are created right on the embedded DynamoDB', async () => {
  await world.addLevel('team', { id: 't1', budgets: [budget(50)] });
  const key = await world.addKey({ teamId: 't1' });
  const ledger = world.process();
  await ledger.admit(world.request(key, { bound: { costNanoUsd: 50n, tokens: 1 } }));
  await world.change('team', 't1', { budgets: [budget(80)] });

  const second = await ledger.admit(world.request(key, { bound: { costNanoUsd: 30n, tokens: 1 } }));
  const third = await ledger.admit(world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 } }));

  expect([second.admitted, third.admitted]).toEqual([true, false]);
});

test('H13 a page splits, lends, brings home and is spent exactly on the embedded DynamoDB', async () => {
  const key = await world.addKey({ budgets: [budget(400)] });
  let draw = 0;
  const ledger = world.process({
    random: () => (draw = (draw + 0.37) % 1),
    shardPolicy: { mostEntries: 2, headroom: 4, chunk: 2, mostShards: 4 },
  });

  const open: Reservation[] = [];
  const works: Promise<void>[] = [];
  for (let count = 0; count < 60; count++) {
    const result = await ledger.admit(world.request(key, { afterwards: (work) => void works.push(work) }));
    await Promise.all(works);
    if (!result.admitted) break;
    open.push(result.reservation);
  }

  expect(open.length).toBe(40);
  const root = await world.page(`key#${key.id}`);
  expect(root?.loans.size).toBeGreaterThan(1);
  await Promise.all(open.map((reservation) => reservation.settle(outcome(1n))));
  const shards = await world.pages.read([...(root?.loans.keys() ?? [])].map((loan) => shardKey(root?.key ?? '', loan)));
  const now = await world.page(`key#${key.id}`);
  expect(now === undefined ? undefined : wholeOf(now, shards).periods['month']?.remainingNanoUsd).toBe(360n);
});
