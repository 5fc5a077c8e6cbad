import fc from 'fast-check';
import { routes } from '../../../lambda/admin/routes';
import { generateKey } from '../../../lambda/identity/virtual-key';
import type { AdminHarness } from './harness';
import { createAdminHarness } from './harness';

const MONTHLY = [{ limit_usd: '100.00', period: 'month' }];

/** Two teams with a project, a user and keys each. */
async function twoTenants(admin: AdminHarness) {
  const tenants: Record<string, { key: string; id: string; ids: Record<string, string> }> = {};
  for (const name of ['red', 'blue']) {
    await admin.make('teams', { id: name, name, budgets: MONTHLY, limits: { requests_per_minute: 100 }, models: ['openai/*', 'smart'] });
    await admin.make('projects', { id: `${name}-p`, name, team_id: name });
    await admin.make('users', { id: `${name}-u`, name, team_id: name });
    const manager = await admin.key({ role: 'team_admin', team_id: name });
    const caller = await admin.key({ team_id: name, project_id: `${name}-p`, user_id: `${name}-u` });
    tenants[name] = { key: manager.text, id: manager.id, ids: { team: name, project: `${name}-p`, user: `${name}-u`, key: caller.id } };
  }
  return tenants as {
    red: { key: string; id: string; ids: Record<string, string> };
    blue: { key: string; id: string; ids: Record<string, string> };
  };
}

describe('roles and tenants', () => {
  test('A01 every route refuses a call without a credential before anything is read', async () => {
    const admin = createAdminHarness();
    for (const route of routes) {
      const answer = await admin.call(route.method, route.path.replace(/\{(\w+)\+?\}/g, 'x'), { key: null });
      expect([route.operation, answer.status, answer.json.error.code]).toEqual([route.operation, 401, 'invalid_api_key']);
    }
    expect(Object.values(admin.database.calls).every((count) => count === 0)).toBe(true);
  });

  test('A13 a pepper or bootstrap secret that is missing or short makes every route answer 503', async () => {
    const { key: _key, ...admin } = createAdminHarness(
      {},
      { bootstrap: '{"key_id":"root","secret":"short"}', pepper: '{"version":"1","1":"short"}' },
    );
    const virtual = generateKey().text;
    for (const route of routes) {
      for (const key of [undefined, virtual]) {
        const answer = await admin.call(route.method, route.path.replace(/\{(\w+)\+?\}/g, 'x'), key === undefined ? {} : { key });
        expect([route.operation, answer.status, answer.json.error.code]).toEqual([route.operation, 503, 'misconfigured']);
      }
    }
  });

  test('A08 two different credentials are refused', async () => {
    const admin = createAdminHarness();
    const answer = await admin.call('GET', '/keys', { headers: { 'x-api-key': 'sk-gw-other' } });
    expect(answer.json.error.code).toBe('ambiguous_credentials');
    expect(answer.status).toBe(400);
  });

  test('A12 a path that is not spelled like a route is none, once the caller is known', async () => {
    const admin = createAdminHarness();
    for (const path of ['//keys', '/keys/', '/KEYS', '/./keys', '/keys/%2e%2e/teams', '/nothing', '/keys/a/b/c', '/%ff']) {
      expect((await admin.call('GET', path)).json.error.code).toBe('unknown_url');
      expect((await admin.call('GET', path, { key: null })).status).toBe(401);
    }
    const wrong = await admin.call('DELETE', '/keys');
    expect([wrong.status, wrong.json.error.code]).toEqual([405, 'method_not_allowed']);
  });

  test('B01 each role is refused every route that is not its own, and what was stored is unchanged', async () => {
    const admin = createAdminHarness();
    const { red } = await twoTenants(admin);
    const viewer = (await admin.key({ role: 'viewer', team_id: 'red' })).text;
    const caller = (await admin.key({ team_id: 'red' })).text;
    const before = JSON.stringify(admin.database.items('identity'));

    for (const route of routes) {
      const path = route.path.replace(/\{(\w+)\+?\}/g, red.ids[route.path.split('/')[1]?.replace(/s$/, '') ?? ''] ?? 'x');
      for (const [role, key] of [
        ['team_admin', red.key],
        ['viewer', viewer],
        ['caller', caller],
      ] as const) {
        if (route.roles.includes(role as 'viewer')) continue;
        const answer = await admin.call(route.method, path, { key, body: route.method === 'GET' ? undefined : {} });
        expect([route.operation, role, answer.status, answer.json.error.type]).toEqual([route.operation, role, 403, 'permission_error']);
      }
    }

    expect(JSON.stringify(admin.database.items('identity'))).toBe(before);
  });

  test('B01 a team administrator may not give an administrative role, choose ids or touch administrative keys', async () => {
    const admin = createAdminHarness();
    const { red } = await twoTenants(admin);
    const peer = await admin.key({ role: 'team_admin', team_id: 'red' });

    const attempts = [
      admin.call('POST', '/keys', { key: red.key, body: { role: 'admin' } }),
      admin.call('POST', '/keys', { key: red.key, body: { role: 'team_admin' } }),
      admin.call('PATCH', `/keys/${red.ids['key']}`, { key: red.key, body: { role: 'admin' } }),
      admin.call('POST', '/projects', { key: red.key, body: { id: 'mine', name: 'x', team_id: 'red' } }),
      admin.call('PATCH', `/keys/${peer.id}`, { key: red.key, body: { name: 'x' } }),
      admin.call('POST', `/keys/${peer.id}/revoke`, { key: red.key }),
      admin.call('POST', `/keys/${peer.id}/rotate`, { key: red.key }),
      admin.call('DELETE', `/keys/${peer.id}`, { key: red.key }),
      admin.call('PATCH', '/teams/red', { key: red.key, body: { budgets: [] } }),
    ];

    for (const attempt of attempts) expect((await attempt).status).toBe(403);
  });

  test('B02 nobody below admin edits the own role, budget or models; the name is fine', async () => {
    const admin = createAdminHarness();
    const { red } = await twoTenants(admin);

    for (const body of [{ role: 'admin' }, { budgets: MONTHLY }, { models: ['*'] }, { limits: null }, { expires_at: null }]) {
      const answer = await admin.call('PATCH', `/keys/${red.id}`, { key: red.key, body });
      expect([Object.keys(body)[0], answer.status, answer.json.error.param]).toEqual([Object.keys(body)[0], 403, Object.keys(body)[0]]);
    }
    expect((await admin.call('PATCH', `/keys/${red.id}`, { key: red.key, body: { name: 'me' } })).status).toBe(200);
    expect((await admin.call('POST', `/keys/${red.id}/rotate`, { key: red.key })).status).toBe(200);
  });

  test('B03 an id of another tenant answers exactly as an unknown one, on every route that takes an id', async () => {
    const admin = createAdminHarness();
    const { red, blue } = await twoTenants(admin);
    const kinds: Record<string, string> = { keys: 'key', teams: 'team', projects: 'project', users: 'user' };
    let checked = 0;

    for (const route of routes) {
      const kind = kinds[route.path.split('/')[1] ?? ''];
      if (kind === undefined || !route.path.includes('{id}') || !route.roles.includes('team_admin')) continue;
      const body = route.method === 'PATCH' ? { name: 'x' } : undefined;
      const foreign = blue.ids[kind] as string;
      const unknown = foreign.replace(/^./, 'z');
      const answers = await Promise.all(
        [foreign, unknown].map((id) => admin.call(route.method, route.path.replace('{id}', id), { key: red.key, body })),
      );
      expect(
        answers.map(({ status, json }) => [
          route.operation,
          status,
          json.error.message.replaceAll(foreign, 'ID').replaceAll(unknown, 'ID'),
        ]),
      ).toEqual(Array(2).fill([route.operation, 404, `There is no ${kind} "ID".`]));
      checked += 1;
    }
    expect(checked).toBeGreaterThan(15);

    for (const body of [{ team_id: 'blue' }, { project_id: 'blue-p' }, { user_id: 'blue-u' }]) {
      expect((await admin.call('POST', '/keys', { key: red.key, body })).status).toBe(404);
    }
    expect((await admin.call('POST', '/projects', { key: red.key, body: { name: 'x', team_id: 'blue' } })).status).toBe(404);
    expect(admin.lines.join('')).toContain('cross-tenant-attempt');
  });

  test('B03 lists, usage, requests and audit hold the own team only', async () => {
    const admin = createAdminHarness();
    const { red } = await twoTenants(admin);

    for (const path of ['/teams', '/projects', '/users', '/keys', '/audit']) {
      const { json } = await admin.call('GET', path, { key: red.key });
      expect(json.data.length).toBeGreaterThan(0);
      for (const entry of json.data) expect(entry['team_id'] ?? entry['id']).toBe('red');
    }
    for (const path of ['/projects?team_id=blue', '/keys?team_id=blue', '/usage?team_id=blue&group_by=key', '/requests?team_id=blue']) {
      expect((await admin.call('GET', path, { key: red.key })).json.data).toEqual([]);
    }
    expect((await admin.call('GET', '/tags', { key: red.key })).json.data).toEqual([]);
    const viewer = await admin.key({ role: 'viewer', team_id: 'red' });
    for (const path of ['/gateway', '/gateway/budgets']) expect((await admin.call('GET', path, { key: viewer.text })).status).toBe(403);
  });

  test('what a team administrator makes never exceeds the team, whatever it asks for', async () => {
    const amount = fc.integer({ min: 0, max: 300_00 }).map((cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`);
    const period = fc.constantFrom('hour', 'day', 'week', 'month', 'lifetime');
    const body = fc.record(
      {
        budgets: fc.array(fc.record({ limit_usd: amount, period }), { maxLength: 2 }),
        limits: fc.record({ requests_per_minute: fc.integer({ min: 0, max: 200 }) }),
        models: fc.array(fc.constantFrom('*', 'smart', 'openai/*', 'openai/gpt-5', 'open*', 'anthropic/x', 's*'), { maxLength: 3 }),
        role: fc.constantFrom('caller', 'viewer', 'team_admin', 'admin'),
      },
      { requiredKeys: [] },
    );
    const admin = createAdminHarness();
    const { red } = await twoTenants(admin);

    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (wanted, first) => {
        const made = await admin.call('POST', '/keys', { key: red.key, body: first ? wanted : {} });
        if (made.status === 201 && !first) await admin.call('PATCH', `/keys/${made.json['id']}`, { key: red.key, body: wanted });
        if (made.status !== 201) return;

        const stored = await admin.services.identity.get('key', made.json['id'] as string);
        expect(stored?.teamId).toBe('red');
        expect(['caller', 'viewer']).toContain(stored?.role);
        expect(stored?.limits?.requests_per_minute ?? 0).toBeLessThanOrEqual(100);
        for (const budget of stored?.budgets ?? [])
          if (budget.period !== 'lifetime') expect(Number(budget.limit_usd)).toBeLessThanOrEqual(100);
        for (const glob of stored?.models ?? []) expect(glob === 'smart' || glob.startsWith('openai/')).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
