/** What dead calls leave, and who ends it: whoever is about to be refused, whoever sees it, the sweeper. */
import { createHealing, createSweeper, type Reservation } from '../../../../lambda/money/ledger';
import { serviceError } from '../../../support/dynamodb-expressions';
import { budget, type LedgerWorld, ledgerWorld, outcome, type TestLedger, type TestRequest } from '../../../support/ledger-world';
import { TABLE_NAMES } from '../../../support/memory-dynamodb';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const isR = (input: object): boolean => JSON.stringify(input).includes('attribute_not_exists(o.#id)');

async function admitted(ledger: TestLedger, request: TestRequest): Promise<Reservation> {
  const result = await ledger.admit(request);
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  return result.reservation;
}

/** A process that dies after it has reserved on its key's page, and before it hears of the other one; or the other way round. */
async function dieIncomplete(world: LedgerWorld, request: TestRequest, lost: 'team' | 'key' = 'team'): Promise<void> {
  world.table.hooks = {
    before: async ({ input }) => {
      if (isR(input) && JSON.stringify(input).includes(`"Key":{"pk":{"S":"page#${lost}`)) await new Promise(() => undefined);
    },
  };
  void world.process().admit(request);
  for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
  world.table.hooks = {};
}

async function place(limits = {}) {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't1', budgets: [budget(1_000)] });
  const key = await world.addKey({ teamId: 't1', budgets: [budget(15)], limits });
  const page = () => world.page(`key#${key.id}`);
  const left = () => world.left(`key#${key.id}`);
  await (await admitted(world.process(), world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 } }))).settle(outcome(0n));
  return { world, key, page, left };
}

test('nobody is refused 90 s later because of money that an attempt holds that was never complete', async () => {
  const { world, key, left } = await place();
  const dead = world.request(key);
  await dieIncomplete(world, dead);
  expect(await left()).toBe(5n);
  const ledger = world.process();
  world.clock.advance(89_000);
  expect(await ledger.admit(world.request(key))).toMatchObject({ refusal: { reason: 'budget_reserved' } });

  world.clock.advance(3_000);
  const reservation = await admitted(ledger, world.request(key));

  expect(reservation.budget?.remainingNanoUsd).toBe(5n);
  expect(await world.records.read(dead.attemptId)).toMatchObject({ state: 'void', costNanoUsd: 0n });
});

test('what nobody knows of such an attempt, its record does not say', async () => {
  const { world, key } = await place();
  const dead = world.request(key);
  await dieIncomplete(world, dead, 'key');
  world.clock.advance(32 * MINUTE_MS);

  await createSweeper(world).sweep();

  const record = await world.records.read(dead.attemptId);
  expect(record).toMatchObject({ state: 'void', costNanoUsd: 0n, keyId: key.id });
  expect([record?.operation, record?.originalModel]).toEqual([undefined, undefined]);
  expect(world.table.items(TABLE_NAMES.records).find(({ pk }) => pk?.S === `request#${dead.attemptId}`)).not.toHaveProperty(
    'original_model',
  );
});

test('a slot of such an attempt is free again, too', async () => {
  const { world, key } = await place({ concurrent_requests: 1 });
  await dieIncomplete(world, world.request(key));
  const ledger = world.process();
  expect(await ledger.admit(world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 } }))).toMatchObject({
    refusal: { reason: 'concurrency_limited' },
  });

  world.clock.advance(92_000);

  await admitted(ledger, world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 } }));
});

test('a call that may live keeps what it holds, and is looked into once', async () => {
  const { world, key, left } = await place();
  const reservation = await admitted(world.process(), world.request(key));
  world.clock.advance(10 * MINUTE_MS);
  const ledger = world.process();

  for (let calls = 0; calls < 3; calls++) {
    world.table.resetCounts();
    expect(await ledger.admit(world.request(key))).toMatchObject({ refusal: { reason: 'budget_reserved' } });
    world.clock.advance(1_001);
  }

  expect(world.table.calls.getItem).toBe(0);
  await reservation.settle(outcome(3n));
  expect(await left()).toBe(12n);
});

test('a call that died complete is charged what it had reserved, and its slot is free', async () => {
  const { world, key, left, page } = await place({ concurrent_requests: 2 });
  const { attemptId } = await admitted(world.process(), world.request(key));
  world.clock.advance(16 * MINUTE_MS + 1_000);

  expect(await world.process().admit(world.request(key))).toMatchObject({ refusal: { reason: 'budget_spent' } });

  expect(await world.records.read(attemptId)).toMatchObject({
    state: 'expired_charged',
    costNanoUsd: 10n,
    keyId: key.id,
    teamId: 't1',
    originalModel: 'openai/gpt-5',
    outcome: 'expired',
  });
  expect(await left()).toBe(5n);
  expect([(await page())?.open.size, (await page())?.kept.size, (await page())?.slots?.remaining]).toEqual([0, 1, 2]);
});

test('who sees what the dead have left ends it after its own answer', async () => {
  const { world, key, page } = await place();
  await admitted(world.process(), world.request(key));
  world.clock.advance(17 * MINUTE_MS);
  const works: Promise<void>[] = [];

  await admitted(
    world.process(),
    world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 }, afterwards: (work) => void works.push(work) }),
  );
  await Promise.all(works);

  expect((await page())?.kept.size).toBe(1);
});

describe('the sweeper', () => {
  test('charges what died complete once its time is over, and closes it when no word of it can come any more', async () => {
    const { world, key, left, page } = await place();
    const { attemptId } = await admitted(world.process(), world.request(key));
    const sweeper = createSweeper(world);
    expect(await sweeper.sweep()).toMatchObject({ charged: 0, failed: 0 });

    world.clock.advance(32 * MINUTE_MS);
    expect(await sweeper.sweep()).toMatchObject({ charged: 1, failed: 0 });
    // Until then nobody has to look at it.
    expect((await page())?.dueMs).toBeGreaterThan(world.clock.now() + 14 * DAY_MS);
    world.clock.advance(15 * DAY_MS + 2 * MINUTE_MS);
    expect(await sweeper.sweep()).toMatchObject({ adjusted: 1, failed: 0 });
    world.clock.advance(15 * DAY_MS);
    await sweeper.sweep();

    expect(await world.records.read(attemptId)).toMatchObject({ state: 'adjusted', costNanoUsd: 10n });
    expect(await left()).toBe(5n);
    expect([(await page())?.kept.size, (await page())?.dueMs]).toEqual([0, undefined]);
  });

  test('takes a page that holds nothing out of the index, and leaves one that does', async () => {
    const { world, key, page } = await place();
    const reservation = await admitted(world.process(), world.request(key));
    world.clock.advance(31 * MINUTE_MS);
    await reservation.settle(outcome(1n));

    await createSweeper(world).sweep();
    expect((await page())?.dueMs).toBeUndefined();

    await admitted(world.process(), world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 } }));
    await createSweeper(world).sweep();
    expect((await page())?.dueMs).toBeGreaterThan(world.clock.now());
  });

  test('goes on after a table that does not answer for one page', async () => {
    const { world, key } = await place();
    await admitted(world.process(), world.request(key));
    world.clock.advance(32 * MINUTE_MS);
    world.table.hooks = {
      before: ({ operation }) => {
        if (operation === 'batchGetItem') throw serviceError('InternalServerError', 'down');
      },
    };
    expect(await createSweeper(world).sweep()).toMatchObject({ charged: 0, failed: 2 });

    world.table.hooks = {};
    expect(await createSweeper(world).sweep()).toMatchObject({ charged: 1, failed: 0 });
  });
});

test('a late word of a call that was charged as dead puts it right', async () => {
  const { world, key, left } = await place();
  const reservation = await admitted(world.process(), world.request(key));
  world.clock.advance(32 * MINUTE_MS);
  await createSweeper(world).sweep();

  await reservation.settle(outcome(3n));

  expect(await world.records.read(reservation.attemptId)).toMatchObject({ state: 'adjusted', costNanoUsd: 3n });
  expect(await left()).toBe(12n);
});

test('before anybody is shown what is reserved, what can be ended is', async () => {
  const { world, key, page } = await place();
  const dead = world.request(key);
  await dieIncomplete(world, dead);
  world.clock.advance(92_000);
  const seen = await page();
  const healing = createHealing(world);

  expect(seen === undefined ? [] : healing.overdue(seen)).toEqual([dead.attemptId]);
  if (seen !== undefined) expect(await healing.heal(seen, healing.overdue(seen))).toBe(true);

  expect((await page())?.open.size).toBe(0);
});

test('what a decided call still holds is free after fifteen seconds, and what may live is left alone', async () => {
  const { world, key, left, page } = await place();
  const reservation = await admitted(world.process(), world.request(key));
  const alive = await admitted(world.process(), world.request(key, { bound: { costNanoUsd: 5n, tokens: 1 } }));
  // The record is written, and no close ever arrives.
  await world.records.put({ ...(await lastWordOf(world, reservation)), state: 'settled', costNanoUsd: 3n });
  const healing = createHealing(world);
  const look = async () => {
    const seen = await page();
    if (seen !== undefined) await healing.heal(seen, healing.overdue(seen));
    return left();
  };

  expect(await look()).toBe(0n);
  world.clock.advance(14_000);
  expect(await look()).toBe(0n);
  world.clock.advance(2_000);
  expect(await look()).toBe(7n);
  world.clock.advance(60_000);
  expect(await look()).toBe(7n);
  await alive.settle(outcome(5n));
  expect(await look()).toBe(7n);
});

async function lastWordOf(world: LedgerWorld, { attemptId, request }: Reservation) {
  const keyId = request.rows.key.id;
  const pages = [{ page: `page#key#${keyId}#*`, starts: {} }];
  return { id: attemptId, createdAt: new Date(world.clock.now()).toISOString(), keyId, originalModel: 'm', boundNanoUsd: 10n, pages };
}
