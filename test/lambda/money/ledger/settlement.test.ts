import fc from 'fast-check';
import { createSweeper } from '../../../../lambda/money/ledger';
import { giveBack, type Settlement, type SettlementOutcome, settleRequest } from '../../../../lambda/money/ledger/settlement';
import type { RequestRecord } from '../../../../lambda/money/record';
import { serviceError } from '../../../support/dynamodb-expressions';
import { budget, type LedgerWorld, ledgerWorld } from '../../../support/ledger-world';

const LIMIT = 100n;
const BOUND = 10n;
const EXPIRED_MS = 17 * 60_000;
const FOREVER_MS = 4_000_000_000_000;

/** A request that holds its bound, and nobody has ended yet. */
async function openRequest(world: LedgerWorld): Promise<RequestRecord> {
  const key = await world.addKey({ budgets: [budget(LIMIT)] });
  const result = await world.process().admit(world.request(key, { bound: { costNanoUsd: BOUND, tokens: 1 } }));
  if (!result.admitted) throw new Error('refused');
  return (await world.records.get(result.reservation.attemptId)) as RequestRecord;
}

async function money(world: LedgerWorld) {
  const [counter] = (await world.counters.scan()).items;
  if (counter === undefined) throw new Error('there is no counter');
  return { left: counter.remainingNanoUsd, held: counter.open.size, parked: counter.parked.size };
}

async function openIndex(world: LedgerWorld): Promise<string[]> {
  const shards = await Promise.all(Array.from({ length: 64 }, (_unused, shard) => world.records.openBefore(shard, FOREVER_MS)));
  return shards.flatMap(({ items }) => items);
}

async function listed(world: LedgerWorld): Promise<string[]> {
  const { items } = await world.records.list(new Date(world.clock.now()).toISOString().slice(0, 10));
  return items.map(({ id }) => id);
}

const settlement = (attemptId: string, costNanoUsd: bigint): Settlement => ({ attemptId, kind: 'settle', result: { costNanoUsd } });
const release = (attemptId: string): Settlement => ({ attemptId, kind: 'release', result: {} });

test('R15 a settlement that comes twice is booked once, and the first amount stands', async () => {
  const world = ledgerWorld();
  const { id } = await openRequest(world);

  expect(await settleRequest(world, settlement(id, 4n), world.clock.now())).toBe('settled');
  expect(await settleRequest(world, settlement(id, 4n), world.clock.now())).toBe('already');
  expect(await settleRequest(world, settlement(id, 9n), world.clock.now())).toBe('already');
  expect(await settleRequest(world, release(id), world.clock.now())).toBe('already');

  expect(await money(world)).toEqual({ left: 96n, held: 0, parked: 0 });
  expect(await world.records.get(id)).toMatchObject({ state: 'settled', costNanoUsd: 4n });
  expect(await openIndex(world)).toEqual([]);
  expect(await listed(world)).toEqual([id]);
});

test('R15 a release costs nothing, whatever it says of a cost, and is listed like any other request', async () => {
  const world = ledgerWorld();
  const { id } = await openRequest(world);

  const released = { attemptId: id, kind: 'release', result: { costNanoUsd: 7n, outcome: 'provider_error' } } as const;
  expect(await settleRequest(world, released, world.clock.now())).toBe('released');
  expect(await openIndex(world)).toEqual([]);
  expect(await settleRequest(world, released, world.clock.now())).toBe('already');
  // Whoever settles what was given back is told so: its money is gone.
  expect(await settleRequest(world, settlement(id, 4n), world.clock.now())).toBe('lost');

  expect(await money(world)).toEqual({ left: LIMIT, held: 0, parked: 0 });
  expect(await world.records.get(id)).toMatchObject({ state: 'void', costNanoUsd: 0n, outcome: 'provider_error' });
  expect(await openIndex(world)).toEqual([]);
  expect(await listed(world)).toEqual([id]);
});

test('R15 what no record knows is lost, and says so', async () => {
  const world = ledgerWorld();
  await openRequest(world);
  expect(await settleRequest(world, settlement('0192f000-0000-7000-8000-ffffffffffff', 4n), world.clock.now())).toBe('lost');
  expect(await settleRequest(world, release('0192f000-0000-7000-8000-ffffffffffff'), world.clock.now())).toBe('lost');
  expect(await money(world)).toEqual({ left: 90n, held: 1, parked: 0 });
});

test.each(['settle', 'release'] as const)('R15 a %s that was decided and died is finished by the next, by its own amount', async (kind) => {
  const world = ledgerWorld();
  const { id } = await openRequest(world);
  world.table.hooks = {
    before: ({ input }) => {
      if (JSON.stringify(input).includes(':refund')) throw serviceError('TimeoutError', 'no counter answers');
    },
  };
  const first = kind === 'settle' ? settlement(id, 4n) : release(id);
  await expect(settleRequest(world, first, world.clock.now())).rejects.toThrow('no counter answers');
  world.table.hooks = {};
  expect(await money(world)).toEqual({ left: 90n, held: 1, parked: 0 });
  expect(await openIndex(world)).toEqual([id]);

  const again = kind === 'settle' ? settlement(id, 9n) : release(id);
  expect(await settleRequest(world, again, world.clock.now())).toBe('already');

  expect(await money(world)).toEqual({ left: kind === 'settle' ? 96n : LIMIT, held: 0, parked: 0 });
  expect(await openIndex(world)).toEqual([]);
});

test('R15 two late settlements at once return the difference once', async () => {
  const world = ledgerWorld();
  const { id } = await openRequest(world);
  world.clock.advance(EXPIRED_MS);
  await createSweeper(world).sweepRecords();
  let other: Promise<SettlementOutcome> | undefined;
  const records = {
    ...world.records,
    // The other one is done between this one's look and its step.
    transition: async (...args: Parameters<typeof world.records.transition>) => {
      const result = await world.records.transition(...args);
      if (args[1].includes('intent')) other ??= settleRequest(world, settlement(id, 6n), world.clock.now());
      await other;
      return result;
    },
  };

  expect(await settleRequest({ ...world, records }, settlement(id, 3n), world.clock.now())).toBe('already');

  expect(await other).toBe('adjusted');
  expect(await money(world)).toEqual({ left: 94n, held: 0, parked: 0 });
  expect(await world.records.get(id)).toMatchObject({ state: 'adjusted', costNanoUsd: 6n });
});

test('R15 giving back says whether anything was still held', async () => {
  const world = ledgerWorld();
  const { id, counters } = await openRequest(world);
  const unknown = { counter: 'money#key#nobody#*#month#0', nanoUsd: 1n };
  expect(await giveBack(world, { id, counters: [unknown, ...counters] })).toBe(true);
  expect(await giveBack(world, { id, counters })).toBe(false);
  expect(await money(world)).toEqual({ left: LIMIT, held: 0, parked: 0 });
});

test('R15 however a request is ended, and however often, the counter shows the first end; only what expired is put right, once', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('settle' as const), cost: fc.bigInt(0n, 12n) }),
    fc.record({ kind: fc.constant('release' as const) }),
    fc.record({ kind: fc.constant('expire' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const world = ledgerWorld();
      const { id } = await openRequest(world);
      let expected: { charged: bigint; state: 'intent' | 'settled' | 'void' | 'expired_charged' | 'adjusted' } = {
        charged: BOUND,
        state: 'intent',
      };
      for (const next of steps) {
        if (next.kind === 'expire') {
          world.clock.advance(EXPIRED_MS);
          await createSweeper(world).sweepRecords();
          if (expected.state === 'intent') expected = { charged: BOUND, state: 'expired_charged' };
        } else {
          await settleRequest(world, next.kind === 'settle' ? settlement(id, next.cost) : release(id), world.clock.now());
          const charged = next.kind === 'settle' ? next.cost : 0n;
          if (expected.state === 'intent') expected = { charged, state: next.kind === 'settle' ? 'settled' : 'void' };
          else if (expected.state === 'expired_charged') expected = { charged, state: 'adjusted' };
        }
        expect((await money(world)).left).toBe(LIMIT - expected.charged);
        expect((await world.records.get(id))?.state).toBe(expected.state);
      }
    }),
    { numRuns: 60 },
  );
});
