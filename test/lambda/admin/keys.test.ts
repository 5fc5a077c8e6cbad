import { hashSecret, parseKey } from '../../../lambda/identity/virtual-key';
import { createAdminHarness, ROOT } from './harness';

describe('virtual keys', () => {
  test('a new key is shown once, works, and is stored as a hash only', async () => {
    const admin = createAdminHarness();

    const created = await admin.call('POST', '/keys', { body: { name: 'ci', budgets: [{ limit_usd: '25.00', period: 'month' }] } });

    expect(created.status).toBe(201);
    const text = created.json['key'] as string;
    const parsed = parseKey(text);
    expect(parsed?.keyId).toBe(created.json['id']);
    const stored = await admin.services.identity.get('key', parsed?.keyId as string);
    expect(stored?.hashes).toEqual([
      { pepperVersion: 1, hmac: hashSecret('p'.repeat(64), parsed?.keyId as string, parsed?.secret as string) },
    ]);
    expect(stored?.role).toBe('caller');
    const everything = JSON.stringify([admin.database.items('identity'), admin.database.items('records'), admin.lines]);
    expect(everything).not.toContain(parsed?.secret);
  });

  test('B09 only the last four characters of a key are ever shown again', async () => {
    const admin = createAdminHarness();
    const { text, id } = await admin.key({ name: 'ci' });
    const secret = parseKey(text)?.secret as string;

    const answers = await Promise.all([
      admin.call('GET', `/keys/${id}`),
      admin.call('GET', '/keys'),
      admin.call('PATCH', `/keys/${id}`, { body: { name: 'renamed' } }),
      admin.call('POST', `/keys/${id}/block`),
      admin.call('GET', '/audit'),
    ]);

    for (const answer of answers) {
      expect(answer.text).not.toContain(secret);
      expect(answer.text).not.toContain(text);
      expect(answer.text).not.toMatch(/[0-9a-f]{64}/);
    }
    expect(answers[0]?.json['last_four']).toBe(text.slice(-4));
  });

  test('rotation with grace keeps both secrets until it ends, without grace only the new one', async () => {
    const admin = createAdminHarness();
    const { text, id } = await admin.key({ role: 'viewer' });

    const rotated = await admin.call('POST', `/keys/${id}/rotate`, { body: { grace_period_seconds: 3_600 } });
    const second = rotated.json['key'] as string;

    expect(rotated.json['rotating_until']).toBe('2026-11-24T13:00:00.000Z');
    expect((await admin.call('GET', '/keys', { key: text })).status).toBe(200);
    expect((await admin.call('GET', '/keys', { key: second })).status).toBe(200);

    admin.clock += 3_600_001;
    expect((await admin.call('GET', '/keys', { key: text })).status).toBe(401);
    expect((await admin.call('GET', '/keys', { key: second })).status).toBe(200);

    const third = (await admin.call('POST', `/keys/${id}/rotate`)).json['key'] as string;
    expect((await admin.call('GET', '/keys', { key: second })).status).toBe(401);
    expect((await admin.call('GET', '/keys', { key: third })).status).toBe(200);
  });

  test('block, unblock and revoke bind the very next call; revoked is for ever', async () => {
    const admin = createAdminHarness();
    const { text, id } = await admin.key({ role: 'viewer' });

    await admin.call('POST', `/keys/${id}/block`);
    const blocked = await admin.call('GET', '/keys', { key: text });
    expect([blocked.status, blocked.json.error.code]).toEqual([403, 'key_blocked']);
    await admin.call('POST', `/keys/${id}/unblock`);
    expect((await admin.call('GET', '/keys', { key: text })).status).toBe(200);
    await admin.call('POST', `/keys/${id}/revoke`);
    expect((await admin.call('GET', '/keys', { key: text })).json.error.code).toBe('key_revoked');
    const again = await admin.call('POST', `/keys/${id}/unblock`);
    expect([again.status, again.json.error.code]).toEqual([409, 'already_revoked']);
  });

  test('an expired key is refused', async () => {
    const admin = createAdminHarness();
    const { text } = await admin.key({ role: 'viewer', expires_at: '2026-11-24T12:10:00Z' });

    admin.clock += 11 * 60_000;

    expect((await admin.call('GET', '/keys', { key: text })).json.error.code).toBe('key_expired');
  });

  test('every change grows the generation, which is also the etag', async () => {
    const admin = createAdminHarness();
    const { id } = await admin.key({});
    const first = await admin.call('GET', `/keys/${id}`);

    const changed = await admin.call('PATCH', `/keys/${id}`, {
      body: { limits: { requests_per_minute: 5 } },
      headers: { 'if-match': first.headers['etag'] as string },
    });
    const stale = await admin.call('PATCH', `/keys/${id}`, {
      body: { name: 'late' },
      headers: { 'if-match': first.headers['etag'] as string },
    });

    expect(changed.status).toBe(200);
    expect(changed.headers['etag']).not.toBe(first.headers['etag']);
    expect(stale.status).toBe(412);
    expect(Number(changed.headers['etag']?.slice(1, -1))).toBeGreaterThan(Number(first.headers['etag']?.slice(1, -1)));
  });

  test('null takes a field away', async () => {
    const admin = createAdminHarness();
    const { id } = await admin.key({ limits: { requests_per_minute: 5 }, models: ['smart'] });

    const changed = await admin.call('PATCH', `/keys/${id}`, { body: { limits: null } });

    expect(changed.json['limits']).toBeUndefined();
    expect(changed.json['models']).toEqual(['smart']);
  });

  test('the same idempotency key makes one key and answers it again; another body is refused', async () => {
    const admin = createAdminHarness();
    const options = { body: { name: 'ci' }, headers: { 'Idempotency-Key': 'deploy-42' } };

    const first = await admin.call('POST', '/keys', options);
    const again = await admin.call('POST', '/keys', options);
    const other = await admin.call('POST', '/keys', { ...options, body: { name: 'other' } });

    expect(first.status).toBe(201);
    expect(again.json).toEqual(first.json);
    expect(other.status).toBe(409);
    expect(other.json.error.code).toBe('idempotency_key_reused');
    expect((await admin.call('GET', '/keys')).json.data).toHaveLength(1);

    admin.clock += 25 * 3_600_000;
    expect((await admin.call('POST', '/keys', options)).json['key']).toBeUndefined();
  });

  test('two creations with one idempotency key at the same moment make one key', async () => {
    const admin = createAdminHarness();
    const options = { body: { name: 'ci' }, headers: { 'idempotency-key': 'deploy-43' } };

    const answers = await Promise.all([1, 2, 3].map(() => admin.call('POST', '/keys', options)));

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await admin.call('GET', '/keys')).json.data).toHaveLength(1);
    expect((await admin.call('GET', '/audit')).json.data).toHaveLength(1);
  });

  test('an idempotency key of another caller makes another key', async () => {
    const admin = createAdminHarness();
    const other = await admin.key({ role: 'admin' });
    const options = { body: { name: 'ci' }, headers: { 'idempotency-key': 'deploy-44' } };

    const [first, second] = [
      await admin.call('POST', '/keys', options),
      await admin.call('POST', '/keys', { ...options, key: other.text }),
    ];

    expect(second.status).toBe(201);
    expect(second.json['id']).not.toBe(first.json['id']);
    expect((await admin.call('POST', '/keys', { ...options, headers: { 'idempotency-key': 'with spaces' } })).status).toBe(400);
  });

  test('a key belongs to the team of its project, and to no other', async () => {
    const admin = createAdminHarness();
    await admin.make('teams', { id: 'red', name: 'Red' });
    await admin.make('teams', { id: 'blue', name: 'Blue' });
    await admin.make('projects', { id: 'search', name: 'Search', team_id: 'red' });

    const created = await admin.call('POST', '/keys', { body: { project_id: 'search' } });
    const mixed = await admin.call('POST', '/keys', { body: { project_id: 'search', team_id: 'blue' } });

    expect(created.json['team_id']).toBe('red');
    expect(mixed.status).toBe(400);
    expect(mixed.json.error.param).toBe('project_id');
  });

  test('the bootstrap credential must be the exact one', async () => {
    const admin = createAdminHarness();

    expect((await admin.call('GET', '/keys', { key: ROOT })).status).toBe(200);
    expect((await admin.call('GET', '/keys', { key: `${ROOT.slice(0, -1)}x` })).status).toBe(401);
    expect((await admin.call('GET', '/keys', { key: null })).status).toBe(401);
  });
});
