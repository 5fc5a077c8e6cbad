import { createTrailWriter, type Trail, trailsOf } from '../../../lambda/archive';
import { createTrailHeads } from '../../../lambda/aws/dynamodb';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { type AdminHarness, createAdminHarness } from './harness';

let harness: AdminHarness;

beforeEach(async () => {
  harness = createAdminHarness();
  const heads = createTrailHeads(harness.database, TABLE_NAMES.records);
  const clock = { now: () => harness.clock };
  const changes = createTrailWriter(trailsOf('changes')[0] as Trail, { objects: harness.bucket, heads, clock });
  const requests = createTrailWriter(trailsOf('requests')[5] as Trail, { objects: harness.bucket, heads, clock });
  await changes.append(['{"id":"1"}']);
  for (const id of ['2', '3', '4']) await requests.append([`{"id":"${id}"}`]);
});

test('an auditor sees the chains and checks them; damage is named', async () => {
  const { text: key } = await harness.key({ name: 'a', role: 'auditor' });

  const { json: trails } = await harness.call('GET', '/audit/trails', { key });
  expect(trails).toMatchObject({
    data: [
      { id: 'changes-0', sequence: 1 },
      { id: 'requests-5', sequence: 3 },
    ],
    next_cursor: null,
  });
  expect((await harness.call('GET', '/audit/trails/requests-5/check', { key })).json).toEqual({ segments: 3, entries: 3, findings: [] });

  harness.bucket.objects.delete('requests/5/000000000002.ndjson');
  expect((await harness.call('GET', '/audit/trails/requests-5/check', { key })).json).toMatchObject({
    segments: 2,
    findings: [{ fault: 'missing', object: 'requests/5/000000000002.ndjson' }],
  });
  expect((await harness.call('GET', '/audit/trails/requests-5/check?before=2', { key })).json).toMatchObject({ segments: 1, findings: [] });
});

test('an auditor reads requests and changes, and changes nothing', async () => {
  const { text: key } = await harness.key({ name: 'a', role: 'auditor' });

  for (const path of ['/requests', '/audit']) expect((await harness.call('GET', path, { key })).status).toBe(200);
  for (const path of ['/keys', '/teams', '/usage']) expect((await harness.call('GET', path, { key })).status).toBe(403);
  expect((await harness.call('POST', '/keys', { key, body: { name: 'x' } })).status).toBe(403);
});

test.each(['viewer', 'team_admin'])('the role %s sees no chain, and gives nobody the role of an auditor', async (role) => {
  const team = await harness.make('teams', { name: 't' });
  const { text: key } = await harness.key({ name: 'k', role, team_id: team.id });
  const auditor = await harness.key({ name: 'a', role: 'auditor', team_id: team.id });

  expect((await harness.call('GET', '/audit/trails', { key })).status).toBe(403);
  expect((await harness.call('POST', '/keys', { key, body: { name: 'x', role: 'auditor' } })).status).toBe(403);
  expect((await harness.call('POST', `/keys/${auditor.id}/block`, { key })).status).toBe(403);
});

test('a chain that there is not is not found', async () => {
  expect((await harness.call('GET', '/audit/trails/requests-99/check')).status).toBe(404);
});
