/** Tags belong to somebody: what a team's administrator may tag with, whose budgets then bind, and what a key is told of them. */

import fc from 'fast-check';
import type { KeyRecord, LevelRecord } from '../../lambda/identity/entities';
import { type AdminHarness, createAdminHarness } from '../lambda/admin/harness';
import { compatible, startGateway, type TestGateway } from '../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../support/upstream';

const FOREIGN = { 'cost-center': 'beta-apollo' };
const chat = {
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

let admin: AdminHarness;
let manager: string;

beforeEach(async () => {
  admin = createAdminHarness();
  admin.clock = Date.now();
  await admin.make('teams', { id: 'alpha', name: 'alpha' });
  await admin.make('teams', { id: 'beta', name: 'beta' });
  await admin.make('tags', { id: 'cost-center=beta-apollo', budgets: [{ limit_usd: '1.50', period: 'day' }] });
  manager = (await admin.key({ role: 'team_admin', team_id: 'alpha' })).text;
});

const as = (key: string, method: string, path: string, body?: unknown, headers = {}) => admin.call(method, path, { key, body, headers });
const rows = (): LevelRecord[] => admin.database.items('identity') as never;

describe.each([
  ['keys', {}],
  ['projects', { name: 'p', team_id: 'alpha' }],
  ['users', { name: 'u' }],
])('%s', (plural, fields) => {
  const patch = (id: unknown, tags: unknown, key = manager, headers = {}) => as(key, 'PATCH', `/${plural}/${id}`, { tags }, headers);

  test('R04 security-06-foreign-tag: a team_admin sets no tag while nobody allows one, in no way', async () => {
    const made = (await as(manager, 'POST', `/${plural}`, fields)).json;
    const before = JSON.stringify(rows());
    const tries = [
      await as(manager, 'POST', `/${plural}`, { ...fields, tags: FOREIGN }),
      await as(manager, 'POST', `/${plural}`, { ...fields, tags: FOREIGN }, { 'idempotency-key': 'once' }),
      await patch(made['id'], FOREIGN),
      await patch(made['id'], FOREIGN, manager, { 'if-match': '*' }),
    ];

    for (const { status, json } of tries)
      expect([status, json.error.code, json.error.param]).toEqual([403, 'permission_denied', 'tags.cost-center']);
    expect(JSON.stringify(rows())).toBe(before);
    expect((await as(manager, 'GET', '/tags/cost-center=beta-apollo')).status).toBe(404);
  });

  test('R04 what the team is allowed holds, else what the gateway says', async () => {
    await admin.call('PATCH', '/gateway', { body: { allowed_tags: ['env=*'] } });
    const set = async (tags: object) => (await as(manager, 'POST', `/${plural}`, { ...fields, tags })).status;
    expect([await set({ env: 'a=b/c' }), await set({ env2: 'x' }), await set(FOREIGN)]).toEqual([201, 403, 403]);

    await admin.call('PATCH', '/teams/alpha', { body: { allowed_tags: ['cost-center=alpha-*'] } });
    expect([await set({ 'cost-center': 'alpha-x' }), await set({ env: 'prod' }), await set(FOREIGN)]).toEqual([201, 403, 403]);

    await admin.call('PATCH', '/teams/alpha', { body: { allowed_tags: [] } });
    expect([await set({}), await set({ env: 'prod' })]).toEqual([201, 403]);
    expect((await as(manager, 'PATCH', '/teams/alpha', { allowed_tags: ['cost-center=*'] })).status).toBe(403);
  });

  test('R04 a team_admin keeps the tags that an admin set, and neither moves nor copies them', async () => {
    await admin.call('PATCH', '/teams/alpha', { body: { allowed_tags: ['env=*'] } });
    const { id } = await admin.make(plural, { ...fields, team_id: 'alpha', tags: FOREIGN });
    const status = async (tags: unknown) => (await patch(id, tags)).status;

    expect(await status({ ...FOREIGN, env: 'prod' })).toBe(200);
    expect(await status({ ...FOREIGN, env: 'dev' })).toBe(200);
    expect([await status({ env: 'dev' }), await status({}), await status(null), await status({ 'cost-center': 'x' })]).toEqual([
      403, 403, 403, 403,
    ]);
    expect((await as(manager, 'POST', `/${plural}`, { ...fields, tags: FOREIGN })).status).toBe(403);
    expect(await status(FOREIGN)).toBe(200);
    expect((await admin.call('GET', `/${plural}/${id}`)).json).toMatchObject({ tags: FOREIGN });
    expect((await admin.call('GET', `/${plural}/${id}`)).json).not.toHaveProperty('team_tags');
  });
});

test.each(['team_admin', 'viewer'])(
  'R04 security-06-foreign-tag: a %s of a team sees no tag’s row, budgets, nor the gateway’s',
  async (role) => {
    const { text } = await admin.key({ role, team_id: 'alpha' });
    const paths = [
      '/tags/cost-center=beta-apollo',
      '/tags/cost-center=beta-apollo/budgets',
      '/tags/none=x',
      '/gateway',
      '/gateway/budgets',
    ];

    const replies = await Promise.all(paths.map((path) => as(text, 'GET', path)));

    expect(replies.map(({ status }) => status)).toEqual([404, 404, 404, 403, 403]);
    expect((await as(text, 'GET', '/tags')).json.data).toEqual([]);
  },
);

test('R04 no sequence of a team_admin’s calls puts a tag anywhere that its team may not have', async () => {
  const tags = fc.dictionary(fc.constantFrom('env', 'cost-center', 'x'), fc.constantFrom('alpha-1', 'beta-1', 'prod', ''), { maxKeys: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(['env=*', 'cost-center=alpha-*', 'x=prod', 'cost-center=beta-1']),
      tags,
      fc.array(fc.tuple(fc.constantFrom('POST', 'PATCH', 'clear'), tags), { maxLength: 6 }),
      async (allowed, byAdmin, steps) => {
        const harness = createAdminHarness();
        await harness.make('teams', { id: 'alpha', name: 'alpha', allowed_tags: allowed });
        const { text } = await harness.key({ role: 'team_admin', team_id: 'alpha' });
        const { id } = await harness.key({ team_id: 'alpha', tags: byAdmin });
        const made: string[] = [];
        for (const [verb, body] of steps) {
          const path = verb === 'POST' ? '/keys' : `/keys/${id}`;
          const method = verb === 'POST' ? 'POST' : 'PATCH';
          const { status, json } = await harness.call(method, path, { key: text, body: { tags: verb === 'clear' ? null : body } });
          if (verb === 'POST' && status === 201) made.push(json['id'] as string);
        }
        const mine = (name: string, value: string) =>
          allowed.some((tag) => {
            const [tagName = '', wanted = ''] = tag.split('=');
            return tagName === name && (wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted);
          });
        const tagsNow = async (key: string) => ((await harness.services.identity.get('key', key)) as KeyRecord).tags ?? {};
        for (const key of made) expect(Object.entries(await tagsNow(key)).filter(([name, value]) => !mine(name, value))).toEqual([]);
        const beyond = (set: Readonly<Record<string, string>>) =>
          Object.fromEntries(Object.entries(set).filter(([name, value]) => !mine(name, value)));
        expect(beyond(await tagsNow(id))).toEqual(beyond(byAdmin));
      },
    ),
    { numRuns: 60 },
  );
});

describe('on the data plane', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  let aheadMs = 0;

  beforeEach(async () => {
    aheadMs = 0;
    upstream = await startUpstream();
    upstream.script(jsonReply(chat));
    gateway = await startGateway({
      dynamodb: admin.database,
      pepperSecret: JSON.stringify({ version: '1', 1: 'p'.repeat(64) }),
      clock: { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs },
      document: {
        providers: [compatible('own', upstream.origin, { free: false })],
        unknownPrice: { policy: 'ceiling', ceilingUsd: '1' },
      },
    });
  });

  afterEach(async () => {
    await gateway.close();
    await upstream.close();
  });

  const call = (key: string) =>
    gateway.call(
      '/v1/chat/completions',
      { model: 'own/m', messages: [{ role: 'user', content: 'hi' }] },
      { authorization: `Bearer ${key}` },
    );
  const me = async (key: string) => (await gateway.send('GET', '/v1/me', { authorization: `Bearer ${key}` })).json;
  const spent = async () => (await admin.call('GET', '/tags/cost-center=beta-apollo/budgets')).json.data[0];

  test('R04 security-06-foreign-tag: a tag that a team_admin set counts only as long as its team may have it', async () => {
    await admin.call('PATCH', '/teams/alpha', { body: { allowed_tags: ['cost-center=*'] } });
    const made = await as(manager, 'POST', '/keys', { tags: FOREIGN });
    const key = made.json['key'] as string;
    expect((await call(key)).status).toBe(200);
    await gateway.settled();
    expect(await spent()).toMatchObject({ spent_usd: '1.00' });
    expect((await call(key)).status).toBe(402);

    await admin.call('PATCH', '/teams/alpha', { body: { allowed_tags: ['cost-center=alpha-*'] } });
    aheadMs += 11_000;

    expect((await me(key)).key.tags).toEqual({});
    expect((await me(key)).budgets).toEqual([]);
    expect((await call(key)).status).toBe(200);
    await gateway.settled();
    expect(await spent()).toMatchObject({ spent_usd: '1.00' });
    const settled = admin.database.items('records').filter((item) => item['st']?.S === 'settled');
    expect(settled.map((item) => item['tags']?.M?.['cost-center']?.S)).toEqual(['beta-apollo', undefined]);
  });

  test('R04 a tag that an admin set counts, whatever the team is allowed', async () => {
    const { text } = await admin.key({ team_id: 'alpha', tags: FOREIGN });

    expect([(await call(text)).status, (await call(text)).status]).toEqual([200, 402]);
  });

  test('R04 of the gateway’s and a tag’s budgets and limits a key learns that they are, and how they stand only where an admin says so', async () => {
    await admin.call('PATCH', '/gateway', {
      body: { budgets: [{ limit_usd: '7.77', period: 'month' }], limits: { requests_per_minute: 777 } },
    });
    await admin.call('PATCH', '/tags/cost-center=beta-apollo', { body: { limits: { tokens_per_day: 777_777 } } });
    const { text } = await admin.key({ team_id: 'alpha', tags: FOREIGN, budgets: [{ limit_usd: '3', period: 'day' }] });

    const first = await call(text);
    expect(first.headers['x-gateway-budget-scope']).toBe('key');
    expect(first.headers['x-gateway-budget-remaining-usd']).toBe('2.00');
    expect(first.headers['x-ratelimit-limit-requests']).toBeUndefined();
    expect(first.headers['x-ratelimit-limit-tokens']).toBeUndefined();
    await gateway.settled();
    const hidden = await me(text);
    expect(hidden.budgets.map(({ resets_at: _at, ...rest }: object & { resets_at: string }) => rest)).toEqual([
      { scope: 'gateway', period: 'month', soft: false },
      expect.objectContaining({ scope: 'key', remaining_usd: '2.00' }),
      { scope: 'tag:cost-center=beta-apollo', period: 'day', soft: false },
    ]);
    expect(hidden.limits).toEqual([
      { scope: 'gateway', limit: 'requests_per_minute' },
      { scope: 'tag:cost-center=beta-apollo', limit: 'tokens_per_day' },
    ]);
    const refused = await call(text);
    expect(refused.status).toBe(402);
    expect(refused.headers['x-gateway-budget-remaining-usd']).toBeUndefined();
    expect(refused.json.error.message).toMatch(
      /^What is left of the day budget of the tag does not cover this call, which may cost up to \$[\d.]+; a smaller output cap makes that less; it resets in \d+ (min|h)\.$/,
    );

    for (const path of ['/gateway', '/tags/cost-center=beta-apollo']) await admin.call('PATCH', path, { body: { show_figures: true } });
    await admin.call('PATCH', '/tags/cost-center=beta-apollo', { body: { budgets: [{ limit_usd: '2.10', period: 'day' }] } });
    aheadMs += 11_000;
    expect((await me(text)).budgets).toEqual([
      expect.objectContaining({ scope: 'gateway', limit_usd: '7.77', spent_usd: '1.00' }),
      expect.objectContaining({ scope: 'key' }),
      expect.objectContaining({ scope: 'tag:cost-center=beta-apollo', limit_usd: '2.10', remaining_usd: '1.10' }),
    ]);
    const shown = await call(text);
    expect([shown.headers['x-gateway-budget-scope'], shown.headers['x-gateway-budget-remaining-usd']]).toEqual(['tag', '0.10']);
    expect(shown.headers['x-ratelimit-limit-requests']).toBe('777');
  });
});
