import type { AdmissionResult, Ledger, Reservation } from '../../../../lambda/money/ledger';
import { moveBudgets } from '../../../../lambda/money/ledger';
import { budget, EMPTY_DOCUMENT, type LedgerWorld, ledgerWorld, outcome } from '../../../support/ledger-world';

function admitted(result: AdmissionResult): Reservation {
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  return result.reservation;
}

/** Holds many requests open on one budget until it has been split. */
async function crowd(
  world: LedgerWorld,
  limit: number,
): Promise<{ ledger: Ledger; open: Reservation[]; admitOne: () => Promise<AdmissionResult> }> {
  await world.addLevel('team', { id: 't1', budgets: [budget(limit)] });
  const key = await world.addKey({ teamId: 't1' });
  let draw = 0;
  // Evenly spread, so that every shard is used.
  const ledger = world.process({ random: () => (draw = (draw + 0.37) % 1) });
  const admitOne = () => ledger.admit(world.request(key));
  const open: Reservation[] = [];
  for (let count = 0; count < 60; count++) open.push(admitted(await admitOne()));
  return { ledger, open, admitOne };
}

test('H13 a crowded counter splits, and no item holds many more entries than one write should pay for', async () => {
  const world = ledgerWorld();
  await crowd(world, 100_000);

  const { items } = await world.counters.scan();
  expect(items.length).toBeGreaterThan(2);
  expect(Math.max(...items.map(({ open }) => open.size))).toBeLessThan(30);
  const total = await world.counters.get(items.find(({ key }) => !key.includes('#shard'))?.key ?? '');
  expect(total).toMatchObject({ remainingNanoUsd: 100_000n - 600n });
  expect(total?.open.size).toBe(60);
});

test('a request on a shard with money takes one call and settles on it', async () => {
  const world = ledgerWorld();
  const { admitOne, open } = await crowd(world, 100_000);
  await Promise.all(open.map((held) => held.settle(outcome(3n))));
  for (let count = 0; count < 10; count++) await admitted(await admitOne()).settle(outcome(3n));
  let single = 0;
  let reservation: Reservation | undefined;
  for (let count = 0; count < 20; count++) {
    await reservation?.settle(outcome(3n));
    world.table.resetCounts();
    reservation = admitted(await admitOne());
    if (world.table.calls.updateItem === 1 && world.table.calls.transactWriteItems === 0) single++;
  }
  expect(single).toBeGreaterThanOrEqual(15);
  await reservation?.settle(outcome(3n));

  const record = await world.records.get(reservation?.attemptId ?? '');
  expect(record?.counters[0]?.counter).toContain('#shard');
  expect(record?.state).toBe('settled');
});

test('a split budget is spent to the last nano-dollar and not beyond', async () => {
  const world = ledgerWorld();
  const { admitOne } = await crowd(world, 1_000);
  let count = 60;
  for (; count < 200; count++) if (!(await admitOne()).admitted) break;
  expect(count).toBe(100);
});

test('H10 a lowered budget takes back what shards hold before it is acknowledged', async () => {
  const world = ledgerWorld();
  const { admitOne } = await crowd(world, 100_000);
  const team = await world.identity.get('team', 't1', { consistent: true });
  if (team === undefined) throw new Error('no team');
  const lowered = { ...team, generation: 2, budgets: [budget(600)] };
  await world.identity.replace('team', lowered, 1);
  await moveBudgets(world.counters, EMPTY_DOCUMENT, 'team', lowered, world.clock.now());

  for (let count = 0; count < 5; count++) {
    expect((await admitOne()).admitted).toBe(false);
    world.clock.advance(1_100);
  }
});
