import { isRequestItem } from '../../../../lambda/aws/dynamodb';
import type { KeptRows } from '../../../../lambda/identity/rows';
import type { AdmissionResult, Reservation } from '../../../../lambda/money/ledger';
import { movePages } from '../../../../lambda/money/pages';
import { METRICS } from '../../../../lib/private/contract';
import { budget, EMPTY_DOCUMENT, type LedgerWorld, ledgerWorld, outcome, type TestLedger } from '../../../support/ledger-world';

function admitted(result: AdmissionResult<KeptRows>): Reservation<KeptRows> {
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  return result.reservation;
}

function refusal(result: AdmissionResult<KeptRows>) {
  return result.admitted ? undefined : result.refusal;
}

/** Entries on every page that there is. */
function heldOn(world: LedgerWorld): number {
  return world.table.items('counters').reduce((total, item) => total + Object.keys(item['o']?.M ?? {}).length, 0);
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
  expect(heldOn(world)).toBe(0);
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
  expect(await Promise.all(['gateway#gateway', 'team#t1', `key#${key.id}`].map((level) => world.left(level)))).toEqual([
    1_000n,
    1_000n,
    1_000n,
  ]);
  expect(heldOn(world)).toBe(0);
});

test('I12 several levels under fire refuse together and a retry at rest gets the remainder', async () => {
  const world = ledgerWorld({ gateway: { budgets: [budget(2_000)] }, defaults: {} });
  await world.addLevel('team', { id: 't1', budgets: [budget(1_000)] });
  const key = await world.addKey({ teamId: 't1', budgets: [budget(1_500)] });
  const processes = Array.from({ length: 8 }, () => world.process());

  const results = await Promise.all(
    Array.from({ length: 400 }, (_unused, index) => (processes[index % 8] as TestLedger).admit(world.request(key))),
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
    Array.from({ length: 50 }, (_unused, index) => (processes[index % 5] as TestLedger).admit(world.request(key))),
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
  const page = await world.page(`key#${key.id}`);
  expect(page?.periods['month']).toMatchObject({ startMs: Date.UTC(2026, 11, 1), remainingNanoUsd: 0n });
  expect(page?.periods['lifetime']?.remainingNanoUsd).toBe(-170n);
});

test('H10 a lowered budget binds the next request of every process, a raised one frees it', async () => {
  const world = ledgerWorld();
  const team = await world.addLevel('team', { id: 't1', budgets: [budget(1_000)] });
  const key = await world.addKey({ teamId: 't1' });
  const ledger = world.process();
  const open = admitted(await ledger.admit(world.request(key, { bound: { costNanoUsd: 400n, tokens: 1 } })));

  await world.change('team', 't1', { budgets: [budget(500)] });
  await movePages(world.pages, EMPTY_DOCUMENT, 'team', { ...team, generation: 2, budgets: [budget(500)] }, world.clock.now());
  // The request is planned from the old row: the round reads the new one.
  const refused = await ledger.admit(world.request(key, { bound: { costNanoUsd: 400n, tokens: 1 } }));
  expect(refusal(refused)?.reason).toBe('budget_reserved');

  await world.change('team', 't1', { budgets: [budget(5_000)] });
  const after = await ledger.admit(world.request(key, { bound: { costNanoUsd: 400n, tokens: 1 } }));
  await open.settle(outcome(400n));
  expect(after.admitted).toBe(true);
  expect((await world.page('team#t1'))?.periods['month']?.limitNanoUsd).toBe(5_000n);
});

test('A06 A07 I22 a key that was blocked, revoked or expired, and one that is gone, fails on its next request', async () => {
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
    await world.change('key', key.id, change);
    reasons.push(refusal(await ledger.admit(world.request(key)))?.reason);
  }
  const gone = await world.addKey();
  await world.identity.remove('key', gone.id, 1);

  await expect(ledger.admit(world.request(gone))).rejects.toThrow('no such key');
  expect(reasons).toEqual(['key_blocked', 'key_revoked', 'key_expired']);
  expect(heldOn(world)).toBe(3);
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

  expect(await world.left(`key#${key.id}`)).toBe(-15n);
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
  expect((await world.page(`key#${key.id}`))?.periods['month']?.limitNanoUsd).toBe(30n);
});

test('what a request costs beyond its bound is charged all the same, and an alarm is raised', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(10)] });
  await admitted(await world.process().admit(world.request(key))).settle(outcome(25n));

  expect(await world.left(`key#${key.id}`)).toBe(-15n);
  expect(world.logged).toContain(`metric ${METRICS.BOUND_EXCEEDED}`);
});

test('a budget of a team that is added in mid-period starts from what was spent before it', async () => {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't1', budgets: [budget(100)], updatedAt: '2026-11-24T08:00:00.000Z' });
  const key = await world.addKey({ teamId: 't1' });
  const ledger = world.process({ spend: { between: async () => 95n } });

  expect(refusal(await ledger.admit(world.request(key)))?.reason).toBe('budget_spent');
  expect((await ledger.admit(world.request(key, { bound: { costNanoUsd: 5n, tokens: 1 } }))).admitted).toBe(true);
});

test('I11 a request that a page refuses leaves no record', async () => {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't1', budgets: [budget(5)] });
  const key = await world.addKey({ teamId: 't1' });
  await world.process().admit(world.request(key));

  expect(world.table.items('records').filter((item) => isRequestItem(item))).toEqual([]);
  expect(heldOn(world)).toBe(0);
});

test('a level whose row was deleted goes by the defaults again', async () => {
  const world = ledgerWorld({ gateway: {}, defaults: { user: { budgets: [budget(30)] } } });
  await world.addLevel('user', { id: 'u1', generation: 1_700_000_000_000, budgets: [budget(1_000)] });
  const key = await world.addKey({ userId: 'u1' });
  const ledger = world.process();
  await admitted(await ledger.admit(world.request(key))).settle(outcome(10n));
  await world.identity.remove('user', 'u1', 1_700_000_000_000);

  admitted(await ledger.admit(world.request(key)));
  admitted(await ledger.admit(world.request(key)));
  expect((await ledger.admit(world.request(key))).admitted).toBe(false);
});
