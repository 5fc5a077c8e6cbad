import type { KeyRecord } from '../../../lambda/identity/entities';
import { createLevelCache } from '../../../lambda/identity/level-cache';

function world() {
  let nowMs = 0;
  let reads = 0;
  const consistent: (boolean | undefined)[] = [];
  const rows = new Map<string, KeyRecord>();
  const cache = createLevelCache(
    {
      get: async (_kind, id, options) => {
        reads += 1;
        consistent.push(options?.consistent);
        return rows.get(id) as never;
      },
    },
    { now: () => nowMs, monotonic: () => nowMs },
  );
  const wait = (milliseconds: number): void => {
    nowMs += milliseconds;
  };
  return { cache, rows, reads: () => reads, consistent, wait };
}

test('a row is read once for all who ask, and again after 10 seconds', async () => {
  const { cache, rows, reads, wait } = world();
  rows.set('k', { id: 'k' } as KeyRecord);

  await Promise.all([cache.get('key', 'k'), cache.get('key', 'k')]);
  wait(9_000);
  await cache.get('key', 'k');
  expect(reads()).toBe(1);
  wait(1_001);
  await cache.get('key', 'k');
  expect(reads()).toBe(2);
});

test('A03 an unknown id is read once in 30 seconds', async () => {
  const { cache, reads, wait } = world();

  await cache.get('key', 'k');
  wait(29_000);
  await cache.get('key', 'k');
  expect(reads()).toBe(1);
  wait(1_001);
  await cache.get('key', 'k');
  expect(reads()).toBe(2);
});

test('R07 A03 an unknown id is remembered for those too who want the row as it is now', async () => {
  const { cache, reads, wait } = world();

  await cache.get('key', 'k', 0);
  wait(29_000);
  await cache.get('key', 'k', 0);
  await cache.get('key', 'k', 1_000);
  expect(reads()).toBe(1);
  wait(1_001);
  await cache.get('key', 'k', 0);
  expect(reads()).toBe(2);
});

test('whoever wants the row as it is now gets a read of their own', async () => {
  const { cache, rows, reads } = world();
  rows.set('k', { id: 'k' } as KeyRecord);

  await cache.get('key', 'k');
  await Promise.all([cache.get('key', 'k', 0), cache.get('key', 'k', 0)]);
  expect(reads()).toBe(3);
});

test('rows are read consistently', async () => {
  const { cache, consistent } = world();

  await cache.get('key', 'k');
  await cache.get('team', 't', 0);
  expect(consistent).toEqual([true, true]);
});

test('a row says how old it is', async () => {
  const { cache, wait } = world();
  wait(5_000);
  await cache.get('key', 'k');
  wait(700);

  expect((await cache.get('key', 'k')).ageMs).toBe(700);
});

test('ten thousand rows are kept, and beyond that the one that was read longest ago goes', async () => {
  const { cache, rows, reads } = world();
  rows.set('k1', { id: 'k1' } as KeyRecord);
  for (let index = 0; index < 10_000; index += 1) await cache.get('key', `k${index}`);
  await cache.get('key', 'k1', 0);
  await cache.get('key', 'k0');
  expect(reads()).toBe(10_001);

  await cache.get('key', 'one more');
  await cache.get('key', 'k1');
  await cache.get('key', 'k2');
  expect(reads()).toBe(10_002);
  await cache.get('key', 'k0');
  expect(reads()).toBe(10_003);
});
