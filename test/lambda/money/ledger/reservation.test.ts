import type { Reservation } from '../../../../lambda/money/ledger';
import { type LimitsConfig, METRICS } from '../../../../lib/private/contract';
import { serviceError } from '../../../support/dynamodb-expressions';
import { budget, type LedgerWorld, ledgerWorld, outcome, type TestRequest } from '../../../support/ledger-world';
import { usageRecord } from '../../../support/usage-record';

type Logged = { level: string; event: string; fields: Record<string, unknown> };

async function admit(
  world: LedgerWorld,
  fields: Partial<TestRequest> & { limits?: LimitsConfig } = {},
  options = {},
): Promise<Reservation> {
  const { limits, ...request } = fields;
  const key = await world.addKey({ budgets: [budget(100)], ...(limits === undefined ? {} : { limits }) });
  const result = await world.process(options).admit(world.request(key, request));
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  return result.reservation;
}

describe('R15 nothing is sent late', () => {
  /** Two clocks that can be moved one without the other. */
  async function clocks() {
    const world = ledgerWorld();
    world.clock.advance(3_600_000);
    const moved = { wallMs: 0, monotonicMs: 0 };
    const clock = { now: () => world.clock.now() + moved.wallMs, monotonic: () => world.clock.monotonic() + moved.monotonicMs };
    return { world, moved, reservation: await admit(world, {}, { clock }) };
  }

  test.each([
    ['monotonic', 900_000, true],
    ['monotonic', 900_001, false],
    ['wall', 900_000, true],
    ['wall', 900_001, false],
  ] as const)('R15 the %s clock %d ms after the attempt began, the other one standing still: sendable %s', async (which, ms, sendable) => {
    const { moved, reservation } = await clocks();
    moved[which === 'wall' ? 'wallMs' : 'monotonicMs'] = ms;
    const send = () => reservation.assertSendable();
    if (sendable) expect(send).not.toThrow();
    else expect(send).toThrow('too late to send');
  });

  test.each([
    [60_000, true],
    [59_999, false],
  ])('R15 with %d ms left to its expiry: sendable %s', async (leftMs, sendable) => {
    const world = ledgerWorld();
    const reservation = await admit(world);
    world.clock.advance(960_000 - leftMs);
    const send = () => reservation.assertSendable();
    if (sendable) expect(send).not.toThrow();
    else expect(send).toThrow('too late to send');
  });

  test.each(['settle', 'release'] as const)('R15 not after its %s began', async (end) => {
    const reservation = await admit(ledgerWorld());
    const ended = reservation[end](outcome(0n));
    expect(() => reservation.assertSendable()).toThrow('has ended');
    await ended;
  });
});

describe('R15 a reservation ends once', () => {
  test('R15 and whoever ends it again waits for the first end', async () => {
    const world = ledgerWorld();
    const reservation = await admit(world);
    const first = reservation.settle(outcome(7n));
    expect([reservation.settle(outcome(9n)), reservation.release(outcome(0n))]).toEqual([first, first]);
    await first;
    expect(reservation.settle(outcome(9n))).toBe(first);
    expect(await world.left(`key#${reservation.request.rows.key.id}`)).toBe(93n);
  });

  test('R15 what is released says what became of the call, and costs what others than providers billed', async () => {
    for (const costNanoUsd of [0n, 5n]) {
      const world = ledgerWorld();
      const reservation = await admit(world);
      await reservation.release({ ...outcome(costNanoUsd), status: 418, outcome: 'caller_left' });
      expect(await world.records.read(reservation.attemptId)).toMatchObject({
        state: 'settled',
        status: 418,
        outcome: 'caller_left',
        costNanoUsd,
      });
      expect(await world.left(`key#${reservation.request.rows.key.id}`)).toBe(100n - costNanoUsd);
    }
  });

  test('R15 what is annulled is void, costs nothing, and ends the reservation', async () => {
    const world = ledgerWorld();
    const reservation = await admit(world);
    const first = reservation.annul({ ...outcome(5n), status: 400, outcome: 'content_policy_violation' });
    await first;
    expect(await world.records.read(reservation.attemptId)).toMatchObject({ state: 'void', status: 400, costNanoUsd: 0n });
    expect(await world.left(`key#${reservation.request.rows.key.id}`)).toBe(100n);
    expect(reservation.settle(outcome(9n))).toBe(first);
    expect(() => reservation.assertSendable()).toThrow('has ended');
  });

  test('R15 no limit costs a write of its own, and tokens are given back that were not used', async () => {
    const used = { ...outcome(1n), usage: { inputTokens: 4, outputTokens: 6 } };
    for (const limits of [
      {},
      { requests_per_minute: 4 },
      { tokens_per_minute: 1_000 },
      { tokens_per_day: 1_000 },
      { concurrent_requests: 2 },
    ]) {
      const world = ledgerWorld();
      const reservation = await admit(world, { limits });
      world.table.resetCounts();
      await reservation.settle(used);
      expect(world.table.writes).toBe(2);
    }
    for (const limits of [{ tokens_per_minute: 1_000 }, { tokens_per_day: 1_000 }]) {
      const world = ledgerWorld();
      const key = await world.addKey({ limits });
      const ledger = world.process();
      const call = async (): Promise<Reservation> => {
        const result = await ledger.admit(world.request(key));
        if (!result.admitted) throw new Error('refused');
        return result.reservation;
      };
      await (await call()).settle(used);
      expect((await call()).tokens?.remaining).toBe(1_000 - 10 - 100);
    }
  });
});

describe('R15 what a call is told of its limits', () => {
  test.each([
    [{ requests_per_minute: 4 }, { limit: 4, remaining: 3, resetMs: 15_000 }],
    [{ requests_per_day: 4 }, { limit: 4, remaining: 3, resetMs: 21_600_000 }],
    [
      { requests_per_minute: 4, requests_per_day: 1_000 },
      { limit: 4, remaining: 3, resetMs: 15_000 },
    ],
    [{}, undefined],
    [{ tokens_per_minute: 1_000 }, undefined],
  ])('R15 requests under %j', async (limits, expected) => {
    expect((await admit(ledgerWorld(), { limits })).requests).toEqual(expected);
  });

  test.each([
    // The clock stands at noon.
    [{ tokens_per_minute: 1_000 }, { limit: 1_000, remaining: 900, resetMs: 60_000 }],
    [{ tokens_per_day: 1_000 }, { limit: 1_000, remaining: 900, resetMs: 43_200_000 }],
    [
      { tokens_per_minute: 1_000, tokens_per_day: 5_000 },
      { limit: 1_000, remaining: 900, resetMs: 60_000 },
    ],
    [{}, undefined],
    [{ requests_per_minute: 4 }, undefined],
  ])('R15 tokens under %j', async (limits, expected) => {
    expect((await admit(ledgerWorld(), { limits })).tokens).toEqual(expected);
  });

  test.each([
    [20, 4, 4],
    [4, 20, 4],
    [4, 4, 4],
  ])('R15 of a key with %d requests a minute in a team with %d, the one of which less is left by its share', async (own, team, told) => {
    const world = ledgerWorld();
    await world.addLevel('team', { id: 't1', limits: { requests_per_minute: team } });
    const key = await world.addKey({ teamId: 't1', limits: { requests_per_minute: own } });
    const result = await world.process().admit(world.request(key));
    expect(result.admitted ? result.reservation.requests?.limit : undefined).toBe(told);
  });

  test('R15 limits without budgets', async () => {
    const world = ledgerWorld();
    const key = await world.addKey({ limits: { requests_per_minute: 4 } });
    const result = await world.process().admit(world.request(key));
    expect(result.admitted ? result.reservation : undefined).toMatchObject({ budget: undefined, requests: { remaining: 3 } });
  });
});

describe('R15 the tighter of two budgets', () => {
  test.each([
    [60, 30],
    [30, 60],
  ])('R15 two budgets of one period, %d and %d: the tighter binds and is told, in either order', async (first, second) => {
    const world = ledgerWorld();
    const key = await world.addKey({ budgets: [budget(first), budget(second)] });
    const ledger = world.process();
    const result = await ledger.admit(world.request(key, { bound: { costNanoUsd: 20n, tokens: 1 } }));
    expect(result.admitted ? result.reservation.budget : undefined).toEqual({ level: 'key', remainingNanoUsd: 10n, limitNanoUsd: 30n });
    expect((await ledger.admit(world.request(key, { bound: { costNanoUsd: 20n, tokens: 1 } }))).admitted).toBe(false);
    // A process that finds the counter missing reads the budgets itself; it takes the tighter one too.
    expect((await world.process().admit(world.request(key, { bound: { costNanoUsd: 11n, tokens: 1 } }))).admitted).toBe(false);
  });

  test.each([
    [60, 30, 'team', 10n],
    [30, 60, 'key', 10n],
  ])('R15 a key with %d in a team with %d: told is the %s, which has less left', async (own, team, level, remainingNanoUsd) => {
    const world = ledgerWorld();
    await world.addLevel('team', { id: 't1', budgets: [budget(team)] });
    const key = await world.addKey({ teamId: 't1', budgets: [budget(own)] });
    const result = await world.process().admit(world.request(key, { bound: { costNanoUsd: 20n, tokens: 1 } }));
    expect(result.admitted ? result.reservation.budget : undefined).toMatchObject({ level, remainingNanoUsd });
  });
});

describe('R15 how a reservation ends', () => {
  /** The tokens that its minute has left once a call of at most 100 has ended. */
  async function tokensLeft(end: (reservation: Reservation) => Promise<void>): Promise<number | undefined> {
    const world = ledgerWorld();
    const reservation = await admit(world, { limits: { tokens_per_minute: 1_000 } });
    await end(reservation);
    return (await world.page(`key#${reservation.request.rows.key.id}`))?.tokens.minute?.remaining;
  }

  test.each([
    ['what was reported', { inputTokens: 30, outputTokens: 5 }, 4n, 965],
    ['input alone', { inputTokens: 30 }, 4n, 970],
    ['output alone', { outputTokens: 5 }, 4n, 995],
    ['all of the bound where something was billed that nobody counted', undefined, 4n, 900],
    ['nothing where nothing was billed', undefined, 0n, 1_000],
    ['a report of a free call', { inputTokens: 30, outputTokens: 5 }, 0n, 965],
  ])('R15 token limits are charged %s', async (_what, usage, cost, left) => {
    expect(await tokensLeft((reservation) => reservation.settle(outcome(cost, { usage })))).toBe(left);
  });

  test('R15 a release gives all tokens back', async () => {
    expect(await tokensLeft((reservation) => reservation.release(outcome(4n, { usage: { inputTokens: 30 } })))).toBe(1_000);
  });

  test.each(['settle', 'release'] as const)('R15 a %s frees the slot, before it is done', async (end) => {
    const world = ledgerWorld();
    const key = await world.addKey({ limits: { concurrent_requests: 1 } });
    const ledger = world.process();
    for (let round = 0; round < 3; round++) {
      const result = await ledger.admit(world.request(key));
      if (!result.admitted) throw new Error(result.refusal.reason);
      await result.reservation[end](outcome(0n));
    }
  });

  async function ended(
    cost: bigint,
    fields: Partial<TestRequest> = {},
    breaking: (world: LedgerWorld) => void = () => undefined,
    options = {},
  ) {
    const world = ledgerWorld();
    const lines: Logged[] = [];
    const log = { write: (level: string, event: string, written: object) => lines.push({ level, event, fields: { ...written } }) };
    const reservation = await admit(world, fields, { log, ...options });
    breaking(world);
    await reservation.settle(outcome(cost));
    return { world, lines, metrics: world.logged, reservation };
  }

  test.each([
    [11n, true],
    [10n, false],
  ])('R15 a cost of %d over a bound of 10 raises an alarm: %s', async (cost, alarm) => {
    const { lines, metrics, reservation } = await ended(cost);
    expect(metrics.includes(`metric ${METRICS.BOUND_EXCEEDED}`)).toBe(alarm);
    const line = { level: 'error', event: 'bound-exceeded', fields: { requestId: reservation.attemptId, costNanoUsd: String(cost) } };
    if (alarm) expect(lines).toMatchObject([line]);
    else expect(lines).toEqual([]);
  });

  test('R15 a cost where no budget binds is nobody’s alarm', async () => {
    const world = ledgerWorld();
    const key = await world.addKey();
    const result = await world.process().admit(world.request(key));
    if (!result.admitted) throw new Error('refused');
    await result.reservation.settle(outcome(1_000n));
    expect(world.logged).toEqual([]);
  });

  test('R15 a settlement that comes when something else was decided is told in the log, with an alarm', async () => {
    const world = ledgerWorld();
    const reservation = await admit(world);
    await world.records.put(usageRecord({ id: reservation.attemptId, state: 'adjusted', costNanoUsd: 9n }));

    await reservation.settle(outcome(4n));

    expect(world.logged).toEqual([`metric ${METRICS.SETTLEMENT_LOST}`, 'error settlement-lost']);
    expect(await world.left(`key#${reservation.request.rows.key.id}`)).toBe(91n);
  });

  test('R15 why a settlement was deferred, and why the queue did not take it, are in the log by their codes', async () => {
    const queue = { send: async () => Promise.reject(serviceError('QueueDoesNotExist', 'gone')) };
    const { lines, metrics } = await ended(
      4n,
      {},
      (world) => {
        world.table.hooks = { before: () => Promise.reject(serviceError('InternalServerError', 'down')) };
      },
      { queue },
    );
    expect(lines.map(({ level, event, fields }) => [level, event, fields['code']])).toEqual([
      ['warn', 'settle-deferred', 'InternalServerError'],
      ['error', 'settlement-not-queued', 'QueueDoesNotExist'],
    ]);
    expect(metrics).toContain(`metric ${METRICS.SETTLE_DEFERRED}`);
  });

  test('R15 a settlement is tried at the table for as long as its process may live, and a limit that is deaf does no harm', async () => {
    const world = ledgerWorld();
    const pauses: number[] = [];
    const began = world.clock.monotonic();
    const options = {
      pause: async (ms: number) => {
        pauses.push(ms);
        world.clock.advance(ms);
      },
      queue: { send: async () => Promise.reject(new Error('deaf')) },
    };
    const reservation = await admit(world, { expiresAtMs: world.clock.now() + 300_000, limits: { concurrent_requests: 5 } }, options);
    world.table.hooks = { before: () => Promise.reject(serviceError('InternalServerError', 'down')) };

    await reservation.settle(outcome(4n));

    // A minute before its expiry it is taken for dead; five seconds of it are the queue's.
    const lived = world.clock.monotonic() - began;
    expect(lived).toBeGreaterThan(225_000);
    expect(lived).toBeLessThan(235_000);
    expect(world.logged).toContain('error settlement-not-queued');
  });
});
