import type { AdmissionResult, Reservation } from '../../../../lambda/money/ledger';
import { bookQueued, readQueued, writeQueued } from '../../../../lambda/money/ledger';
import { serviceError } from '../../../support/dynamodb-expressions';
import { budget, ledgerWorld, outcome } from '../../../support/ledger-world';

function admitted(result: AdmissionResult): Reservation {
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  return result.reservation;
}

test('I01 a throttled counter is tried again at most twice, then the call is refused, never unmetered', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)] });
  let throttles = 2;
  let tries = 0;
  world.table.hooks = {
    before: ({ operation, input }) => {
      if (operation !== 'updateItem' || (input as { TableName: string }).TableName !== 'counters') return;
      tries++;
      if (throttles-- > 0) throw serviceError('ProvisionedThroughputExceededException', 'slow down');
    },
  };
  expect((await world.process().admit(world.request(key))).admitted).toBe(true);
  expect(tries).toBeGreaterThanOrEqual(3);

  throttles = Number.POSITIVE_INFINITY;
  const result = await world.process().admit(world.request(key));
  expect(result).toMatchObject({ admitted: false, refusal: { reason: 'store_unavailable' } });
  expect(result.admitted ? 0 : result.refusal.retryAfterMs).toBeGreaterThan(0);
});

test.each([
  [2, true],
  [3, false],
])('R15 a counter that is throttled %i times is asked again in the same attempt: %s', async (throttles, same) => {
  const world = ledgerWorld();
  const request = world.request(await world.addKey({ budgets: [budget(100)] }));
  let left = throttles;
  world.table.hooks = {
    before: ({ operation, input }) => {
      if (operation !== 'updateItem' || (input as { TableName: string }).TableName !== 'counters') return;
      if (left-- > 0) throw serviceError('ProvisionedThroughputExceededException', 'slow down');
    },
  };
  expect(admitted(await world.process().admit(request)).attemptId === request.attemptId).toBe(same);
});

test.each(['TimeoutError', 'NetworkingError', 'InternalServerError'])(
  'I02 a table that answers %s refuses the call within its time, never admits it',
  async (name) => {
    const world = ledgerWorld();
    const key = await world.addKey({ budgets: [budget(100)] });
    const timeouts: number[] = [];
    world.table.hooks = {
      before: ({ timeoutMs }) => {
        timeouts.push(timeoutMs ?? Number.POSITIVE_INFINITY);
        world.clock.advance(100);
        throw serviceError(name, 'gone');
      },
    };
    const began = world.clock.monotonic();

    const result = await world.process().admit(world.request(key));

    expect(result).toMatchObject({ admitted: false, refusal: { reason: 'store_unavailable' } });
    expect(Math.max(...timeouts)).toBeLessThanOrEqual(1_500);
    expect(world.clock.monotonic() - began).toBeLessThan(3_000);
    expect(world.logged).toContain('metric StoreDown');
  },
);

test.each([true, false])('I02 calls that hang are cut so that the answer comes within 1.5 s (warm: %s)', async (warm) => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)], limits: { requests_per_minute: 100 } });
  const ledger = world.process();
  if (warm) admitted(await ledger.admit(world.request(key)));
  let inFlight = 0;
  let until = 0;
  world.table.hooks = {
    before: async ({ timeoutMs }) => {
      // Calls in parallel hang at the same time: only the longest counts.
      if (inFlight++ === 0) until = world.clock.monotonic() + (timeoutMs ?? 60_000);
      await new Promise(setImmediate);
      inFlight--;
      world.clock.advance(Math.max(0, until - world.clock.monotonic()));
      throw serviceError('TimeoutError', 'no answer');
    },
  };
  const began = world.clock.monotonic();

  const result = await ledger.admit(world.request(key));

  expect(result.admitted).toBe(false);
  expect(world.clock.monotonic() - began).toBeLessThanOrEqual(1_500);
});

test('H04 a reservation whose answer was lost is abandoned and admitted once, under a new attempt id', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(10)] });
  let lose = true;
  world.table.hooks = {
    after: ({ operation, input }) => {
      if (!lose || operation !== 'updateItem' || (input as { TableName: string }).TableName !== 'counters') return;
      lose = false;
      throw serviceError('TimeoutError', 'the answer was lost');
    },
  };
  const request = world.request(key);

  const reservation = admitted(await world.process().admit(request));

  expect(reservation.attemptId).not.toBe(request.attemptId);
  const [counter] = (await world.counters.scan()).items;
  expect([...(counter?.open.keys() ?? [])]).toEqual([reservation.attemptId]);
  expect((await world.records.get(request.attemptId))?.state).toBe('void');
});

test('H05 a settlement whose answer was lost is booked once', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)] });
  const reservation = admitted(await world.process().admit(world.request(key)));
  let losses = 2;
  world.table.hooks = {
    after: ({ operation }) => {
      if (operation === 'updateItem' && losses-- > 0) throw serviceError('TimeoutError', 'the answer was lost');
    },
  };

  await reservation.settle(outcome(4n));

  const [counter] = (await world.counters.scan()).items;
  expect(counter?.remainingNanoUsd).toBe(96n);
  expect((await world.records.get(reservation.attemptId))?.state).toBe('settled');
});

test('I03 a settlement that the table never takes goes to the queue, and the queue agrees with the table', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)] });
  const reservation = admitted(await world.process().admit(world.request(key)));
  world.table.hooks = {
    before: () => {
      throw serviceError('InternalServerError', 'down');
    },
  };
  await reservation.settle(outcome(4n, { usage: { inputTokens: 3, outputTokens: 1 } }));
  expect(world.queued.length).toBe(1);
  expect(world.logged).toContain('metric SettleDeferred');

  world.table.hooks = {};
  const message = readQueued(JSON.parse(writeQueued(world.queued[0] as never)));
  if (message === undefined) throw new Error('the message cannot be read back');
  expect(await bookQueued(world, message, world.clock.now())).toBe('settled');
  expect(await bookQueued(world, message, world.clock.now())).toBe('already');

  const [counter] = (await world.counters.scan()).items;
  expect(counter?.remainingNanoUsd).toBe(96n);
  expect(await world.records.get(reservation.attemptId)).toMatchObject({ state: 'settled', usage: { inputTokens: 3, outputTokens: 1 } });
});

test('a queue that fails too leaves the reservation to the sweeper and never throws', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)] });
  const ledger = world.process({
    queue: {
      async send() {
        throw new Error('the queue is down');
      },
    },
  });
  const reservation = admitted(await ledger.admit(world.request(key)));
  world.table.hooks = {
    before: () => {
      throw serviceError('InternalServerError', 'down');
    },
  };

  await reservation.settle(outcome(4n));

  expect(world.logged).toContain('error settlement-not-queued');
});

test('what is not a settlement is not read as one', () => {
  for (const message of [
    undefined,
    null,
    'x',
    {},
    { attemptId: 'a', kind: 'settle', result: { costNanoUsd: 4 } },
    { attemptId: 'a', kind: 'steal', result: {} },
  ]) {
    expect(readQueued(message)).toBeUndefined();
  }
});

test('only the first end of a reservation counts', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)] });
  const reservation = admitted(await world.process().admit(world.request(key)));
  await Promise.all([reservation.settle(outcome(4n)), reservation.release(outcome(0n)), reservation.settle(outcome(9n))]);
  const [counter] = (await world.counters.scan()).items;
  expect(counter?.remainingNanoUsd).toBe(96n);
});

test('I10 a process thawed after six hours reads its levels again', async () => {
  const world = ledgerWorld();
  const team = await world.addLevel('team', { id: 't1' });
  const key = await world.addKey({ teamId: 't1' });
  let frozen = 0;
  // While a process is frozen its monotonic clock may stand still.
  const ledger = world.process({ clock: { now: () => world.clock.now() + frozen, monotonic: () => world.clock.monotonic() } });
  admitted(await ledger.admit(world.request(key)));
  await world.identity.replace('team', { ...team, status: 'blocked', generation: 2 }, 1);
  frozen = 6 * 3_600_000;

  const result = await ledger.admit(world.request(key));

  expect(result).toMatchObject({ admitted: false, refusal: { reason: 'key_blocked', level: 'team' } });
});
