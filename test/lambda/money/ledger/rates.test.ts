import type { KeptRows } from '../../../../lambda/identity/rows';
import type { AdmissionResult, Reservation } from '../../../../lambda/money/ledger';
import { ledgerWorld, outcome } from '../../../support/ledger-world';

function admitted(result: AdmissionResult<KeptRows>): Reservation<KeptRows> {
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason} ${result.refusal.limit}`);
  return result.reservation;
}

function reasonOf(result: AdmissionResult<KeptRows>): string | undefined {
  return result.admitted ? undefined : `${result.refusal.reason} ${result.refusal.limit}`;
}

test('a request-per-minute limit refuses with an exact wait, tells what is left, and lets go again', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ limits: { requests_per_minute: 2 } });
  const ledger = world.process();
  expect(admitted(await ledger.admit(world.request(key))).requests).toEqual({ limit: 2, remaining: 1, resetMs: 30_000 });
  expect(admitted(await ledger.admit(world.request(key))).requests).toMatchObject({ limit: 2, remaining: 0 });

  const result = await ledger.admit(world.request(key));
  expect(result).toMatchObject({
    admitted: false,
    refusal: { reason: 'rate_limited', level: 'key', limit: 'requests_per_minute', retryAfterMs: 30_000 },
  });
  world.clock.advance(30_000);
  expect((await ledger.admit(world.request(key))).admitted).toBe(true);
});

test('a warm limit is one call, after a pause as well', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ limits: { requests_per_minute: 100, tokens_per_minute: 10_000, concurrent_requests: 5 } });
  const ledger = world.process();
  await admitted(await ledger.admit(world.request(key))).settle(outcome(0n));
  for (const pause of [1, 500, 65_000]) {
    world.clock.advance(pause);
    world.table.resetCounts();
    const reservation = admitted(await ledger.admit(world.request(key, { bound: { costNanoUsd: 0n, tokens: 100 } })));
    expect(world.table.calls.updateItem).toBe(1);
    await reservation.settle(outcome(0n));
  }
});

test('tokens per minute reserve the bound and settle with the truth', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ limits: { tokens_per_minute: 1_000 } });
  const ledger = world.process();
  const big = { bound: { costNanoUsd: 0n, tokens: 900 } };
  const first = admitted(await ledger.admit(world.request(key, big)));
  expect(reasonOf(await ledger.admit(world.request(key, big)))).toBe('rate_limited tokens_per_minute');

  await first.settle(outcome(0n, { usage: { inputTokens: 40, outputTokens: 10 } }));
  world.clock.advance(1_100);

  const second = admitted(await ledger.admit(world.request(key, big)));
  expect(second.tokens).toMatchObject({ limit: 1_000, remaining: 50 });
});

test('a request that may be larger than the whole token limit passes when it finds the window untouched', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ limits: { tokens_per_minute: 1_000 } });
  const ledger = world.process();
  const huge = { bound: { costNanoUsd: 0n, tokens: 128_000 } };
  await admitted(await ledger.admit(world.request(key, huge))).settle(outcome(0n, { usage: { inputTokens: 1, outputTokens: 1 } }));
  expect(reasonOf(await ledger.admit(world.request(key, huge)))).toBe('rate_limited tokens_per_minute');
  world.clock.advance(60_000);
  expect((await ledger.admit(world.request(key, huge))).admitted).toBe(true);
});

test('concurrent requests hold slots, give them back, and a crash frees its slot when it expires', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ limits: { concurrent_requests: 2 } });
  const ledger = world.process();
  const first = admitted(await ledger.admit(world.request(key)));
  admitted(await ledger.admit(world.request(key)));
  expect(reasonOf(await ledger.admit(world.request(key)))).toBe('concurrency_limited concurrent_requests');

  await first.settle(outcome(0n));
  world.clock.advance(1_100);
  admitted(await ledger.admit(world.request(key)));
  world.clock.advance(17 * 60_000);
  admitted(await ledger.admit(world.request(key)));
  admitted(await ledger.admit(world.request(key)));
  expect((await ledger.admit(world.request(key))).admitted).toBe(false);
});

test('I12 what a budget refuses takes nothing from the rates', async () => {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't1', budgets: [{ limit_usd: '0.000000001', period: 'day' }] });
  const key = await world.addKey({ teamId: 't1', limits: { requests_per_minute: 2, tokens_per_minute: 300, concurrent_requests: 2 } });
  const ledger = world.process();
  for (let count = 0; count < 5; count++) {
    expect(reasonOf(await ledger.admit(world.request(key)))).toBe('budget_spent day');
    world.clock.advance(10_100);
  }
  const free = { bound: { costNanoUsd: 0n, tokens: 100 } };
  expect(admitted(await ledger.admit(world.request(key, free)))).toMatchObject({
    requests: { remaining: 1 },
    tokens: { remaining: 200 },
  });
});

test("limits narrowed to models bind only those, beside the level's own", async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ limits: { requests_per_minute: 10, per_model: { 'openai/*': { requests_per_minute: 1 } } } });
  const ledger = world.process();
  admitted(await ledger.admit(world.request(key)));
  expect((await ledger.admit(world.request(key))).admitted).toBe(false);
  expect((await ledger.admit(world.request(key, { originalModel: 'x', candidateModels: ['anthropic/x'] }))).admitted).toBe(true);
});

test('a raised and a lowered token limit move what is left of the window', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ limits: { tokens_per_day: 1_000 } });
  const ledger = world.process();
  const use = { bound: { costNanoUsd: 0n, tokens: 800 } };
  admitted(await ledger.admit(world.request(key, use)));
  await world.change('key', key.id, { limits: { tokens_per_day: 2_000 } });
  expect(admitted(await ledger.admit(world.request(key, use))).tokens).toMatchObject({ limit: 2_000, remaining: 400 });
});
