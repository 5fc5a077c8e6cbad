/** A team's administrator, a viewer and a caller who want more than they have. */
import { type AdminHarness, createAdminHarness } from '../lambda/admin/harness';
import { TABLE_NAMES } from '../support/memory-dynamodb';
import { usageRecord } from '../support/usage-record';

const MONTHLY = [{ limit_usd: '100.00', period: 'month' }];

let admin: AdminHarness;
let red: string;
let blueIds: Record<'team' | 'project' | 'user' | 'key' | 'request', string>;

beforeEach(async () => {
  admin = createAdminHarness();
  for (const team of ['red', 'blue']) {
    await admin.make('teams', { id: team, name: team, budgets: MONTHLY, models: ['openai/*'], limits: { requests_per_minute: 10 } });
    await admin.make('projects', { id: `${team}-p`, name: team, team_id: team });
    await admin.make('users', { id: `${team}-u`, name: team, team_id: team });
  }
  red = (await admin.key({ role: 'team_admin', team_id: 'red' })).text;
  const blueKey = await admin.key({ team_id: 'blue', name: 'canaryBlue' });
  const createdAt = new Date(admin.clock).toISOString();
  await admin.services.records.put(
    usageRecord({ id: 'blue-request', createdAt, keyId: blueKey.id, teamId: 'blue', state: 'void', status: 503 }),
  );
  blueIds = { team: 'blue', project: 'blue-p', user: 'blue-u', key: blueKey.id, request: 'blue-request' };
});

const asRed = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  admin.call(method, path, { key: red, headers, ...(body === undefined ? {} : { body }) });

test('B03 nothing that a team administrator or its viewer can ask for holds a word of another team', async () => {
  const viewer = (await asRed('POST', '/keys', { role: 'viewer' })).json['key'] as string;
  const paths = [
    ...['keys', 'teams', 'projects', 'users', 'tags'].flatMap((name) => [`/${name}`, `/${name}?team_id=blue`]),
    ...['', '?team_id=blue', '?key_id=', `?key_id=${blueIds.key}`, '?outcome=ok'].map((query) => `/requests${query}`),
    `/requests/${blueIds.request}`,
    ...['', '?resource_id=blue', `?resource_id=${blueIds.key}`, '?resource=team', '?actor=root'].map((query) => `/audit${query}`),
    ...['team', 'key', 'project', 'user', 'model', 'tag:a', 'team,key', 'key,user,tag:a'].flatMap((group) => [
      `/usage?group_by=${group}`,
      `/usage?group_by=${group}&team_id=blue`,
      `/usage?group_by=${group}&format=csv`,
    ]),
    ...Object.values(blueIds).flatMap((id) => [`/keys/${id}`, `/teams/${id}`, `/projects/${id}/budgets`, `/users/${id}`]),
    '/gateway',
    '/gateway/budgets',
  ];
  for (const key of [red, viewer]) {
    for (const path of paths) {
      const { text } = await admin.call('GET', path, { key });
      // What was asked for may be said again.
      const unasked = Object.values(blueIds).reduce((rest, id) => (path.includes(id) ? rest.replaceAll(`\\"${id}\\"`, '') : rest), text);
      expect([path, unasked.match(/blue|canaryBlue/)]).toEqual([path, null]);
    }
  }
  expect((await admin.call('GET', '/requests/blue-request')).status).toBe(200);
  expect((await admin.call('GET', '/requests')).json.data).toHaveLength(1);
});

test('B10 a cursor that was made up leads nowhere but through the own list', async () => {
  const cursor = (list: string, position: unknown) => Buffer.from(JSON.stringify([list, position])).toString('base64url');
  for (const position of [
    '',
    '0',
    'key#',
    blueIds.key,
    '{"pk":{"S":"key#x"}}',
    '\u0000',
    `key#${blueIds.key}`,
    'team#blue',
    '2026-11-24#~',
    '#'.repeat(500),
  ]) {
    for (const list of ['key/red', 'key/blue', 'key/', 'project/red', 'team/red']) {
      const [kind] = list.split('/');
      const { status, text } = await asRed('GET', `/${kind}s?cursor=${cursor(list, position)}`);
      expect([200, 400]).toContain(status);
      expect([list, position, text.includes('blue')]).toEqual([list, position, false]);
    }
  }
  for (const position of [1, null, {}, [blueIds.key], true]) {
    expect((await asRed('GET', `/keys?cursor=${cursor('key/red', position)}`)).status).toBe(400);
  }
});

test('B01 no body of a team administrator makes a key that is more than its team', async () => {
  const wider = [
    { role: 'admin' },
    { role: 'team_admin' },
    { role: ['admin'] },
    { role: 'Admin' },
    { team_id: 'blue' },
    { project_id: 'blue-p' },
    { user_id: 'blue-u' },
    { team_id: 'red', project_id: 'blue-p' },
    { team_id: null },
    { budgets: [{ limit_usd: '100.01', period: 'month' }] },
    { budgets: [{ limit_usd: '1e9', period: 'month' }] },
    { budgets: [{ limit_usd: '-1', period: 'month' }] },
    { budgets: [{ limit_usd: '50', period: 'month', increase: { limit_usd: '60', expires_at: '2030-01-01T00:00:00Z' } }] },
    { models: ['*'] },
    { models: ['openai/*', 'anthropic/x'] },
    { limits: { requests_per_minute: 11 } },
    { limits: { per_model: { '*': { requests_per_minute: 11 } } } },
    { generation: 0 },
    { hashes: [] },
    { status: 'active' },
    { last_four: 'abcd' },
    { id: 'root' },
    { created_at: '2020-01-01T00:00:00Z' },
    '{"role":"caller","role":"admin"}',
    '{"role":"caller","\\u0072ole":"admin"}',
    '{"__proto__":{"role":"admin"}}',
    '{"constructor":{"prototype":{"role":"admin"}}}',
    '{"metadata":{"__proto__":"x"}}',
    '[{"role":"admin"}]',
  ];
  const before = JSON.stringify(admin.database.items('identity'));
  for (const body of wider) {
    const { status } = await asRed('POST', '/keys', body);
    expect([body, status >= 400 && status < 500]).toEqual([body, true]);
  }
  expect(JSON.stringify(admin.database.items('identity'))).toBe(before);
  expect(({} as Record<string, unknown>)['role']).toBeUndefined();
});

test('B01 a key that exists grows no further either, and stays where it is', async () => {
  const mine = (await asRed('POST', '/keys', { project_id: 'red-p' })).json['id'] as string;
  const wider = [
    { role: 'admin' },
    { role: 'team_admin' },
    { role: null },
    { team_id: 'blue' },
    { project_id: 'blue-p' },
    { budgets: [{ limit_usd: '101', period: 'week' }] },
    { models: ['*'] },
    { limits: { requests_per_minute: 11 } },
    { status: 'active' },
    { hashes: [] },
    { generation: 1 },
  ];
  for (const body of wider) {
    const { status } = await asRed('PATCH', `/keys/${mine}`, body);
    expect([body, [400, 403].includes(status)]).toEqual([body, true]);
  }
  for (const path of ['/teams/red', '/gateway', '/teams/blue', '/models/smart', '/prices/a', '/tags/a=b']) {
    expect([path, [403, 404].includes((await asRed('PATCH', path, { budgets: [] })).status)]).toEqual([path, true]);
  }
});

test.each([
  '/keys/..%2f..%2fteams%2fblue',
  '/keys/%2e%2e/teams/blue',
  '/keys/.%2e/teams/blue',
  '/keys/x%2f..%2fblue',
  '/keys/%00',
  '/keys/key%23root',
  '/teams/blue%23',
  '/teams/blue%20',
  '/teams/BLUE',
  '/teams/red/../blue',
  '/teams/blue/budgets/',
  '/admin/v1/teams/blue',
])('A12 %s shows a team administrator nothing', async (path) => {
  const { status, text } = await asRed('GET', path);
  expect(status).toBe(404);
  expect(text).not.toMatch(/limit_usd|canaryBlue/);
});

test('a query given twice, or as an array, is refused', async () => {
  for (const query of ['team_id=red&team_id=blue', 'team_id[]=blue', 'limit=1&limit=200', 'role=admin']) {
    expect([query, (await asRed('GET', `/keys?${query}`)).status]).toEqual([query, 400]);
  }
});

test('an idempotency key answers nobody but its own caller', async () => {
  const headers = { 'idempotency-key': 'same' };
  const first = await admin.call('POST', '/keys', { body: { name: 'x' }, headers });
  const again = await admin.call('POST', '/keys', { body: { name: 'x' }, headers });
  expect(again.json['key']).toBe(first.json['key']);
  const other = await asRed('POST', '/keys', { name: 'x' }, headers);
  expect([other.status, other.json['id'] === first.json['id']]).toEqual([201, false]);
  // Once the key was rotated, its first secret is not told again.
  await admin.call('POST', `/keys/${first.json['id']}/rotate`);
  expect((await admin.call('POST', '/keys', { body: { name: 'x' }, headers })).json['key']).toBeUndefined();
});

test('J08 no secret of a key is in a log, a table or an audit entry, also on bad paths', async () => {
  const made = await asRed('POST', '/keys', { name: 'x' });
  const text = made.json['key'] as string;
  const rotated = (await asRed('POST', `/keys/${made.json['id']}/rotate`, { grace_period_seconds: 60 })).json['key'] as string;
  await admin.call('GET', '/keys', { key: `${text}x` });
  await admin.call('GET', `/keys/${text}`, { key: red });
  await admin.call('GET', `/keys?team_id=${text}`, { key: red });
  await admin.call('POST', '/keys', { key: red, body: { [text]: text } });
  await admin.call('POST', `/${text}`, { key: red, body: `{"${text}` });
  await admin.call('GET', '/keys', { key: red, headers: { 'x-api-key': text } });
  const stored = Object.values(TABLE_NAMES).map((name) => JSON.stringify(admin.database.items(name)));
  for (const secret of [text, rotated, red].map((key) => key.slice(-49))) {
    expect([...admin.lines, ...stored].filter((line) => line.includes(secret))).toEqual([]);
  }
  const audit = (await admin.call('GET', '/audit')).text;
  expect(audit).not.toMatch(/hmac|hashes|requestHash/);
});
