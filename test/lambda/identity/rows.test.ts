import type { KeyRecord, LevelRecord } from '../../../lambda/identity/entities';
import { createIdentityRows } from '../../../lambda/identity/rows';

function world() {
  let nowMs = 0;
  const reads: { readonly label: string; readonly consistent: boolean | undefined; readonly timeoutMs?: number }[] = [];
  const rows = new Map<string, LevelRecord>();
  /** While there are any, reads wait for them: each for its own. */
  const gates: Promise<unknown>[] = [];
  const failing = new Set<string>();
  const cache = createIdentityRows(
    {
      get: async (kind, id, options) => {
        const label = `${kind}#${id}`;
        reads.push({
          label,
          consistent: options?.consistent,
          ...(options?.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
        });
        const row = rows.get(label);
        await gates.shift();
        if (failing.has(label)) throw new Error('the table is away');
        return row as never;
      },
    },
    { now: () => nowMs, monotonic: () => nowMs },
  );
  const wait = (milliseconds: number): void => {
    nowMs += milliseconds;
  };
  const add = (label: string, generation = 1): void => {
    rows.set(label, { id: label.slice(label.indexOf('#') + 1), generation } as KeyRecord);
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { cache, rows, add, reads, gates, failing, wait, settled };
}

describe.each(['key', 'team'] as const)('the row of a %s', (kind) => {
  test('is read once for all who ask, from five seconds on again beside who asks, and is not used when older than ten', async () => {
    const { cache, add, reads, wait, settled } = world();
    add(`${kind}#a`, 1);
    await Promise.all([cache.get(kind, 'a'), cache.dated(kind, 'a')]);
    wait(5_000);
    await cache.get(kind, 'a');
    expect(reads).toHaveLength(1);

    add(`${kind}#a`, 2);
    wait(1);
    expect((await cache.get(kind, 'a'))?.generation).toBe(1);
    await settled();
    expect((await cache.get(kind, 'a'))?.generation).toBe(2);
    expect(reads).toHaveLength(2);

    add(`${kind}#a`, 3);
    wait(10_001);
    expect((await cache.get(kind, 'a'))?.generation).toBe(3);
    expect(reads).toHaveLength(3);
  });

  test('is told old, or not at all, while the table is away', async () => {
    const { cache, add, failing, reads, wait, settled } = world();
    add(`${kind}#a`);
    await cache.get(kind, 'a');
    failing.add(`${kind}#a`);

    wait(9_000);
    expect(await cache.get(kind, 'a')).toBeDefined();
    await settled();
    expect(await cache.get(kind, 'a')).toBeDefined();
    await settled();
    expect(reads).toHaveLength(3);
    wait(1_001);
    await expect(cache.get(kind, 'a')).rejects.toThrow('the table is away');
    failing.clear();
    expect(await cache.get(kind, 'a')).toBeDefined();
  });

  test('is read anew, for nobody else, for who wants it as it is now', async () => {
    const { cache, add, reads } = world();
    add(`${kind}#a`);
    await cache.get(kind, 'a');

    await Promise.all([cache.dated(kind, 'a', 0), cache.refresh(kind, 'a')]);
    expect(reads).toHaveLength(3);
    expect(reads.every(({ consistent }) => consistent === true)).toBe(true);
  });

  test('stays what the later read found, though an earlier one ends after it', async () => {
    const { cache, add, gates } = world();
    let release = (_value: unknown): void => undefined;
    gates.push(new Promise((resolve) => (release = resolve)));
    add(`${kind}#a`, 1);
    const slow = cache.get(kind, 'a');
    add(`${kind}#a`, 2);
    await cache.refresh(kind, 'a');
    release(undefined);
    await slow;

    expect((await cache.get(kind, 'a'))?.generation).toBe(2);
  });

  test('says how old it is', async () => {
    const { cache, add, wait } = world();
    add(`${kind}#a`);
    wait(5_000);
    expect((await cache.dated(kind, 'a')).ageMs).toBe(0);
    wait(700);
    expect((await cache.dated(kind, 'a')).ageMs).toBe(700);
  });
});

test('A03 an unknown key is looked for once in 30 seconds', async () => {
  const { cache, reads, wait } = world();

  await cache.dated('key', 'k');
  wait(29_000);
  await cache.dated('key', 'k');
  expect(reads).toHaveLength(1);
  wait(1_001);
  await cache.dated('key', 'k');
  expect(reads).toHaveLength(2);
});

test('R07 A03 an unknown key is remembered for those too who want the row as it is now', async () => {
  const { cache, reads, wait } = world();

  await cache.dated('key', 'k', 0);
  wait(29_000);
  await cache.dated('key', 'k', 0);
  await cache.dated('key', 'k', 1_000);
  expect(reads).toHaveLength(1);
  wait(1_001);
  await cache.dated('key', 'k', 0);
  expect(reads).toHaveLength(2);
});

test('a level that had no row is looked for again like any other: it gets its first budget within ten seconds', async () => {
  const { cache, add, wait } = world();
  expect(await cache.get('team', 't')).toBeUndefined();
  add('team#t');

  wait(10_001);
  expect(await cache.get('team', 't')).toBeDefined();
  expect(await cache.refresh('tag', 'a=b')).toBeUndefined();
  add('tag#a=b');
  expect(await cache.refresh('tag', 'a=b')).toBeDefined();
});

test('ten thousand rows are kept, and beyond that the one that was read longest ago goes', async () => {
  const { cache, add, reads } = world();
  for (let index = 0; index <= 10_000; index += 1) add(`user#u${index}`);
  for (let index = 0; index < 10_000; index += 1) await cache.get('user', `u${index}`);
  await cache.refresh('user', 'u0');
  expect(reads).toHaveLength(10_001);

  await cache.get('user', 'u10000');
  await cache.get('user', 'u0');
  await cache.get('user', 'u2');
  expect(reads).toHaveLength(10_002);
  await cache.get('user', 'u1');
  expect(reads).toHaveLength(10_003);
});

test('A03 guesses push out nobody’s row', async () => {
  const { cache, add, reads } = world();
  add('team#t');
  await cache.get('team', 't');
  for (let index = 0; index < 10_001; index += 1) await cache.dated('key', `k${index}`);
  expect(reads).toHaveLength(10_002);

  await cache.get('team', 't');
  await cache.dated('key', 'k10000');
  expect(reads).toHaveLength(10_002);
  await cache.dated('key', 'k0');
  expect(reads).toHaveLength(10_003);
});

test('a key may be read for longer than what stands above it', async () => {
  const { cache, reads } = world();
  await cache.get('key', 'a');
  await cache.get('team', 'a');
  expect(reads.map(({ timeoutMs }) => timeoutMs)).toEqual([1_500, 700]);
});

test('R07 that there is no such key is remembered for thirty seconds, that there is no such team as long as a row', async () => {
  const { cache, reads, wait } = world();
  await cache.get('key', 'a');
  await cache.get('team', 'a');
  wait(4_000);
  await cache.get('key', 'a');
  await cache.get('team', 'a');
  expect(reads.map(({ label }) => label)).toEqual(['key#a', 'team#a']);
  wait(25_999);
  await cache.get('key', 'a');
  expect(reads).toHaveLength(2);
  wait(1);
  await cache.get('key', 'a');
  expect(reads).toHaveLength(3);
});

test('a row that is exactly as old as it may be is used', async () => {
  const { cache, add, reads, wait } = world();
  add('key#a');
  await cache.get('key', 'a');
  wait(2_000);
  expect((await cache.dated('key', 'a', 2_000)).ageMs).toBe(2_000);
  expect(reads).toHaveLength(1);
  expect((await cache.dated('key', 'a', 1_999)).ageMs).toBe(0);
});
