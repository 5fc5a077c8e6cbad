import { gzipSync } from 'node:zlib';
import { contentFact, contentKey } from '../../../lambda/archive';
import { createRecordBlanking, createRollupStore, createSubjectKeys, createUsageRecordStore } from '../../../lambda/aws/dynamodb';
import { attemptId } from '../../../lambda/platform/runtime';
import { deleteWhatIsAsked } from '../../../lambda/sweeper/deletions';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { usageRecord } from '../../support/usage-record';
import { type AdminHarness, createAdminHarness } from './harness';

/** Contents are read by auditors alone, and told of; deletions leave nothing of somebody but amounts. */

let harness: AdminHarness;

beforeEach(() => {
  harness = createAdminHarness();
});

async function keep(
  subject: readonly [kind: 'key' | 'user' | 'end_user' | 'tag', value: string][],
  document: object = {},
): Promise<string> {
  const id = attemptId(harness.clock);
  const peppers = await harness.services.peppers();
  const pepper = peppers.byVersion.get(peppers.current) as string;
  const facts = subject.map(([kind, value]) => contentFact(pepper, kind, value));
  const told = { id, at: '2026-11-24T12:00:00.000Z', level: 'full', request: 'CANARY', answer: 'A', ...document };
  harness.bucket.objects.set(contentKey(id, facts), gzipSync(JSON.stringify(told)));
  harness.bucket.objects.set(contentKey(id, facts, 1), gzipSync('piece one'));
  return id;
}

test('an auditor reads contents by the id of the request, and each reading stands in the audit log', async () => {
  const id = await keep([['key', 'k1']]);
  const { text: key, id: keyId } = await harness.key({ name: 'a', role: 'auditor' });

  expect((await harness.call('GET', `/contents/${id}`, { key })).json).toMatchObject({ id, request: 'CANARY', answer: 'A' });
  expect((await harness.call('GET', `/contents/${id}?part=request`, { key })).text).toBe('CANARY');
  expect((await harness.call('GET', `/contents/${id}?part=1`, { key })).text).toBe('piece one');
  expect((await harness.call('GET', `/contents/${id}?part=2`, { key })).status).toBe(404);
  const { json } = await harness.call('GET', '/audit?resource=content', { key });
  expect((json as { data: object[] }).data).toHaveLength(4);
  expect((json as { data: object[] }).data[0]).toMatchObject({ actor: keyId, action: 'read', resource: 'content', resource_id: id });
  expect(JSON.stringify(json) + harness.lines.join()).not.toContain('CANARY');
});

test.each(['admin', 'viewer', 'team_admin'])('the role %s reads none', async (role) => {
  const id = await keep([['key', 'k1']]);
  const team = await harness.make('teams', { name: 't' });
  const { text: key } = await harness.key({ name: 'a', role, ...(role === 'admin' ? {} : { team_id: team.id }) });

  expect((await harness.call('GET', `/contents/${id}`, { key })).status).toBe(403);
});

test('an auditor of a team reads that of its team alone', async () => {
  const team = await harness.make('teams', { name: 't' });
  const [own, other] = [await keep([['key', 'k1']], { team_id: team.id }), await keep([['key', 'k2']], { team_id: 'other' })];
  const { text: key } = await harness.key({ name: 'a', role: 'auditor', team_id: team.id });

  expect((await harness.call('GET', `/contents/${own}`, { key })).status).toBe(200);
  expect((await harness.call('GET', `/contents/${other}`, { key })).status).toBe(404);
  for (const id of ['x', '../../x', 'zzzzzzzzzzzzzzzzzzzzzz']) {
    expect((await harness.call('GET', `/contents/${encodeURIComponent(id)}`, { key })).status).toBe(404);
  }
});

test('only an administrator of the gateway says what is kept', async () => {
  const team = await harness.make('teams', { name: 't' });
  const { text: key } = await harness.key({ name: 'a', role: 'team_admin', team_id: team.id });

  expect((await harness.call('POST', '/keys', { key, body: { name: 'k', content_log: 'full' } })).status).toBe(403);
  expect(await harness.make('keys', { name: 'k', content_log: 'full' })).toMatchObject({ content_log: 'full' });
  expect((await harness.call('POST', '/keys', { body: { name: 'k', content_log: 'all' } })).status).toBe(400);
});

describe('a deletion', () => {
  const record = async (id: string, fields: object) =>
    harness.services.records.put(
      usageRecord({ id, createdAt: '2026-11-24T12:00:00.000Z', keyId: 'k1', outcome: 'ok', status: 200, costNanoUsd: 7n, ...fields }),
    );
  const sweep = async (ticks = 1_000) => {
    let left = ticks;
    const table = TABLE_NAMES.records;
    await deleteWhatIsAsked(
      {
        deletions: harness.services.deletions,
        blanking: createRecordBlanking(harness.database, table),
        subjectKeys: createSubjectKeys(harness.database, table, { now: () => harness.clock }),
        records: createUsageRecordStore(harness.database, table, { now: () => harness.clock }),
        rollups: createRollupStore(harness.database, table),
        contents: harness.bucket,
        clock: { now: () => harness.clock, monotonic: () => harness.clock },
        log: { write: () => undefined },
        metrics: { emit: (values) => emitted.push(values) },
      },
      () => left-- <= 0,
    );
  };
  const emitted: object[] = [];
  const stored = () => JSON.stringify(harness.database.items(TABLE_NAMES.records));

  test.each<[string, object, ['key' | 'user' | 'end_user' | 'tag', string], object, string]>([
    ['of a key', { key_id: 'k-erika' }, ['key', 'k-erika'], { keyId: 'k-erika' }, 'k-erika'],
    ['of a user', { user_id: 'erika' }, ['user', 'erika'], { userId: 'erika' }, 'erika'],
    ['of an end user', { end_user: 'erika' }, ['end_user', 'erika'], { endUser: 'erika' }, 'erika'],
    ['of a tag', { tag: 'customer=erika' }, ['tag', 'customer=erika'], { tags: { customer: 'erika', env: 'prod' } }, 'erika'],
    ['of a label', { tag: 'customer=erika' }, ['tag', 'customer=erika'], { labels: { customer: 'erika' } }, 'erika'],
  ])(
    '%s leaves nothing of it in contents and records but amounts, and rollups are made anew',
    async (_name, body, subject, fields, word) => {
      await keep([subject]);
      const other = await keep([['key', 'someone']]);
      await record('r1', fields);
      await record('r2', { labels: { customer: 'other' } });

      const asked = await harness.call('POST', '/deletions', { body });
      expect(asked).toMatchObject({ status: 202, json: { status: 'open', due_at: '2026-11-25T12:00:00.000Z' } });
      await sweep();
      harness.clock += 21 * 60_000;
      await sweep();

      expect((await harness.call('GET', '/deletions')).json).toMatchObject({ data: [{ status: 'done', records: expect.any(Number) }] });
      expect([...harness.bucket.objects.keys()].every((key) => key.includes(other))).toBe(true);
      expect(stored()).not.toContain(word);
      expect(await harness.services.records.read('r1')).toMatchObject({ costNanoUsd: 7n, outcome: 'ok' });
      expect(await harness.services.records.read('r2')).toMatchObject({ labels: { customer: 'other' } });
      expect(stored()).toContain('rollup-rebuild#');
      expect(JSON.stringify(harness.database.items(TABLE_NAMES.audit))).not.toContain(word);
    },
  );

  test('that is not done after a day is told of at each look', async () => {
    await record('r1', { userId: 'erika' });
    await harness.call('POST', '/deletions', { body: { user_id: 'erika' } });
    emitted.length = 0;
    harness.clock += 24 * 3_600_000;
    await sweep(0);
    expect(emitted).toEqual([]);
    harness.clock += 1;
    await sweep(0);
    expect(emitted).toEqual([{ 'llm_gateway.deletions.overdue': 1 }]);
    await sweep();
    await sweep();

    expect(emitted).toHaveLength(2);
  });

  test('of an end user destroys the key that the audit trail knows it by', async () => {
    const keys = createSubjectKeys(harness.database, TABLE_NAMES.records, { now: () => harness.clock });
    const [erikas, hans] = [await keys.take('erika'), await keys.take('hans')];
    await harness.call('POST', '/deletions', { body: { end_user: 'erika' } });
    harness.clock += 21 * 60_000;
    await sweep();

    expect((await keys.take('erika')).equals(erikas)).toBe(false);
    expect((await keys.take('hans')).equals(hans)).toBe(true);
  });

  test('is done however many others there are', async () => {
    for (let index = 0; index < 130; index += 1) await harness.call('POST', '/deletions', { body: { user_id: `user-${index}` } });
    await record('r1', { userId: 'user-0' });
    harness.clock += 21 * 60_000;
    await sweep(1_000_000);

    expect(await harness.services.records.read('r1')).toMatchObject({ userId: 'deleted' });
    expect((await harness.services.deletions.open()).length).toBe(0);
    const { json } = await harness.call('GET', '/deletions');
    expect(json.data.length).toBe(100);
    expect(json.data.every(({ status }) => status === 'done')).toBe(true);
  });

  test('goes on where it was, whenever its time is over', async () => {
    for (let index = 0; index < 5; index += 1) {
      await keep([['user', 'erika']]);
      await record(`r${index}`, { userId: 'erika' });
    }
    await harness.call('POST', '/deletions', { body: { user_id: 'erika' } });
    harness.clock += 21 * 60_000;
    for (let tick = 0; tick < 100; tick += 1) await sweep(9);

    expect((await harness.call('GET', '/deletions')).json).toMatchObject({ data: [{ status: 'done', contents: 10, records: 5 }] });
    expect(harness.bucket.objects.size).toBe(0);
    expect(stored()).not.toContain('erika');
  });

  test.each([[{}], [{ key_id: 'a', user_id: 'b' }], [{ tag: 'no-value' }], [{ everything: true }]])('%j is refused', async (body) => {
    expect((await harness.call('POST', '/deletions', { body })).status).toBe(400);
  });
});
