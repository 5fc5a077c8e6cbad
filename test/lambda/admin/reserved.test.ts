import type { AdminHarness } from './harness';
import { createAdminHarness } from './harness';

/** What the role admin pins, and a team's administrator may not lift. */

let admin: AdminHarness;
let manager: string;

beforeEach(async () => {
  admin = createAdminHarness();
  await admin.make('teams', { id: 'red', name: 'red' });
  manager = (await admin.key({ role: 'team_admin', team_id: 'red' })).text;
});

const as = (method: string, path: string, body?: unknown, headers = {}) => admin.call(method, path, { key: manager, body, headers });
const refusal = ({ status, json }: Awaited<ReturnType<typeof as>>) => [status, json?.error?.code, json?.error?.param];

const SET = {
  budgets: [{ limit_usd: '5', period: 'day' }],
  limits: { requests_per_minute: 5, per_model: { 'openai/*': { tokens_per_day: 9 } } },
  models: ['smart'],
  server_tools: ['web_search'],
  may_store: false,
};
const OTHER: Readonly<Record<keyof typeof SET, unknown>> = {
  budgets: [{ limit_usd: '4', period: 'day' }],
  limits: { requests_per_minute: 4 },
  models: [],
  server_tools: [],
  may_store: true,
};

describe.each([
  ['keys', {}],
  ['projects', { name: 'p' }],
  ['users', { name: 'u' }],
])('%s', (plural, fields) => {
  const make = (more: object) => admin.make(plural, { ...fields, team_id: 'red', ...more });

  test.each(Object.keys(SET) as (keyof typeof SET)[])('R09 what is pinned is neither changed nor taken away: %s', async (field) => {
    const { id } = await make({ [field]: SET[field], pinned: [field] });

    for (const value of [OTHER[field], null]) {
      expect(refusal(await as('PATCH', `/${plural}/${id}`, { [field]: value }))).toEqual([403, 'permission_denied', field]);
      expect(refusal(await as('PATCH', `/${plural}/${id}`, { [field]: value }, { 'if-match': '*' }))).toEqual([
        403,
        'permission_denied',
        field,
      ]);
    }
    expect(refusal(await as('DELETE', `/${plural}/${id}`))).toEqual([403, 'permission_denied', field]);
    expect((await as('PATCH', `/${plural}/${id}`, { name: 'other', [field]: SET[field] })).status).toBe(200);
    expect((await admin.call('GET', `/${plural}/${id}`)).json[field]).toEqual(SET[field]);
  });

  test('R09 only the role admin pins, and takes a pin away', async () => {
    const { id } = await make({ limits: SET.limits, pinned: ['limits'] });

    expect(refusal(await as('PATCH', `/${plural}/${id}`, { pinned: [] }))).toEqual([403, 'permission_denied', 'pinned']);
    expect(refusal(await as('PATCH', `/${plural}/${id}`, { pinned: null }))).toEqual([403, 'permission_denied', 'pinned']);
    expect(
      refusal(await as('POST', `/${plural}`, { ...fields, ...(plural === 'keys' ? {} : { team_id: 'red' }), pinned: ['models'] })),
    ).toEqual([403, 'permission_denied', 'pinned']);
    await admin.call('PATCH', `/${plural}/${id}`, { body: { pinned: null } });
    expect((await as('PATCH', `/${plural}/${id}`, { limits: null })).status).toBe(200);
  });

  test('R09 the time zone of pinned budgets is pinned with them', async () => {
    const { id } = await make({ budgets: SET.budgets, pinned: ['budgets'] });

    expect(refusal(await as('PATCH', `/${plural}/${id}`, { time_zone: 'Asia/Tokyo' }))).toEqual([403, 'permission_denied', 'time_zone']);
  });

  test('R09 what a team pins is not set or changed anywhere in it, nor deleted to be made anew without it', async () => {
    const { id } = await make({ limits: SET.limits });
    const { id: free } = await make({});
    await admin.call('PATCH', '/teams/red', { body: { pinned: ['limits'] } });

    expect(refusal(await as('PATCH', `/${plural}/${id}`, { limits: null }))).toEqual([403, 'permission_denied', 'limits']);
    expect(refusal(await as('PATCH', `/${plural}/${free}`, { limits: SET.limits }))).toEqual([403, 'permission_denied', 'limits']);
    expect(
      refusal(await as('POST', `/${plural}`, { ...fields, ...(plural === 'keys' ? {} : { team_id: 'red' }), limits: SET.limits })),
    ).toEqual([403, 'permission_denied', 'limits']);
    expect(refusal(await as('DELETE', `/${plural}/${id}`))).toEqual([403, 'permission_denied', 'limits']);
    expect((await as('DELETE', `/${plural}/${free}`)).status).toBe(204);
    expect((await admin.call('DELETE', `/${plural}/${id}`)).status).toBe(204);
  });
});

test('R09 a key that an admin blocked and pinned is unblocked by an admin alone; a team may still block and revoke', async () => {
  const { id } = await admin.key({ team_id: 'red', pinned: ['status'] });
  expect((await as('POST', `/keys/${id}/block`)).status).toBe(200);

  expect(refusal(await as('POST', `/keys/${id}/unblock`))).toEqual([403, 'permission_denied', 'status']);
  expect(refusal(await as('DELETE', `/keys/${id}`))).toEqual([403, 'permission_denied', 'status']);
  expect((await as('POST', `/keys/${id}/rotate`)).status).toBe(200);
  expect((await admin.call('GET', `/keys/${id}`)).json['status']).toBe('blocked');
  expect((await admin.call('POST', `/keys/${id}/unblock`)).status).toBe(200);
  expect((await as('POST', `/keys/${id}/revoke`)).status).toBe(200);
});

test.each(['projects', 'users'])('R09 a pinned status of %s is blocked by the team and unblocked by an admin alone', async (plural) => {
  const { id } = await admin.make(plural, { name: 'x', team_id: 'red', pinned: ['status'] });
  expect((await as('PATCH', `/${plural}/${id}`, { status: 'blocked' })).status).toBe(200);

  expect(refusal(await as('PATCH', `/${plural}/${id}`, { status: 'active' }))).toEqual([403, 'permission_denied', 'status']);
});

test('R09 pinned tags, endpoints and an end of life stay', async () => {
  await admin.call('PATCH', '/teams/red', { body: { allowed_tags: ['env=*'] } });
  const set = { tags: { env: 'prod' }, endpoints: ['/v1/messages'], expires_at: '2027-01-01T00:00:00Z' };
  const { id } = await admin.key({ team_id: 'red', ...set, pinned: Object.keys(set) });

  for (const [field, other] of [
    ['tags', { env: 'dev' }],
    ['endpoints', null],
    ['expires_at', '2028-01-01T00:00:00Z'],
  ] as const) {
    expect(refusal(await as('PATCH', `/keys/${id}`, { [field]: other }))).toEqual([403, 'permission_denied', field]);
  }
  expect((await as('PATCH', `/keys/${id}`, set)).status).toBe(200);
});

test('R09 a team_admin lets no provider keep calls unless a level above does, and nobody where one says no', async () => {
  expect(refusal(await as('POST', '/keys', { may_store: true }))).toEqual([403, 'permission_denied', 'may_store']);
  const { id } = await admin.key({ team_id: 'red' });
  expect(refusal(await as('PATCH', `/keys/${id}`, { may_store: true }))).toEqual([403, 'permission_denied', 'may_store']);

  await admin.call('PATCH', '/teams/red', { body: { may_store: true } });
  expect((await as('PATCH', `/keys/${id}`, { may_store: true })).status).toBe(200);
  await admin.call('PATCH', '/teams/red', { body: { may_store: false } });
  const refused = await admin.call('POST', '/keys', { body: { team_id: 'red', may_store: true } });
  expect([refused.status, refused.json.error.code, refused.json.error.param]).toEqual([400, 'exceeds_parent', 'may_store']);
});
