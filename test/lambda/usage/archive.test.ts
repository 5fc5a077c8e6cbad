import { createHmac } from 'node:crypto';
import { checkTrail, type Trail, trailsOf } from '../../../lambda/archive';
import { createSubjectKeys, createTrailHeads } from '../../../lambda/aws/dynamodb';
import { formatUsd } from '../../../lambda/money/pricing';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { createUsageHarness, type UsageHarness } from './harness';

/** Requests in the archive: once each, however often and in whatever order the stream brings them. */

let usage: UsageHarness;

beforeEach(() => {
  usage = createUsageHarness({ archives: true });
});

const entries = (): Record<string, unknown>[] =>
  [...usage.bucket.objects.values()].flatMap((bytes) =>
    bytes
      .toString()
      .split('\n')
      .slice(1, -1)
      .map((line) => JSON.parse(line)),
  );

const RANK = ['void', 'expired_charged', 'settled', 'adjusted'];

/** The last state of each request, as a reader of the archive folds it. */
function fold(): Map<string, Record<string, unknown>> {
  const requests = new Map<string, Record<string, unknown>>();
  for (const entry of entries()) {
    const before = requests.get(String(entry['id']));
    if (before === undefined || RANK.indexOf(String(before['state'])) <= RANK.indexOf(String(entry['state'])))
      requests.set(String(entry['id']), entry);
  }
  return requests;
}

const check = async () => {
  const trail = trailsOf('requests')[0] as Trail;
  return checkTrail(usage.bucket, trail, await createTrailHeads(usage.database, TABLE_NAMES.records).read(trail.name));
};

test('each request is there as the admin API shows it, without what callers wrote into their labels', async () => {
  await usage.request({ id: 'r1', teamId: 't1' }, { costNanoUsd: 12_345n, labels: { customer: 'Erika Mustermann' } });
  await usage.drain();

  expect(entries()).toEqual([
    expect.objectContaining({
      id: 'r1',
      key_id: 'key1',
      team_id: 't1',
      state: 'settled',
      cost_usd: '0.000012345',
      label_names: ['customer'],
    }),
  ]);
  expect([...usage.bucket.objects.values()].join()).not.toContain('Mustermann');
  expect(await check()).toMatchObject({ segments: 1, entries: 1, findings: [] });
});

test('an end user is in it as a digest by a key of its own, which no longer is anybody’s once the key is destroyed', async () => {
  const keys = createSubjectKeys(usage.database, TABLE_NAMES.records, { now: () => usage.state.now });
  for (const [id, endUser] of Object.entries({ r1: 'erika', r2: 'erika', r3: 'hans' })) await usage.request({ id }, { endUser });
  await usage.request({ id: 'r4' });
  await usage.drain();

  const digests = entries().map(({ end_user_digest: digest }) => digest);
  const erikas = createHmac('sha256', await keys.take('erika'))
    .update('erika')
    .digest('base64url');
  expect(digests[0]).toBe(erikas);
  expect(digests[1]).toBe(erikas);
  expect(digests[2]).toMatch(/^[\w-]{43}$/);
  expect(digests[2]).not.toBe(erikas);
  expect(digests[3]).toBeUndefined();
  expect([...usage.bucket.objects.values()].join()).not.toMatch(/erika|hans/);

  await keys.destroy('erika');
  usage.state.now += 6 * 60_000;
  await usage.request({ id: 'r5' }, { endUser: 'erika' });
  await usage.drain();

  expect(entries().at(-1)?.['end_user_digest']).toMatch(/^[\w-]{43}$/);
  expect(entries().at(-1)?.['end_user_digest']).not.toBe(erikas);
  expect(
    createHmac('sha256', await keys.take('erika'))
      .update('erika')
      .digest('base64url'),
  ).not.toBe(erikas);
  expect(await check()).toMatchObject({ entries: 5, findings: [] });
});

test('K01 duplicates, another order and interleaving change nothing of what the archive says', async () => {
  for (let index = 0; index < 30; index += 1) await usage.request({ id: `r${index}` }, { costNanoUsd: BigInt(index * 7 + 1) });
  const records = usage.stream.splice(0);
  const shuffled = [...records].reverse();

  await usage.deliver(records.slice(0, 20));
  await usage.deliver(records.slice(10));
  await usage.deliver(shuffled);

  const held = fold();
  expect(held.size).toBe(30);
  for (let index = 0; index < 30; index += 1) expect(held.get(`r${index}`)?.['cost_usd']).toBe(formatUsd(BigInt(index * 7 + 1)));
  expect((await check()).findings).toEqual([]);
});

test.each(['put', 'get'] as const)('K03 a crash around %s, at each call, loses no request', async (operation) => {
  for (let at = 1; at <= 4; at += 1) {
    for (const moment of ['before', 'after'] as const) {
      usage = createUsageHarness({ archives: true });
      for (let index = 0; index < 6; index += 1) await usage.request({ id: `r${index}` });
      const records = usage.stream.splice(0);
      let calls = 0;
      usage.bucket.weather = (when, what) => {
        if (when !== moment || what !== operation) return;
        calls += 1;
        if (calls === at) throw Object.assign(new Error('down'), { name: 'TimeoutError' });
      };

      for (const batch of [records.slice(0, 3), records.slice(3)]) await usage.deliver(batch).catch(() => usage.deliver(batch));

      usage.bucket.weather = () => undefined;
      expect([...fold().keys()].sort()).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5']);
      expect(entries()).toHaveLength(6);
      expect((await check()).findings).toEqual([]);
    }
  }
});

test('K02 J10 a poison record at each position is set aside by its ids, and the others are archived', async () => {
  for (let position = 0; position < 4; position += 1) {
    usage = createUsageHarness({ archives: true });
    for (let index = 0; index < 4; index += 1) await usage.request({ id: `r${index}` });
    const records = usage.stream.splice(0);
    const image = records[position]?.dynamodb?.NewImage as Record<string, unknown>;
    image['cost_nano_usd'] = { N: 'CANARY-content' };

    await usage.deliver(records);

    expect(fold().size).toBe(3);
    expect(usage.published.length).toBeGreaterThan(0);
    expect(JSON.stringify(usage.published) + usage.lines.join()).not.toContain('CANARY');
    expect([...usage.bucket.objects.values()].join()).not.toContain('CANARY');
  }
});
