import { createIdentityStore, createOverrideStore } from '../../../lambda/aws/dynamodb';
import type { KeyRecord, LevelRecord } from '../../../lambda/identity';
import { createIdentityRows, type KeptRows } from '../../../lambda/identity/rows';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../support/memory-dynamodb';

const AT = '2026-11-24T12:00:00.000Z';

function level(id: string, fields: Partial<LevelRecord> = {}): LevelRecord {
  return { id, status: 'active', generation: 1, createdAt: AT, updatedAt: AT, ...fields };
}

function keyRow(fields: Partial<KeyRecord> = {}): KeyRecord {
  return { ...level('k1'), role: 'caller', hashes: [], lastFour: 'abcd', teamId: 't1', userId: 'u1', ...fields };
}

async function world(key: KeyRecord = keyRow()) {
  let nowMs = Date.parse(AT);
  const table = createMemoryDynamoDb();
  const store = createIdentityStore(table, TABLE_NAMES.identity);
  const overrides = createOverrideStore(table, TABLE_NAMES.identity);
  await store.create('team', level('t1'));
  await store.create('user', level('u1'));
  await store.create('key', key);
  table.resetCounts();
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  return {
    table,
    store,
    overrides,
    /** The rows of a process of its own. */
    process: () => createIdentityRows(store, clock),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** Rows as a call is planned from them. */
async function planned(rows: ReturnType<typeof createIdentityRows>, keyId = 'k1', tags = {}): Promise<KeptRows> {
  const { rows: found } = await rows.of(keyId);
  if (found === undefined) throw new Error('no such key');
  return rows.withTags(found, tags, found.marks.overrides);
}

test('a key that is known costs no read, whatever its age; what stands is told by one read of all', async () => {
  const { table, process, pass } = await world();
  const rows = process();
  await rows.of('k1');
  table.resetCounts();
  pass(30 * 86_400_000);

  const plan = await planned(rows);
  expect(table.calls.batchGetItem).toBe(0);
  expect(await rows.stand(plan, 500)).toBe(true);

  expect(table.calls).toMatchObject({ batchGetItem: 1, getItem: 0, query: 0 });
  expect(plan).toMatchObject({ key: { id: 'k1' }, team: { id: 't1' }, user: { id: 'u1' }, gateway: undefined, project: undefined });
});

test('a key that is not known costs one read where its row brings what is above it, else two', async () => {
  const { table, process } = await world(keyRow({ above: { team: level('t1'), user: level('u1') } }));

  const plan = await planned(process());

  expect(table.calls.batchGetItem).toBe(1);
  expect(plan).toMatchObject({ team: { id: 't1' }, user: { id: 'u1' } });
  const bare = await world();
  await planned(bare.process());
  expect(bare.table.calls.batchGetItem).toBe(2);
});

test('a copy that is behind the row does not stand, and costs one read more', async () => {
  const { store, process } = await world(keyRow({ above: { team: level('t1'), user: level('u1') } }));
  await store.replace('team', level('t1', { status: 'blocked', generation: 2 }), 1);
  const rows = process();

  expect(await rows.stand(await planned(rows), 500)).toBe(false);

  const { rows: anew } = await rows.anew('k1');
  expect(anew?.team).toMatchObject({ status: 'blocked' });
  expect(await rows.stand(await planned(rows), 500)).toBe(true);
});

test.each<[string, (parts: Awaited<ReturnType<typeof world>>) => Promise<unknown>]>([
  ['the key is blocked', ({ store }) => store.replace('key', keyRow({ status: 'blocked', generation: 2 }), 1)],
  ['the key is deleted', ({ store }) => store.remove('key', 'k1', 1)],
  ['the team changes', ({ store }) => store.replace('team', level('t1', { generation: 2 }), 1)],
  ['the team is deleted', ({ store }) => store.remove('team', 't1', 1)],
  ['the user changes', ({ store }) => store.replace('user', level('u1', { generation: 2 }), 1)],
  ['the gateway gets a row', ({ store }) => store.create('gateway', level('gateway'))],
  ['an override is made', ({ overrides }) => overrides.put('model', { id: 'smart', targets: [], generation: 1, updatedAt: AT })],
  ['any tag gets a row', ({ store }) => store.create('tag', level('env=prod'))],
])('what was planned does not stand once %s, in any process and whichever copy it reads', async (_, change) => {
  const parts = await world();
  const processes = Array.from({ length: 8 }, () => parts.process());
  const plans = await Promise.all(processes.map((rows) => planned(rows)));

  await change(parts);

  for (const [index, rows] of processes.entries()) expect(await rows.stand(plans[index] as KeptRows, 500)).toBe(false);
  for (const rows of processes) {
    const { rows: anew } = await rows.anew('k1');
    if (anew === undefined) continue;
    expect(await rows.stand(await rows.withAllTags(anew, {}, anew.marks.overrides), 500)).toBe(true);
  }
});

test('a tag of which nothing is known is planned without a row; the round says where that is wrong', async () => {
  const { store, process } = await world();
  await store.create('tag', level('env=prod', { limits: { requests_per_minute: 1 } }));
  const rows = process();

  const wrong = await planned(rows, 'k1', { env: 'prod', team: 'x' });
  expect(wrong).toMatchObject({ tags: [], unreadTags: ['env=prod', 'team=x'] });
  expect(await rows.stand(wrong, 500)).toBe(false);
  const right = await rows.withAllTags(wrong, { env: 'prod', team: 'x' }, 0);
  expect(right).toMatchObject({ tags: [{ id: 'env=prod' }], unreadTags: [] });
  expect(await rows.stand(right, 500)).toBe(true);

  await store.replace('tag', level('env=prod', { generation: 2 }), 1);
  expect(await rows.stand(right, 500)).toBe(false);
  await rows.anew('k1');
  expect((await planned(rows, 'k1', { env: 'prod' })).unreadTags).toEqual(['env=prod']);
});

test('a tag without a row is asked for once', async () => {
  const { store, process } = await world();
  await store.create('tag', level('env=prod'));
  const rows = process();

  expect(await rows.stand(await planned(rows, 'k1', { team: 'x' }), 500)).toBe(true);

  expect(await planned(rows, 'k1', { team: 'x' })).toMatchObject({ tags: [], unreadTags: [] });
});

test('who moved to another team is planned with that one', async () => {
  const { store, process } = await world();
  await store.create('team', level('t2', { name: 'other' }));
  const rows = process();
  const before = await planned(rows);
  await store.replace('key', keyRow({ teamId: 't2', generation: 2 }), 1);

  expect(await rows.stand(before, 500)).toBe(false);
  expect((await rows.anew('k1')).rows).toMatchObject({ key: { teamId: 't2' }, team: { id: 't2', name: 'other' } });
});

test('that there is no such key is remembered for 30 s', async () => {
  const { table, process, pass } = await world();
  const rows = process();
  expect((await rows.of('k9')).rows).toBeUndefined();
  table.resetCounts();

  pass(29_999);
  expect((await rows.of('k9')).rows).toBeUndefined();
  expect(table.calls.batchGetItem).toBe(0);
  pass(1);
  await rows.of('k9');
  expect(table.calls.batchGetItem).toBe(1);
});

test('who wants rows as they are now gets none of a read that began before', async () => {
  const { table, store, process } = await world();
  const rows = process();
  await rows.of('k1');
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  table.hooks = { after: ({ operation }) => (operation === 'batchGetItem' ? held : undefined) };
  const early = rows.anew('k1');
  await new Promise((done) => setImmediate(done));
  await store.replace('team', level('t1', { generation: 2 }), 1);
  const late = rows.anew('k1');
  release();

  expect((await early).rows?.team?.generation).toBeDefined();
  expect((await late).rows?.team?.generation).toBe(2);
});

test('what the table leaves out of a batch is asked for again, and is missed when it stays out', async () => {
  const { table, store } = await world();
  let left = 2;
  const stingy = {
    ...table,
    batchGetItem: async (input: Parameters<typeof table.batchGetItem>[0]) => {
      const answer = await table.batchGetItem(input);
      if (left-- <= 0) return answer;
      return { ...answer, Responses: {}, UnprocessedKeys: input.RequestItems ?? {} };
    },
  };
  const rows = createIdentityRows(createIdentityStore(stingy as never, TABLE_NAMES.identity), {
    now: () => 0,
    monotonic: () => 0,
  });
  expect((await rows.of('k1')).rows?.key.id).toBe('k1');

  left = 1_000;
  const plan = rows.withTags((await createIdentityRows(store, { now: () => 0, monotonic: () => 0 }).of('k1')).rows as KeptRows, {}, 0);
  await expect(rows.stand(plan, 50)).rejects.toMatchObject({ name: 'ThrottlingException' });
});
