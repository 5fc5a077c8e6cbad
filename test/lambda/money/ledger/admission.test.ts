import type { Reservation } from '../../../../lambda/money/ledger';
import { budget, type LedgerWorld, ledgerWorld, outcome, type TestLedger, type TestRequest } from '../../../support/ledger-world';

async function admitted(ledger: TestLedger, request: TestRequest): Promise<Reservation> {
  const result = await ledger.admit(request);
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  return result.reservation;
}

/** Counts the trips that follow each other. */
function countTrips(world: LedgerWorld): { readonly trips: () => number } {
  let trips = 0;
  let inFlight = 0;
  world.table.resetCounts();
  world.table.hooks = {
    before: async () => {
      if (inFlight++ === 0) trips++;
      await new Promise(setImmediate);
    },
    after: () => {
      inFlight--;
    },
  };
  return { trips: () => trips };
}

test('a key that the process knows takes one trip before its call and two after the answer', async () => {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't1', budgets: [budget(1_000_000)] });
  const key = await world.addKey({ teamId: 't1', budgets: [budget(1_000)], limits: { requests_per_minute: 100 } });
  const ledger = world.process();
  const first = await admitted(ledger, world.request(key));
  await first.settle(outcome(4n));
  world.clock.advance(2_000);

  const before = countTrips(world);
  const reservation = await admitted(ledger, world.request(key));
  expect(before.trips()).toBe(1);
  // The rows at once, and one write a page.
  expect([world.table.calls.batchGetItem, world.table.calls.updateItem, world.table.calls.putItem]).toEqual([1, 2, 0]);

  const after = countTrips(world);
  await reservation.settle(outcome(4n));
  expect(after.trips()).toBe(2);
  expect([world.table.calls.putItem, world.table.calls.updateItem]).toEqual([1, 2]);
});

test('H01 1,000 parallel requests on a budget for 100: exactly 100 are admitted', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(1_000)] });
  const processes = Array.from({ length: 10 }, () => world.process());

  const results = await Promise.all(Array.from({ length: 1_000 }, (_unused, index) => processes[index % 10]?.admit(world.request(key))));

  expect(results.filter((result) => result?.admitted).length).toBe(100);
});

test('settling gives back what was not spent, and the record says what was', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(1_000)] });
  const reservation = await admitted(world.process(), world.request(key, { bound: { costNanoUsd: 700n, tokens: 5 } }));
  expect(reservation.budget?.remainingNanoUsd).toBe(300n);

  await reservation.settle(outcome(50n));

  const record = await world.records.read(reservation.attemptId);
  expect(record).toMatchObject({ state: 'settled', costNanoUsd: 50n, provider: 'openai', status: 200, boundNanoUsd: 700n });
  expect(record?.pages).toEqual([{ page: `page#key#${key.id}#*`, starts: { month: Date.UTC(2026, 10, 1), lifetime: 0 } }]);
  const page = await world.page(`key#${key.id}`);
  expect(page?.periods['month']?.remainingNanoUsd).toBe(950n);
  expect(page?.open.size).toBe(0);
});

test('no record is written before the call, and none of an attempt that a page refuses', async () => {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't1', budgets: [budget(5)] });
  const key = await world.addKey({ teamId: 't1' });
  const request = world.request(key);

  const result = await world.process().admit(request);

  expect(result).toMatchObject({ admitted: false, refusal: { reason: 'budget_spent', level: 'team' } });
  expect(await world.records.read(request.attemptId)).toBeUndefined();
  expect((await world.page(`key#${key.id}`))?.open.size).toBe(0);
  expect(await world.left(`key#${key.id}`)).toBe(0n);
});

test('what was reserved for a call that was not sent goes back, and the record is void', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(1_000)] });
  const reservation = await admitted(world.process(), world.request(key));

  await reservation.release(outcome(0n, { status: 499, outcome: 'client_gone' }));

  expect(await world.records.read(reservation.attemptId)).toMatchObject({ state: 'settled', costNanoUsd: 0n, outcome: 'client_gone' });
  expect(await world.left(`key#${key.id}`)).toBe(1_000n);
});

describe('rows', () => {
  test.each(['team', 'key'] as const)('a budget of a %s that was lowered meanwhile binds the very next request', async (kind) => {
    const world = ledgerWorld();
    await world.addLevel('team', { id: 't1', budgets: [budget(1_000)] });
    const key = await world.addKey({ teamId: 't1', budgets: [budget(1_000)] });
    const ledger = world.process();
    await (await admitted(ledger, world.request(key))).settle(outcome(10n));

    await world.change(kind, kind === 'team' ? 't1' : key.id, { budgets: [budget(15)] });
    const request = world.request(key);
    const result = await ledger.admit(request);

    expect(result).toMatchObject({ admitted: false, refusal: { reason: 'budget_spent', level: kind } });
    expect(await world.records.read(request.attemptId)).toMatchObject({ state: 'void' });
    expect((await world.page(`key#${key.id}`))?.open.size).toBe(0);
  });

  test('a raised budget, too', async () => {
    const world = ledgerWorld();
    const key = await world.addKey({ budgets: [budget(5)] });
    const ledger = world.process();
    expect(await ledger.admit(world.request(key))).toMatchObject({ refusal: { reason: 'budget_spent' } });

    await world.change('key', key.id, { budgets: [budget(50)] });

    expect((await ledger.admit(world.request(key))).admitted).toBe(true);
    expect(await world.left(`key#${key.id}`)).toBe(40n);
  });

  test('a key that was revoked meanwhile is refused, and its caller is told what the one who plans says', async () => {
    const world = ledgerWorld();
    const key = await world.addKey();
    const ledger = world.process();
    await world.change('key', key.id, { status: 'revoked' });

    expect(await ledger.admit(world.request(key))).toMatchObject({ refusal: { reason: 'key_revoked' } });
    const told = new Error('as the caller is told');
    await expect(ledger.admit(world.request(key, { again: () => Promise.reject(told) }))).rejects.toBe(told);
    expect((await world.page(`key#${key.id}`))?.open.size).toBe(0);
  });

  test('a level that was opened again admits the next request without a write for the first look', async () => {
    const world = ledgerWorld();
    await world.addLevel('team', { id: 't1', status: 'blocked' });
    const key = await world.addKey({ teamId: 't1' });
    const ledger = world.process();
    expect(await ledger.admit(world.request(key))).toMatchObject({ refusal: { reason: 'key_blocked', level: 'team' } });
    expect(world.table.writes).toBe(2);

    await world.change('team', 't1', { status: 'active' });

    expect((await ledger.admit(world.request(key))).admitted).toBe(true);
  });
});
