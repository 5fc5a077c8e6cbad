/** How an attempt that sent nothing is taken back: what is not known to be refused says so first, and goes on until somebody has heard. */
import { bookQueued, type Reservation } from '../../../../lambda/money/ledger';
import { serviceError } from '../../../support/dynamodb-expressions';
import { budget, type LedgerWorld, ledgerWorld, type TestLedger, type TestRequest } from '../../../support/ledger-world';
import type { Call } from '../../../support/memory-dynamodb';

const text = ({ input }: Call): string => JSON.stringify(input);
const isR = (call: Call): boolean => text(call).includes('attribute_not_exists(o.#id)');
const isROnTeam = (call: Call): boolean => isR(call) && text(call).includes('"Key":{"pk":{"S":"page#team');
const isE = (call: Call): boolean => text(call).includes('REMOVE o.#id') && !text(call).includes('k.#id = ');
const isV = (call: Call): boolean => call.operation === 'putItem' && text(call).includes('"st":{"S":"void"}');
const down = (): never => {
  throw serviceError('InternalServerError', 'down');
};

async function place() {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't1', budgets: [budget(1_000)] });
  const key = await world.addKey({ teamId: 't1', budgets: [budget(100)] });
  const ledger = world.process();
  const first = await ledger.admit(world.request(key));
  if (!first.admitted) throw new Error('refused');
  await first.reservation.release({ costNanoUsd: 0n });
  const works: Promise<void>[] = [];
  const request = world.request(key, { afterwards: (work) => void works.push(work) });
  const free = async () => [await world.left(`key#${key.id}`), await world.left('team#t1')];
  return { world, key, ledger, request, works, free };
}

function order(world: LedgerWorld): string[] {
  const seen: string[] = [];
  world.table.hooks = {
    before: (call) => {
      if (isV(call)) seen.push('V');
      else if (isE(call)) seen.push('E');
    },
  };
  return seen;
}

async function admitted(ledger: TestLedger, request: TestRequest): Promise<Reservation> {
  const result = await ledger.admit(request);
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  return result.reservation;
}

test('an attempt that a page refuses is taken back without a record', async () => {
  const { world, ledger, request, key, free } = await place();
  await world.change('team', 't1', { budgets: [budget(5)] });
  await ledger.admit(world.request(key));
  const seen = order(world);

  const result = await world.process().admit(world.request(key, { attemptId: request.attemptId }));

  expect(result).toMatchObject({ admitted: false, refusal: { level: 'team' } });
  expect(new Set(seen)).toEqual(new Set(['E']));
  expect(await world.records.read(request.attemptId)).toBeUndefined();
  expect((await free())[0]).toBe(100n);
});

test('one whose page does not answer any try is void first, and its money goes back once that is heard', async () => {
  const { world, ledger, request, free } = await place();
  const seen = order(world);
  world.table.hooks = {
    before: world.table.hooks.before as never,
    after: (call) => {
      if (isROnTeam(call) && text(call).includes(request.attemptId)) down();
    },
  };

  const reservation = await admitted(ledger, request);

  expect(reservation.attemptId).not.toBe(request.attemptId);
  expect(seen).toEqual(['V', 'E', 'E']);
  expect(await world.records.read(request.attemptId)).toMatchObject({ state: 'void' });
  expect(await free()).toEqual([90n, 990n]);
});

test('what the table does not take back in time goes on after the answer, and to the queue in the end', async () => {
  const { world, ledger, request, works, free } = await place();
  world.table.hooks = {
    before: (call) => {
      if (isV(call)) down();
    },
    after: (call) => {
      if (isROnTeam(call)) down();
    },
  };

  expect(await ledger.admit(request)).toMatchObject({ refusal: { reason: 'store_unavailable' } });
  await Promise.all(works);

  expect(world.queued.map(({ kind }) => kind)).toEqual(['unsent', 'unsent']);
  expect(world.queued[0]).toMatchObject({ record: { id: request.attemptId, state: 'void', costNanoUsd: 0n } });
  world.table.hooks = {};
  // Nothing is lost by doing it twice.
  for (const work of [...world.queued, ...world.queued]) await bookQueued(world, work);
  expect(await free()).toEqual([100n, 1_000n]);
});

test('the money stays where it is until the void is heard', async () => {
  const { world, ledger, request, works, key } = await place();
  let voids = 0;
  world.table.hooks = {
    before: (call) => {
      if (isV(call) && voids++ < 3) down();
    },
    after: (call) => {
      if (isROnTeam(call)) down();
    },
  };
  const during: number[] = [];
  const watched = { ...request, afterwards: (work: Promise<void>) => void works.push(work) };

  await ledger.admit(watched);
  during.push((await world.page(`key#${key.id}`))?.open.size ?? 0);
  await Promise.all(works);

  expect(during[0]).toBeGreaterThan(0);
  expect((await world.page(`key#${key.id}`))?.open.size).toBe(0);
  expect(world.queued).toEqual([]);
});

test('rows that do not answer are asked again, and nothing is sent by what nobody has checked', async () => {
  const { world, ledger, request, free } = await place();
  let reads = 0;
  world.table.hooks = {
    before: ({ operation }) => {
      if (operation === 'batchGetItem' && reads++ === 0) down();
    },
  };
  expect((await admitted(ledger, request)).attemptId).toBe(request.attemptId);
  expect(reads).toBe(2);

  world.table.hooks = {
    before: ({ operation }) => {
      if (operation === 'batchGetItem') down();
    },
  };
  expect(await ledger.admit(world.request(request.rows.key))).toMatchObject({ refusal: { reason: 'store_unavailable' } });
  world.table.hooks = {};
  expect(await free()).toEqual([90n, 990n]);
});

test('I01 a table that is slow is asked under one id while there is time, and one that throttles a little longer', async () => {
  const { world, ledger, key } = await place();
  const asked: string[] = [];
  world.table.hooks = {
    before: (call) => {
      if (!isROnTeam(call)) return;
      asked.push((call.input as { ExpressionAttributeNames: Record<string, string> }).ExpressionAttributeNames['#id'] as string);
      world.clock.advance(301);
      down();
    },
  };
  expect(await ledger.admit(world.request(key))).toMatchObject({ refusal: { reason: 'store_unavailable' } });
  expect(asked).toHaveLength(5);
  expect(new Set(asked).size).toBe(1);

  let throttles = 0;
  world.table.hooks = {
    before: (call) => {
      if (isR(call) && throttles++ < 2) throw serviceError('ThrottlingException', 'slow down');
    },
  };
  const throttled = world.request(key);
  expect((await admitted(ledger, throttled)).attemptId).toBe(throttled.attemptId);
});

test('an attempt that heard its pages too late sends nothing', async () => {
  const { world, ledger, request, free } = await place();
  world.table.hooks = {
    after: (call) => {
      if (isROnTeam(call)) world.clock.advance(30_001);
    },
  };

  expect(await ledger.admit(request)).toMatchObject({ refusal: { reason: 'store_unavailable' } });

  expect(await world.records.read(request.attemptId)).toMatchObject({ state: 'void' });
  expect(await free()).toEqual([100n, 1_000n]);
});
