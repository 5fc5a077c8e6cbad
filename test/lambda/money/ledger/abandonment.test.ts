import type { KeyRecord } from '../../../../lambda/identity/entities';
import { bookQueued, createSweeper, readQueued, writeQueued } from '../../../../lambda/money/ledger';
import { serviceError } from '../../../support/dynamodb-expressions';
import { budget, type LedgerWorld, ledgerWorld, outcome } from '../../../support/ledger-world';
import type { Call } from '../../../support/memory-dynamodb';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const isReserve = ({ operation, input }: Call): boolean =>
  operation === 'updateItem' && JSON.stringify(input).includes('remaining - :take');
const isClose = ({ operation, input }: Call): boolean =>
  operation === 'updateItem' && JSON.stringify(input).includes('remaining + :refund');
const isVoid = ({ operation, input }: Call): boolean =>
  operation === 'updateItem' && (input as { TableName: string }).TableName === 'records';

/** A key whose counter exists, with all of its budget left. */
async function warmKey(world: LedgerWorld): Promise<KeyRecord> {
  const key = await world.addKey({ budgets: [budget(100)] });
  const result = await world.process().admit(world.request(key));
  if (!result.admitted) throw new Error('refused');
  await result.reservation.settle(outcome(0n));
  return key;
}

/** A request after which nothing was sent: what the process still does once its caller has the answer is waited for. */
async function refuse(world: LedgerWorld, key: KeyRecord): Promise<string> {
  const work: Promise<void>[] = [];
  const result = await world.process().admit(world.request(key, { afterwards: (promise) => work.push(promise) }));
  await Promise.all(work);
  if (result.admitted) throw new Error('the request was admitted');
  return result.refusal.reason;
}

function sweeper(world: LedgerWorld) {
  return createSweeper({ ...world, retentionMs: 15 * DAY_MS });
}

async function remaining(world: LedgerWorld): Promise<bigint[]> {
  return (await world.counters.scan()).items.map(({ remainingNanoUsd, open, parked }) => {
    if (open.size + parked.size > 0) throw new Error('something is still held');
    return remainingNanoUsd;
  });
}

/** The table loses the answers of reservations and takes no void, for as long as it is told. */
function loseAnswers(world: LedgerWorld): void {
  world.table.hooks = {
    after: (call) => {
      if (isReserve(call)) throw serviceError('TimeoutError', 'the answer was lost');
    },
    before: (call) => {
      if (isVoid(call)) throw serviceError('TimeoutError', 'no void is taken');
    },
  };
}

describe('R12 money-12-never-sent-charged', () => {
  test.each(['before the sweep', 'after the sweep', 'two weeks after the sweep'])(
    'R12 money-12-never-sent-charged: nothing was sent, so all returns when the queue tells it %s',
    async (when) => {
      const world = ledgerWorld();
      const queue = async (): Promise<void> => {
        for (const work of world.queued.splice(0))
          await bookQueued(world, readQueued(JSON.parse(writeQueued(work))) as never, world.clock.now());
      };
      const key = await warmKey(world);
      loseAnswers(world);
      expect(await refuse(world, key)).toBe('store_unavailable');
      world.table.hooks = {};
      expect(world.queued.length).toBeGreaterThan(0);

      if (when === 'before the sweep') await queue();
      world.clock.advance(17 * MINUTE_MS);
      await sweeper(world).sweepRecords();
      await sweeper(world).sweepCounters();
      if (when === 'after the sweep') await queue();
      world.clock.advance(14 * DAY_MS);
      await queue();
      world.clock.advance(2 * DAY_MS);
      await sweeper(world).sweepRecords();
      await sweeper(world).sweepCounters();

      expect(await remaining(world)).toEqual([100n]);
    },
  );

  test('R12 money-12-never-sent-charged: a table that is back in time is told by the process itself', async () => {
    const world = ledgerWorld();
    const key = await warmKey(world);
    let refusals = 3;
    world.table.hooks = {
      after: (call) => {
        if (isReserve(call)) throw serviceError('TimeoutError', 'the answer was lost');
      },
      before: (call) => {
        if (isVoid(call) && refusals-- > 0) throw serviceError('TimeoutError', 'no void is taken');
      },
    };

    expect(await refuse(world, key)).toBe('store_unavailable');

    expect(world.queued).toEqual([]);
    expect(await remaining(world)).toEqual([100n]);
  });

  test.each(['for the first time', 'once more, because its call was made twice'])(
    'R12 a reservation that arrives %s after the attempt was taken back is returned seconds later, by the queue',
    async (which) => {
      const world = ledgerWorld();
      const key = await warmKey(world);
      const late: Call[] = [];
      const arrived = which !== 'for the first time';
      const lose = (call: Call): void => {
        if (!isReserve(call)) return;
        late.push(call);
        throw serviceError('TimeoutError', 'the answer was lost');
      };
      world.table.hooks = arrived ? { after: lose } : { before: lose };
      expect(await refuse(world, key)).toBe('store_unavailable');
      world.table.hooks = {};
      expect(await remaining(world)).toEqual([100n]);
      for (const call of late) await world.table.updateItem(call.input as never);
      expect((await world.counters.scan()).items[0]?.open.size).toBe(2);

      for (const look of world.looks) await bookQueued(world, readQueued(JSON.parse(writeQueued(look))) as never, world.clock.now());

      expect(await remaining(world)).toEqual([100n]);
    },
  );

  test('R12 a late reservation is found by the next sweep, should the queue not tell of it', async () => {
    const world = ledgerWorld();
    const key = await warmKey(world);
    const late: Call[] = [];
    world.table.hooks = {
      after: (call) => {
        if (!isReserve(call)) return;
        late.push(call);
        throw serviceError('TimeoutError', 'the answer was lost');
      },
    };
    await refuse(world, key);
    world.table.hooks = {};
    for (const call of late) await world.table.updateItem(call.input as never);
    world.clock.advance(11_000);

    await sweeper(world).sweepRecords();

    expect(await remaining(world)).toEqual([100n]);
  });

  test('R12 a slow table is asked twice at the most for one request', async () => {
    const world = ledgerWorld();
    const key = await warmKey(world);
    let intents = 0;
    world.table.hooks = {
      before: (call) => {
        if (call.operation === 'putItem') intents++;
        if (isReserve(call)) throw serviceError('TimeoutError', 'no answer');
      },
    };

    await refuse(world, key);

    expect(intents).toBe(2);
  });
});

describe('R12 money-11-void-held', () => {
  test('R12 money-11-void-held: the sweep of each minute finds what a void record still holds', async () => {
    const world = ledgerWorld();
    await world.addLevel('team', { id: 't1', budgets: [budget(5)] });
    const died = new Promise<never>(() => undefined);
    let closes = 0;
    world.table.hooks = {
      before: (call) => {
        if (!isClose(call)) return;
        closes++;
        throw serviceError('TimeoutError', 'no answer');
      },
    };
    const key = await world.addKey({ teamId: 't1', budgets: [budget(100)] });
    // The process dies with its answer: nothing is tried again.
    const result = await world.process({ pause: () => died }).admit(world.request(key));
    expect(result).toMatchObject({ admitted: false, refusal: { reason: 'budget_spent' } });
    await new Promise(setImmediate);
    expect(closes).toBeGreaterThan(0);
    world.table.hooks = {};
    world.clock.advance(17 * MINUTE_MS);

    const report = await sweeper(world).sweepRecords();

    expect(report.returned).toBe(1);
    expect(await remaining(world)).toEqual([100n]);
  });

  test('R12 a reservation that arrives after the void is found by the sweep of each minute', async () => {
    const world = ledgerWorld();
    const key = await world.addKey({ budgets: [budget(100)] });
    const ledger = world.process();
    const first = await ledger.admit(world.request(key));
    if (!first.admitted) throw new Error('refused');
    let late: Call | undefined;
    world.table.hooks = {
      before: (call) => {
        if (!isReserve(call)) return;
        late ??= call;
        throw serviceError('TimeoutError', 'on its way');
      },
    };
    await ledger.admit(world.request(key));
    world.table.hooks = {};
    await world.table.updateItem(late?.input as never);
    const held = await world.counters.scan();
    expect(held.items[0]?.open.size).toBe(2);
    world.clock.advance(2 * MINUTE_MS);

    const report = await sweeper(world).sweepRecords();

    expect(report.returned).toBe(1);
    expect((await world.counters.scan()).items[0]?.open.size).toBe(1);
  });

  test('R12 a reservation that arrives after a sweeper whose clock is ahead is found by the sweep of each minute', async () => {
    const world = ledgerWorld();
    const key = await warmKey(world);
    let late: Call | undefined;
    world.table.hooks = {
      before: (call) => {
        if (isReserve(call)) late ??= call;
        if (isReserve(call) || isVoid(call)) throw serviceError('TimeoutError', 'no answer');
      },
    };
    // The process dies with its answer.
    await world.process({ pause: () => new Promise(() => undefined) }).admit(world.request(key));
    world.table.hooks = {};
    world.clock.advance(3 * MINUTE_MS);
    const ahead = { now: () => world.clock.now() + 14 * MINUTE_MS, monotonic: () => world.clock.monotonic() };
    expect((await createSweeper({ ...world, clock: ahead, retentionMs: 15 * DAY_MS }).sweepRecords()).voided).toBe(2);
    await world.table.updateItem(late?.input as never);
    world.clock.advance(30 * MINUTE_MS);

    expect((await sweeper(world).sweepRecords()).returned).toBe(1);
    expect(await remaining(world)).toEqual([100n]);
  });

  test('R12 a void record whose entries are gone leaves the open index at once, and one that cannot be complete is written once', async () => {
    const world = ledgerWorld();
    await world.addLevel('team', { id: 't1', budgets: [budget(5)] });
    const key = await world.addKey({ teamId: 't1', budgets: [budget(100)] });
    const ledger = world.process();
    await ledger.admit(world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 } }));
    world.table.resetCounts();

    await ledger.admit(world.request(key));

    // Two reservations, of which one is refused, the intent, the void, and the one that goes back.
    expect(world.table.writes).toBe(5);
    const voids = world.table.items('records').filter((item) => item['state']?.S === 'void');
    expect(voids.map((item) => item['open_until'])).toEqual([undefined]);
  });
});

test('R12 a refusal resolves what dead requests hold on the counter that refused, after its answer', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(10)] });
  // It died before its intent was written.
  world.table.hooks = {
    before: ({ operation }) => (operation === 'putItem' ? new Promise(() => undefined) : undefined),
  };
  void world.process().admit(world.request(key));
  await new Promise(setImmediate);
  world.table.hooks = {};
  world.clock.advance(17 * MINUTE_MS);

  expect(await refuse(world, key)).toBe('budget_spent');

  expect(await remaining(world)).toEqual([10n]);
});
