/** A reserve of which nothing is heard is tried again under the same id, and none of its tries is charged twice, however late it comes. */
import { bookQueued, createSweeper, type Reservation } from '../../../../lambda/money/ledger';
import { createPatience } from '../../../../lambda/money/ledger/patience';
import { serviceError } from '../../../support/dynamodb-expressions';
import { budget, type LedgerWorld, ledgerWorld, outcome } from '../../../support/ledger-world';
import { type Call, TABLE_NAMES } from '../../../support/memory-dynamodb';

const text = ({ input }: Call): string => JSON.stringify(input);
const isReserve = (call: Call, level: string): boolean =>
  text(call).includes('attribute_not_exists(o.#id)') && text(call).includes(`"Key":{"pk":{"S":"page#${level}`);
const lost = (): never => {
  throw serviceError('InternalServerError', 'no answer');
};

async function place(limit = 100) {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't1', budgets: [budget(1_000)] });
  const key = await world.addKey({ teamId: 't1', budgets: [budget(limit)] });
  const ledger = world.process();
  const first = await ledger.admit(world.request(key));
  if (!first.admitted) throw new Error('refused');
  await first.reservation.settle(outcome(0n));
  const free = async () => [await world.left(`key#${key.id}`), await world.left('team#t1')];
  const admitted = async () => {
    const request = world.request(key);
    const result = await ledger.admit(request);
    if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
    expect(result.reservation.attemptId).toBe(request.attemptId);
    return result.reservation;
  };
  const sweep = async () => {
    world.clock.advance(33 * 60_000);
    return createSweeper({ pages: world.pages, records: world.records, clock: world.clock }).sweep();
  };
  return { world, key, ledger, free, admitted, sweep };
}

/** The next reserves of a level are lost on their way there, and kept. */
function losesOnTheWay(world: LedgerWorld, level: string, times: number): { arrive(): Promise<void> } {
  const kept: Call['input'][] = [];
  world.table.hooks = {
    before: (call) => {
      if (!isReserve(call, level) || kept.length >= times) return;
      kept.push(call.input);
      lost();
    },
  };
  return {
    async arrive() {
      world.table.hooks = {};
      for (const input of kept) await world.table.updateItem(input as never).catch(() => undefined);
    },
  };
}

test('one that was taken and whose answer was lost is found by the next try', async () => {
  const { world, free, admitted } = await place();
  let answers = 0;
  world.table.hooks = {
    after: (call) => {
      if (isReserve(call, 'team#t1') && answers++ === 0) lost();
    },
  };

  const reservation = await admitted();
  expect(answers).toBe(2);
  expect(await free()).toEqual([90n, 990n]);
  await reservation.settle(outcome(4n));

  expect(await free()).toEqual([96n, 996n]);
  expect(await world.records.read(reservation.attemptId)).toMatchObject({ state: 'settled', costNanoUsd: 4n });
});

test.each([1, 2, 3])('%i that never came are made up for, and charged once though they come after the end', async (times) => {
  const { world, free, admitted, sweep } = await place();
  const network = losesOnTheWay(world, 'team#t1', times);

  const reservation = await admitted();
  await reservation.settle(outcome(4n));
  expect(await free()).toEqual([96n, 996n]);
  const pages = (await world.records.read(reservation.attemptId))?.pages;
  expect(pages?.map(({ tryNumber }) => tryNumber)).toEqual([undefined, times + 1]);

  await network.arrive();
  expect(await free()).toEqual([96n, 986n]);
  expect(await sweep()).toMatchObject({ finished: 1, failed: 0 });
  expect(await free()).toEqual([96n, 996n]);
});

test('one that comes between the end and its second saying is not taken for the other', async () => {
  const { world, free, admitted, sweep } = await place();
  const network = losesOnTheWay(world, 'team#t1', 1);
  const reservation = await admitted();
  let closes = 0;
  world.table.hooks = {
    after: async (call) => {
      // The close of the team's page is heard at the second time; before that the first try comes in.
      if (!text(call).includes('REMOVE o.#id') || !text(call).includes('page#team') || closes++ > 0) return;
      await network.arrive();
      lost();
    },
  };

  await reservation.settle(outcome(4n));

  expect(await free()).toEqual([96n, 986n]);
  expect(await sweep()).toMatchObject({ failed: 0 });
  expect(await free()).toEqual([96n, 996n]);
});

test('a refusal after one that was not heard is no last word: the attempt is void before it is taken back', async () => {
  const { world, key, ledger, free, sweep } = await place(15);
  const other = world.process();
  const request = world.request(key);
  const kept: Call['input'][] = [];
  let taken: Reservation | undefined;
  world.table.hooks = {
    before: async (call) => {
      if (!isReserve(call, 'key#') || !text(call).includes(request.attemptId) || kept.length > 0) return;
      kept.push(call.input);
      // Somebody else takes what is left before the second try.
      const result = await other.admit(world.request(key));
      if (result.admitted) taken = result.reservation;
      lost();
    },
  };

  expect(await ledger.admit(request)).toMatchObject({ refusal: { reason: 'budget_reserved' } });
  expect(await world.records.read(request.attemptId)).toMatchObject({ state: 'void' });
  await taken?.settle(outcome(0n));
  world.table.hooks = {};
  for (const input of kept) await world.table.updateItem(input as never);
  expect(await free()).toEqual([5n, 1_000n]);
  await sweep();

  expect(await free()).toEqual([15n, 1_000n]);
});

test('one that comes after the record of a call that sent nothing costs nothing', async () => {
  const { world, key, ledger, free, sweep } = await place();
  const network = losesOnTheWay(world, 'team#t1', 1_000);
  const request = world.request(key);

  expect(await ledger.admit(request)).toMatchObject({ refusal: { reason: 'store_unavailable' } });
  expect(await free()).toEqual([100n, 1_000n]);
  await network.arrive();
  await sweep();

  expect(await free()).toEqual([100n, 1_000n]);
  expect(await world.records.read(request.attemptId)).toMatchObject({ state: 'void' });
});

test('the queue knows which try it was', async () => {
  const { world, admitted, free, sweep } = await place();
  const network = losesOnTheWay(world, 'team#t1', 1);
  const reservation = await admitted();
  world.table.hooks = {
    before: ({ operation, input }) => {
      if (operation === 'putItem' && (input as { TableName?: string }).TableName === TABLE_NAMES.records) lost();
    },
  };
  await reservation.settle(outcome(4n));
  await network.arrive();

  expect(world.queued[0]?.held.map(({ entry }) => entry.tryNumber)).toEqual([undefined, 2]);
  for (const work of [...world.queued, ...world.queued]) await bookQueued(world, work);
  await sweep();

  expect(await free()).toEqual([96n, 996n]);
});

test('patience grows with what is usual, and with each try', () => {
  const patience = createPatience();
  expect([1, 2, 3, 4, 5].map((number) => Math.round(patience.tryMs(number)))).toEqual([600, 600, 600, 600, 600]);

  for (let answers = 0; answers < 50; answers++) patience.heard(100);
  expect([1, 2, 3].map((number) => Math.round(patience.tryMs(number)))).toEqual([300, 375, 469]);
  for (let answers = 0; answers < 50; answers++) patience.heard(3);
  expect([1, 2, 3, 4].map((number) => Math.round(patience.tryMs(number)))).toEqual([150, 188, 234, 293]);

  patience.unheard();
  expect(patience.tryMs(1)).toBe(600);
  for (let times = 0; times < 5; times++) patience.unheard();
  expect(patience.tryMs(1)).toBe(600);
});
