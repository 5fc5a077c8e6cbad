import fc from 'fast-check';
import { createCounterStore } from '../../../../lambda/aws/dynamodb';
import { shardKey } from '../../../../lambda/money/ledger/names';
import type { CounterSpec } from '../../../../lambda/money/ports/counters';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';

const KEY = 'money#key#k1#*#month#0';
const TIMEOUT_MS = 1_000;
const SPEC: CounterSpec = { key: KEY, limitNanoUsd: 100n, generation: 2, soft: false };
const of = (nanoUsd: bigint) => ({ nanoUsd, expiresAtMs: 5_000 });

function world() {
  const table = createMemoryDynamoDb();
  const counters = createCounterStore(table, TABLE_NAMES.counters);
  return {
    table,
    counters,
    reserve: (id: string, nanoUsd: bigint, spec: CounterSpec = SPEC, spentNanoUsd = 0n, today: CounterSpec | undefined = spec) =>
      counters.reserve(spec, id, of(nanoUsd), async () => (today === undefined ? undefined : { spec: today, spentNanoUsd }), TIMEOUT_MS),
    async state() {
      const found = await counters.get(KEY);
      if (found === undefined) throw new Error('there is no counter');
      const { remainingNanoUsd: left, limitNanoUsd: limit, generation, open, parked } = found;
      return { left, limit, generation, open: [...open.keys()], parked: [...parked.keys()] };
    },
  };
}

describe('R15 one id holds money once', () => {
  test.each([1n, 10n, 90n])('R15 a second reservation of %d under one id is refused and takes nothing', async (nanoUsd) => {
    const { reserve, state } = world();
    expect((await reserve('a', 10n)).kind).toBe('reserved');
    await expect(reserve('a', nanoUsd)).rejects.toThrow('already holds money');
    expect(await state()).toMatchObject({ left: 90n, open: ['a'] });
  });

  test('R15 nor is one under a changed budget', async () => {
    const { reserve, state } = world();
    await reserve('a', 10n);
    await expect(reserve('a', 10n, { ...SPEC, limitNanoUsd: 200n, generation: 4 })).rejects.toThrow('already holds money');
    expect(await state()).toMatchObject({ left: 90n, limit: 100n, generation: 2 });
  });

  test('R15 nor of a soft budget', async () => {
    const { reserve, state } = world();
    const soft = { ...SPEC, soft: true };
    await reserve('a', 10n, soft);
    await expect(reserve('a', 10n, soft)).rejects.toThrow('already holds money');
    expect(await state()).toMatchObject({ left: 90n });
  });

  test('R15 nor on a shard', async () => {
    const { counters, reserve, state } = world();
    await reserve('a', 10n);
    const shard = shardKey(KEY, 0);
    expect(await counters.escrow.resize(KEY, 1, 1, 0n, TIMEOUT_MS)).toBe(true);
    expect(await counters.escrow.lend(KEY, shard, 50n, SPEC, TIMEOUT_MS)).toEqual({ kind: 'lent' });
    expect((await counters.escrow.reserve(shard, 2, 'b', of(10n), TIMEOUT_MS)).kind).toBe('reserved');
    expect((await counters.escrow.reserve(shard, 2, 'b', of(10n), TIMEOUT_MS)).kind).toBe('empty');
    expect(await state()).toMatchObject({ left: 80n, open: ['a', 'b'] });
  });
});

describe('R15 a budget never moves backwards', () => {
  const NEWER: CounterSpec = { ...SPEC, limitNanoUsd: 50n, generation: 4 };

  test('R15 a process that knows an older budget is told so, and takes nothing by it', async () => {
    const { reserve, state } = world();
    await reserve('a', 10n, NEWER);
    expect(await reserve('b', 45n, SPEC)).toEqual({ kind: 'stale', generation: 4 });
    expect(await reserve('c', 10n, SPEC)).toEqual({ kind: 'stale', generation: 4 });
    expect(await state()).toEqual({ left: 40n, limit: 50n, generation: 4, open: ['a'], parked: [] });
  });

  test('R15 moving to an older budget changes nothing', async () => {
    const { counters, reserve, state } = world();
    await reserve('a', 10n, NEWER);
    await counters.move(SPEC);
    await counters.move({ ...SPEC, generation: 3 });
    expect(await state()).toEqual({ left: 40n, limit: 50n, generation: 4, open: ['a'], parked: [] });
  });

  test('R15 a budget that is gone, or another one by now, makes no counter', async () => {
    const { counters, reserve } = world();
    expect(await reserve('a', 10n, SPEC, 0n, undefined)).toMatchObject({ kind: 'reserved' });
    await counters.close(KEY, 'a', 10n);
    const other = { ...SPEC, key: `${KEY}#other` };
    const read = (today: CounterSpec | undefined) =>
      counters.reserve(other, 'a', of(10n), async () => (today === undefined ? undefined : { spec: today, spentNanoUsd: 0n }), TIMEOUT_MS);
    expect(await read(undefined)).toEqual({ kind: 'stale', generation: 2 });
    expect(await read({ ...other, generation: 4 })).toEqual({ kind: 'stale', generation: 4 });
    expect(await counters.get(other.key)).toBeUndefined();
  });

  test('R15 lending stops at the first sign of another budget, and a shard lends nothing under an older one', async () => {
    const { counters, reserve, state } = world();
    const shard = shardKey(KEY, 0);
    await reserve('a', 10n);
    await counters.escrow.resize(KEY, 1, 1, 0n, TIMEOUT_MS);
    await counters.escrow.lend(KEY, shard, 50n, SPEC, TIMEOUT_MS);
    await counters.move(NEWER);

    expect((await counters.escrow.lend(KEY, shard, 10n, SPEC, TIMEOUT_MS)).kind).toBe('refused');
    expect((await counters.escrow.lend(KEY, shard, 10n, { ...NEWER, limitNanoUsd: 100n }, TIMEOUT_MS)).kind).toBe('refused');
    expect(await counters.escrow.reserve(shard, 2, 'b', of(10n), TIMEOUT_MS)).toEqual({ kind: 'stale', generation: 4 });
    expect(await state()).toMatchObject({ left: 40n, limit: 50n, generation: 4 });
    // What is left is lent to the last nano-dollar, and no further.
    expect((await counters.escrow.lend(KEY, shard, 41n, NEWER, TIMEOUT_MS)).kind).toBe('refused');
    expect((await counters.escrow.lend(KEY, shard, 40n, NEWER, TIMEOUT_MS)).kind).toBe('lent');
    expect((await counters.escrow.reserve(shard, 4, 'b', of(41n), TIMEOUT_MS)).kind).toBe('empty');
    expect((await counters.escrow.reserve(shard, 4, 'b', of(40n), TIMEOUT_MS)).kind).toBe('reserved');
    expect(await state()).toMatchObject({ left: 0n });
  });

  test('R15 nothing is lent by a counter that is not split, and it splits only with room, and never to less than it was', async () => {
    const { counters, reserve } = world();
    await reserve('a', 10n);
    expect((await counters.escrow.lend(KEY, shardKey(KEY, 0), 10n, SPEC, TIMEOUT_MS)).kind).toBe('refused');
    expect(await counters.escrow.resize(KEY, 2, 2, 91n, TIMEOUT_MS)).toBe(false);
    expect(await counters.escrow.resize(KEY, 2, 2, 90n, TIMEOUT_MS)).toBe(true);
    expect(await counters.escrow.resize(KEY, 1, 1, 0n, TIMEOUT_MS)).toBe(false);
    expect(await counters.escrow.read(KEY, TIMEOUT_MS)).toMatchObject({ shards: 2, spread: 2 });
  });

  test('R15 a shard gives back what it has once', async () => {
    const { counters, reserve, state } = world();
    const shard = shardKey(KEY, 0);
    await reserve('a', 10n);
    await counters.escrow.resize(KEY, 1, 1, 0n, TIMEOUT_MS);
    await counters.escrow.lend(KEY, shard, 50n, SPEC, TIMEOUT_MS);
    const seen = await counters.escrow.read(shard, TIMEOUT_MS);
    if (seen === undefined) throw new Error('there is no shard');
    expect(await counters.escrow.recall(KEY, seen, 2, TIMEOUT_MS)).toBe(50n);
    // What was read before is not there twice.
    expect(await counters.escrow.recall(KEY, seen, 2, TIMEOUT_MS)).toBeUndefined();
    expect(await counters.escrow.read(KEY, TIMEOUT_MS)).toMatchObject({ remainingNanoUsd: 90n, lentNanoUsd: 0n });
    expect(await counters.escrow.read(shard, TIMEOUT_MS)).toMatchObject({ remainingNanoUsd: 0n, limitNanoUsd: 0n });
    expect(await state()).toMatchObject({ left: 90n });
  });
});

test('R15 two that make a counter at once both hold their money, and two that close a parked entry give it back once', async () => {
  const { counters, reserve, state } = world();
  await Promise.all([reserve('a', 10n), reserve('b', 20n)]);
  expect(await state()).toMatchObject({ left: 70n, open: ['a', 'b'] });
  await counters.park(KEY, 'a', of(10n));
  const closed = await Promise.all([counters.close(KEY, 'a', 10n), counters.close(KEY, 'a', 10n)]);
  expect(closed.sort()).toEqual([false, true]);
  expect(await state()).toMatchObject({ left: 80n, open: ['b'], parked: [] });
});

test('R15 a shard under an older budget than its caller knows gives nothing', async () => {
  const { counters, reserve } = world();
  const shard = shardKey(KEY, 0);
  await reserve('a', 10n);
  await counters.escrow.resize(KEY, 1, 1, 0n, TIMEOUT_MS);
  await counters.escrow.lend(KEY, shard, 50n, SPEC, TIMEOUT_MS);
  expect(await counters.escrow.reserve(shard, 4, 'b', of(10n), TIMEOUT_MS)).toMatchObject({ kind: 'empty', state: { generation: 2 } });
  expect((await counters.escrow.read(shard, TIMEOUT_MS))?.remainingNanoUsd).toBe(50n);
});

test('R15 a counter begins with what was spent before it, and refuses beyond it without being made', async () => {
  const { counters, reserve, state } = world();
  expect(await reserve('a', 31n, SPEC, 70n)).toMatchObject({
    kind: 'insufficient',
    state: { remainingNanoUsd: 30n, limitNanoUsd: 100n, generation: 2, lentNanoUsd: 0n, shards: 0, spread: 0 },
  });
  expect(await counters.get(KEY)).toBeUndefined();
  expect(await reserve('a', 30n, SPEC, 70n)).toMatchObject({ kind: 'reserved', openCount: 1 });
  expect(await state()).toEqual({ left: 0n, limit: 100n, generation: 2, open: ['a'], parked: [] });
});

test('R15 a soft budget counts beyond its limit and refuses nothing', async () => {
  const { reserve, state } = world();
  const soft = { ...SPEC, soft: true };
  expect((await reserve('a', 150n, soft)).kind).toBe('reserved');
  expect((await reserve('b', 150n, soft)).kind).toBe('reserved');
  expect((await reserve('c', 1n, { ...soft, limitNanoUsd: 10n, generation: 4 })).kind).toBe('reserved');
  expect(await state()).toMatchObject({ left: 10n - 301n, limit: 10n, generation: 4 });
});

test('R15 an entry is closed once, live or parked, whoever comes again', async () => {
  const { counters, reserve, state } = world();
  await reserve('a', 10n);
  await reserve('b', 10n);
  await counters.park(KEY, 'b', of(10n));
  expect(await state()).toEqual({ left: 80n, limit: 100n, generation: 2, open: ['a'], parked: ['b'] });

  for (const [id, refund] of [
    ['a', 4n],
    ['b', 7n],
  ] as const) {
    expect(await counters.close(KEY, id, refund)).toBe(true);
    expect(await counters.close(KEY, id, refund)).toBe(false);
    // What is closed cannot be parked any more.
    await counters.park(KEY, id, of(10n));
  }
  expect(await counters.close(KEY, 'c', 5n)).toBe(false);
  expect(await counters.close('money#none', 'a', 5n)).toBe(false);
  expect(await state()).toEqual({ left: 91n, limit: 100n, generation: 2, open: [], parked: [] });
});

test('R15 whatever is reserved, closed and moved: what is left, held and spent make up the limit, and nothing is overspent', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('reserve' as const), amount: fc.bigInt(0n, 60n), known: fc.nat(3) }),
    fc.record({ kind: fc.constant('close' as const), which: fc.nat(9), cost: fc.bigInt(0n, 60n) }),
    fc.record({ kind: fc.constant('move' as const), generation: fc.nat(3) }),
  );
  const limits = [100n, 40n, 160n, 90n];
  const specAt = (generation: number): CounterSpec => ({ ...SPEC, generation, limitNanoUsd: limits[generation] as bigint });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { counters, reserve, state } = world();
      await reserve('first', 0n, specAt(0));
      const open = new Map<string, bigint>([['first', 0n]]);
      let spent = 0n;
      let generation = 0;
      for (const [index, next] of steps.entries()) {
        const held = [...open.values()].reduce((sum, amount) => sum + amount, 0n);
        if (next.kind === 'reserve') {
          const result = await reserve(`r${index}`, next.amount, specAt(next.known));
          const fits = (limits[next.known] as bigint) - spent - held >= next.amount;
          expect(result.kind).toBe(next.known < generation ? 'stale' : fits ? 'reserved' : 'insufficient');
          if (result.kind === 'reserved') {
            open.set(`r${index}`, next.amount);
            generation = next.known;
          }
        } else if (next.kind === 'close') {
          const [id, amount] = [...open][next.which % Math.max(1, open.size)] ?? [];
          if (id === undefined || amount === undefined) continue;
          const cost = (next.cost * amount) / 60n;
          expect(await counters.close(KEY, id, amount - cost)).toBe(true);
          spent += cost;
          open.delete(id);
        } else {
          await counters.move(specAt(next.generation));
          generation = Math.max(generation, next.generation);
        }
        const stillHeld = [...open.values()].reduce((sum, amount) => sum + amount, 0n);
        const limit = limits[generation] as bigint;
        expect(await state()).toMatchObject({ left: limit - spent - stillHeld, limit, generation });
      }
    }),
    { numRuns: 150 },
  );
});
