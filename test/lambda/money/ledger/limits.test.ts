import { isRequestItem, readRecord } from '../../../../lambda/aws/dynamodb';
import { type AdmissionResult, type Ledger, moveBudgets, type Reservation } from '../../../../lambda/money/ledger';
import { budget, EMPTY_DOCUMENT, type LedgerWorld, ledgerWorld, outcome } from '../../../support/ledger-world';

function admitted(result: AdmissionResult): Reservation {
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  return result.reservation;
}

function refusal(result: AdmissionResult) {
  return result.admitted ? undefined : result.refusal;
}

async function heldOn(world: LedgerWorld): Promise<number> {
  const { items } = await world.counters.scan();
  return items.reduce((total, counter) => total + counter.open.size, 0);
}

test('H01 10,000 requests on a spent budget cost fewer than 50 table writes and hold nothing', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)] });
  const ledger = world.process();
  const first = admitted(await ledger.admit(world.request(key, { bound: { costNanoUsd: 100n, tokens: 1 } })));
  await first.settle(outcome(100n));
  world.table.resetCounts();

  for (let count = 0; count < 10_000; count++) {
    if (count % 1_000 === 0) world.clock.advance(3_000);
    expect(refusal(await ledger.admit(world.request(key)))).toMatchObject({ reason: 'budget_spent', level: 'key' });
  }

  expect(world.table.writes).toBeLessThan(50);
  expect(await heldOn(world)).toBe(0);
});

test('a spent budget never blocks a free model', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(10)] });
  const ledger = world.process();
  await admitted(await ledger.admit(world.request(key))).settle(outcome(10n));
  expect(refusal(await ledger.admit(world.request(key)))?.reason).toBe('budget_spent');

  const free = await ledger.admit(world.request(key, { bound: { costNanoUsd: 0n, tokens: 10 } }));

  expect(free.admitted).toBe(true);
});

test('money that open requests hold is told as reserved with a short wait, and spent only when nothing can fit any more', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(1_000)] });
  const ledger = world.process();
  const agent = { bound: { costNanoUsd: 900n, tokens: 128_000 } };
  const first = admitted(await ledger.admit(world.request(key, agent)));

  const second = refusal(await ledger.admit(world.request(key, agent)));
  expect(second?.reason).toBe('budget_reserved');
  expect(second?.retryAfterMs).toBeGreaterThanOrEqual(1_000);
  expect(second?.retryAfterMs).toBeLessThanOrEqual(5_000);

  await first.settle(outcome(50n));
  world.clock.advance(1_100);
  const third = admitted(await ledger.admit(world.request(key, agent)));
  await third.settle(outcome(900n));
  world.clock.advance(1_100);
  expect(refusal(await ledger.admit(world.request(key, agent)))?.reason).toBe('budget_spent');
  expect((await ledger.admit(world.request(key, { bound: { costNanoUsd: 50n, tokens: 1 } }))).admitted).toBe(true);
});

test('H15 a limit of the third level refuses by its name, and the levels before it are released', async () => {
  const world = ledgerWorld({ gateway: { budgets: [budget(1_000)] }, defaults: {} });
  await world.addLevel('team', { id: 't1', budgets: [budget(1_000)] });
  await world.addLevel('user', { id: 'u1', budgets: [budget(5)] });
  const key = await world.addKey({ teamId: 't1', userId: 'u1', budgets: [budget(1_000)] });

  const result = await world.process().admit(world.request(key));

  expect(refusal(result)).toMatchObject({ reason: 'budget_spent', level: 'user', levelId: 'u1', limit: 'month' });
  const { items } = await world.counters.scan();
  expect(items.map(({ remainingNanoUsd, open }) => [remainingNanoUsd, open.size])).toEqual([
    [1_000n, 0],
    [1_000n, 0],
    [1_000n, 0],
  ]);
});

test('I12 several levels under fire refuse together and a retry at rest gets the remainder', async () => {
  const world = ledgerWorld({ gateway: { budgets: [budget(2_000)] }, defaults: {} });
  await world.addLevel('team', { id: 't1', budgets: [budget(1_000)] });
  const key = await world.addKey({ teamId: 't1', budgets: [budget(1_500)] });
  const processes = Array.from({ length: 8 }, () => world.process());

  const results = await Promise.all(
    Array.from({ length: 400 }, (_unused, index) => (processes[index % 8] as Ledger).admit(world.request(key))),
  );
  const first = results.filter((result) => result.admitted).length;
  expect(first).toBeLessThanOrEqual(100);

  let rest = 0;
  const late = world.process();
  while ((await late.admit(world.request(key))).admitted) rest++;
  expect(first + rest).toBe(100);
});

test('H11 the first 50 requests of a new user in parallel share one default budget', async () => {
  const world = ledgerWorld({ gateway: {}, defaults: { user: { budgets: [budget(200)] } } });
  const key = await world.addKey({ userId: 'new' });
  const processes = Array.from({ length: 5 }, () => world.process());

  const results = await Promise.all(
    Array.from({ length: 50 }, (_unused, index) => (processes[index % 5] as Ledger).admit(world.request(key))),
  );

  expect(results.filter((result) => result.admitted).length).toBe(20);
});

test('H09 what began in one month is charged to it, however long it takes', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)] });
  const ledger = world.process();
  world.clock.advance(Date.UTC(2026, 11, 1) - 1_000 - world.clock.now());
  const late = admitted(await ledger.admit(world.request(key, { bound: { costNanoUsd: 100n, tokens: 1 } })));
  world.clock.advance(60_000);

  const next = await ledger.admit(world.request(key, { bound: { costNanoUsd: 100n, tokens: 1 } }));
  await late.settle(outcome(70n));

  expect(next.admitted).toBe(true);
  const november = await world.counters.get(`money#key#${key.id}#*#month#${Date.UTC(2026, 10, 1)}`);
  const december = await world.counters.get(`money#key#${key.id}#*#month#${Date.UTC(2026, 11, 1)}`);
  expect(november?.remainingNanoUsd).toBe(30n);
  expect(december?.remainingNanoUsd).toBe(0n);
});

test('H10 a lowered budget binds the next request of every process, a raised one frees it', async () => {
  const world = ledgerWorld();
  const team = await world.addLevel('team', { id: 't1', budgets: [budget(1_000)] });
  const key = await world.addKey({ teamId: 't1' });
  const ledger = world.process();
  const open = admitted(await ledger.admit(world.request(key, { bound: { costNanoUsd: 400n, tokens: 1 } })));

  const lowered = { ...team, generation: 2, budgets: [budget(500)] };
  await world.identity.replace('team', lowered, 1);
  await moveBudgets(world.counters, EMPTY_DOCUMENT, 'team', lowered, world.clock.now());
  // This process still remembers the old row: the counter knows better.
  const refused = await ledger.admit(world.request(key, { bound: { costNanoUsd: 400n, tokens: 1 } }));
  expect(refusal(refused)?.reason).toBe('budget_reserved');

  await world.identity.replace('team', { ...team, generation: 3, budgets: [budget(5_000)] }, 2);
  world.clock.advance(11_000);
  const after = await ledger.admit(world.request(key, { bound: { costNanoUsd: 400n, tokens: 1 } }));
  await open.settle(outcome(400n));
  expect(after.admitted).toBe(true);
  const [counter] = (await world.counters.scan()).items;
  expect(counter?.limitNanoUsd).toBe(5_000n);
});

test('A06 A07 I22 a key that was blocked, revoked, expired or deleted fails on its next request, whatever is cached', async () => {
  const world = ledgerWorld();
  const ledger = world.process();
  const reasons: (string | undefined)[] = [];
  for (const change of [
    { status: 'blocked' as const },
    { status: 'revoked' as const },
    { expiresAt: new Date(world.clock.now() - 1).toISOString() },
  ]) {
    const key = await world.addKey();
    admitted(await ledger.admit(world.request(key)));
    await world.identity.replace('key', { ...key, ...change, generation: 2 }, 1);
    reasons.push(refusal(await ledger.admit(world.request(key)))?.reason);
  }
  const gone = await world.addKey();
  await world.identity.remove('key', gone.id, 1);
  reasons.push(refusal(await ledger.admit(world.request(gone)))?.reason);

  expect(reasons).toEqual(['key_blocked', 'key_revoked', 'key_expired', 'key_invalid']);
  expect(await heldOn(world)).toBe(0);
});

test('a rotated key is asked about again: the old secret may no longer open it', async () => {
  const world = ledgerWorld();
  const key = await world.addKey();
  await world.identity.replace('key', { ...key, generation: 2 }, 1);

  const refused = await world.process().admit(world.request(key, { accepts: () => false }));
  const accepted = await world.process().admit(world.request(key, { accepts: (fresh) => fresh.generation === 2 }));

  expect(refusal(refused)?.reason).toBe('key_invalid');
  expect(accepted.admitted).toBe(true);
});

test('a budget narrowed to models binds only calls that may reach one of them', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(10, { model: 'openai/*' })] });
  const ledger = world.process();
  admitted(await ledger.admit(world.request(key)));

  const same = await ledger.admit(world.request(key));
  const other = await ledger.admit(world.request(key, { originalModel: 'claude', candidateModels: ['anthropic/claude'] }));

  expect([same.admitted, other.admitted]).toEqual([false, true]);
});

test('a soft budget counts and never refuses', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(15, { soft: true })] });
  const ledger = world.process();
  for (let count = 0; count < 3; count++) await admitted(await ledger.admit(world.request(key))).settle(outcome(10n));

  const [counter] = (await world.counters.scan()).items;
  expect(counter?.remainingNanoUsd).toBe(-15n);
});

test('a temporary increase ends by itself', async () => {
  const world = ledgerWorld();
  const until = new Date(world.clock.now() + 60_000).toISOString();
  const key = await world.addKey({ budgets: [budget(10, { increase: { limit_usd: '0.000000020', expires_at: until } })] });
  const ledger = world.process();
  for (let count = 0; count < 2; count++) await admitted(await ledger.admit(world.request(key))).settle(outcome(10n));
  world.clock.advance(61_000);

  expect(refusal(await ledger.admit(world.request(key)))?.reason).toBe('budget_spent');
});

test('an increase that ended for one process has ended for all', async () => {
  const world = ledgerWorld();
  const until = new Date(world.clock.now() + 60_000).toISOString();
  const key = await world.addKey({ budgets: [budget(30, { increase: { limit_usd: '0.000000100', expires_at: until } })] });
  const behind = world.process({ clock: { now: () => world.clock.now() - 50_000, monotonic: () => world.clock.monotonic() } });
  world.clock.advance(61_000);
  admitted(await world.process().admit(world.request(key)));

  for (let count = 0; count < 2; count++) admitted(await behind.admit(world.request(key)));

  expect((await behind.admit(world.request(key))).admitted).toBe(false);
  const [counter] = (await world.counters.scan()).items;
  expect(counter?.limitNanoUsd).toBe(30n);
});

test('what a request costs beyond its bound is charged all the same, and an alarm is raised', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(10)] });
  await admitted(await world.process().admit(world.request(key))).settle(outcome(25n));

  const [counter] = (await world.counters.scan()).items;
  expect(counter?.remainingNanoUsd).toBe(-15n);
  expect(world.logged).toContain('metric BoundExceeded');
});

test('a budget added in mid-period starts from what was spent before it', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)], updatedAt: '2026-11-24T08:00:00.000Z' });
  const ledger = world.process({ spend: { between: async () => 95n, counted: async () => 0n } });
  expect(refusal(await ledger.admit(world.request(key)))?.reason).toBe('budget_spent');
  expect((await ledger.admit(world.request(key, { bound: { costNanoUsd: 5n, tokens: 1 } }))).admitted).toBe(true);
});

test('I11 a request that the table refuses leaves one void record with a time to live', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(5)] });
  await world.process().admit(world.request(key));

  const items = world.table.items('records').filter((item) => isRequestItem(item));
  expect(items.map((item) => readRecord(item).state)).toEqual(['void']);
  expect(Number(items[0]?.['ttl']?.N)).toBeGreaterThan(world.clock.now() / 1_000);
  expect(items[0]?.['open_shard']).toBeUndefined();
});

test('a level whose row was deleted goes by the defaults again', async () => {
  const world = ledgerWorld({ gateway: {}, defaults: { user: { budgets: [budget(30)] } } });
  await world.addLevel('user', { id: 'u1', generation: 1_700_000_000_000, budgets: [budget(1_000)] });
  const key = await world.addKey({ userId: 'u1' });
  const ledger = world.process();
  await admitted(await ledger.admit(world.request(key))).settle(outcome(10n));
  await world.identity.remove('user', 'u1', 1_700_000_000_000);
  world.clock.advance(11_000);

  admitted(await ledger.admit(world.request(key)));
  admitted(await ledger.admit(world.request(key)));
  expect((await ledger.admit(world.request(key))).admitted).toBe(false);
});
