import fc from 'fast-check';
import { createGateStore } from '../../../../lambda/aws/dynamodb';
import type { AdmissionResult, Reservation } from '../../../../lambda/money/ledger';
import { gateKey } from '../../../../lambda/money/ledger/names';
import { attemptId, ledgerWorld, outcome } from '../../../support/ledger-world';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';

function admitted(result: AdmissionResult): Reservation {
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason} ${result.refusal.limit}`);
  return result.reservation;
}

function reasonOf(result: AdmissionResult): string | undefined {
  return result.admitted ? undefined : `${result.refusal.reason} ${result.refusal.limit}`;
}

/** A generic cell rate by the book, in exact microseconds. */
function oracle(limit: number, windowMs: number) {
  const step = Math.ceil((windowMs * 1_000) / limit);
  let tat = Number.NEGATIVE_INFINITY;
  return {
    step,
    at(nowMs: number): { admitted: boolean; retryAfterMs: number } {
      const now = nowMs * 1_000;
      const latest = now + (limit - 1) * step;
      if (tat > latest) return { admitted: false, retryAfterMs: Math.ceil((tat - latest) / 1_000) };
      tat = Math.max(tat, now) + step;
      return { admitted: true, retryAfterMs: 0 };
    },
  };
}

const START = Date.UTC(2026, 10, 24);

test('H14 requests per minute agree with the oracle to the millisecond, over bursts and idle gaps', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.oneof(fc.nat(20), fc.nat(3_000), fc.integer({ min: 30_000, max: 200_000 })), { minLength: 1, maxLength: 80 }),
      async (limit, gaps) => {
        const gates = createGateStore(createMemoryDynamoDb(), TABLE_NAMES.counters);
        const expected = oracle(limit, 60_000);
        const spec = { key: gateKey('key#k', '*'), requestsPerMinute: limit };
        let now = START;
        for (const gap of gaps) {
          now += gap;
          const got = await gates.pass(spec, { attemptId: attemptId(), tokens: 1, expiresAtMs: now + 1, nowMs: now }, undefined, 1_000);
          const wanted = expected.at(now);
          expect(got.kind).toBe(wanted.admitted ? 'passed' : 'refused');
          if (got.kind === 'refused') expect(got.retryAfterMs).toBe(wanted.retryAfterMs);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('H14 I8 eight writers with clocks up to 200 ms apart admit at most the burst, the rate and skew over step', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 5, max: 120 }),
      fc.array(fc.tuple(fc.nat(7), fc.nat(400)), { minLength: 50, maxLength: 250 }),
      fc.array(fc.integer({ min: -200, max: 200 }), { minLength: 8, maxLength: 8 }),
      async (limit, calls, skews) => {
        const table = createMemoryDynamoDb();
        const gates = createGateStore(table, TABLE_NAMES.counters);
        const spec = { key: gateKey('key#k', '*'), requestsPerMinute: limit };
        const step = 60_000 / limit;
        const times: number[] = [];
        let now = START;
        for (const [writer, gap] of calls) {
          now += gap;
          const nowMs = now + (skews[writer] ?? 0);
          const got = await gates.pass(spec, { attemptId: attemptId(), tokens: 1, expiresAtMs: now, nowMs }, undefined, 1_000);
          if (got.kind === 'passed') times.push(now);
        }
        for (let first = 0; first < times.length; first++) {
          for (let last = first; last < times.length; last++) {
            const span = (times[last] as number) - (times[first] as number);
            expect(last - first + 1).toBeLessThanOrEqual(limit + span / step + 400 / step + 1);
          }
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('I11 a clock that jumped an hour ahead does not shut a key out once it is back', async () => {
  const gates = createGateStore(createMemoryDynamoDb(), TABLE_NAMES.counters);
  const spec = { key: gateKey('key#k', '*'), requestsPerMinute: 10, tokensPerMinute: 100, requestsPerDay: 1_000 };
  const pass = (nowMs: number) => gates.pass(spec, { attemptId: attemptId(), tokens: 1, expiresAtMs: nowMs, nowMs }, undefined, 1_000);
  await pass(START + 3_600_000);
  expect((await pass(START)).kind).toBe('passed');
  let refusedAt = 0;
  for (let count = 1; count < 30 && refusedAt === 0; count++) if ((await pass(START)).kind === 'refused') refusedAt = count;
  expect(refusedAt).toBe(10);
});

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
  const raised = { ...key, generation: 2, limits: { tokens_per_day: 2_000 } };
  await world.identity.replace('key', raised, 1);
  expect(admitted(await ledger.admit(world.request(raised, use))).tokens).toMatchObject({ limit: 2_000, remaining: 400 });
});
