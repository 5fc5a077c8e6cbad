import type { LevelRecord } from '../../../lambda/identity/entities';
import { bindLevel } from '../../../lambda/money/ledger';
import { plannedPage } from '../../../lambda/money/pages';
import type { GatewayDocument } from '../../../lib/private/contract';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { asks, entryFor, reserveOn } from '../../support/pages';
import { createAdminHarness } from './harness';

describe('teams, projects, users, tags and the gateway', () => {
  test('an entry is made, read, changed, listed and deleted, and each change is in the audit log', async () => {
    const admin = createAdminHarness();
    const made = await admin.make('teams', {
      name: 'Research',
      budgets: [{ limit_usd: '25.00', period: 'month' }],
      time_zone: 'Europe/Berlin',
    });

    admin.clock += 1_000;
    const changed = await admin.call('PATCH', `/teams/${made.id}`, { body: { name: 'Science', time_zone: null } });
    admin.clock += 1_000;
    const deleted = await admin.call('DELETE', `/teams/${made.id}`);

    expect(made).toMatchObject({ name: 'Research', status: 'active', time_zone: 'Europe/Berlin', created_at: '2026-11-24T12:00:00.000Z' });
    expect(changed.json).toMatchObject({ name: 'Science', updated_at: '2026-11-24T12:00:01.000Z' });
    expect(changed.json['time_zone']).toBeUndefined();
    expect(deleted.status).toBe(204);
    expect((await admin.call('GET', `/teams/${made.id}`)).status).toBe(404);
    const { json } = await admin.call('GET', '/audit');
    expect(
      json.data.map(({ action, resource, actor, before, after }) => ({
        action,
        resource,
        actor,
        before: (before as { name?: string })?.name,
        after: (after as { name?: string })?.name,
      })),
    ).toEqual([
      { action: 'delete', resource: 'team', actor: 'root', before: 'Science', after: undefined },
      { action: 'update', resource: 'team', actor: 'root', before: 'Research', after: 'Science' },
      { action: 'create', resource: 'team', actor: 'root', before: undefined, after: 'Research' },
    ]);
  });

  test.each(['InternalServerError', 'TimeoutError', 'NetworkingError'])(
    'fails without a trace when the transaction ends as %s: neither the change nor its audit entry is there',
    async (name) => {
      const admin = createAdminHarness();
      admin.database.hooks = {
        before: ({ operation }) => {
          if (operation === 'transactWriteItems') throw Object.assign(new Error('down'), { name });
        },
      };

      const answer = await admin.call('POST', '/teams', { body: { name: 'Research' } });

      expect([answer.status, answer.json.error.code, answer.headers['retry-after']]).toEqual([503, 'store_unavailable', '1']);
      expect(admin.database.items('identity')).toEqual([]);
      expect(admin.database.items('records')).toEqual([]);
    },
  );

  test('two writers at the same moment: one wins, the other is told to read again', async () => {
    const admin = createAdminHarness();
    const { id } = await admin.make('teams', { name: 'Research' });

    const answers = await Promise.all(['one', 'two'].map((name) => admin.call('PATCH', `/teams/${id}`, { body: { name } })));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.json.error.code).toBe('concurrent_change');
  });

  test.each([
    [{ sensitivity: 'internal' }, 'sensitivity is internal, but team "t" allows nothing below confidential'],
    [{ residency: ['eu-central-1', 'us-east-1'] }, 'residency[1] is "us-east-1", but team "t" allows only eu'],
    [{ residency: ['eu-west-2'] }, 'residency[0] is "eu-west-2", but team "t" allows only eu'],
  ])('a key may not be held to less than its team: %j', async (fields, message) => {
    const admin = createAdminHarness();
    await admin.make('teams', { id: 't', name: 'T', sensitivity: 'confidential', residency: ['eu'] });

    const refused = await admin.call('POST', '/keys', { body: { name: 'k', team_id: 't', ...fields } });
    const made = await admin.make('keys', { name: 'k', team_id: 't', sensitivity: 'restricted', residency: ['eu-west-1'] });

    expect(refused.json.error).toMatchObject({ code: 'exceeds_parent', message: expect.stringContaining(message) });
    expect(made).toMatchObject({ sensitivity: 'restricted', residency: ['eu-west-1'] });
  });

  test.each([{ sensitivity: 'secret' }, { residency: [] }, { residency: ['everywhere'] }, { residency: ['global'] }])(
    '%j is refused by its name',
    async (fields) => {
      const answer = await createAdminHarness().call('POST', '/teams', { body: { name: 'T', ...fields } });

      expect([answer.status, answer.json.error.param]).toEqual([400, expect.stringContaining(Object.keys(fields)[0] as string)]);
    },
  );

  test('a level that others belong to is not deleted', async () => {
    const admin = createAdminHarness();
    await admin.make('teams', { id: 'red', name: 'Red' });
    await admin.make('projects', { id: 'search', name: 'Search', team_id: 'red' });
    await admin.make('users', { id: 'ada', name: 'Ada' });
    const key = await admin.key({ project_id: 'search', user_id: 'ada' });

    for (const path of ['/teams/red', '/projects/search', '/users/ada'])
      expect((await admin.call('DELETE', path)).json.error.code).toBe('not_empty');
    await admin.call('DELETE', `/keys/${key.id}`);
    for (const path of ['/users/ada', '/projects/search', '/teams/red']) expect((await admin.call('DELETE', path)).status).toBe(204);
  });

  test.each([
    ['keys', 'team', { team_id: 'red' }],
    ['keys', 'project', { project_id: 'search' }],
    ['keys', 'user', { user_id: 'ada' }],
    ['projects', 'team', { name: 'New', team_id: 'red' }],
    ['users', 'team', { name: 'New', team_id: 'red' }],
  ])('%s: nothing is created in a %s that is deleted at the same moment', async (resource, parent, body) => {
    const admin = createAdminHarness();
    await admin.make('teams', { id: 'red', name: 'Red' });
    await admin.make('projects', { id: 'search', name: 'Search', team_id: 'red' });
    await admin.make('users', { id: 'ada', name: 'Ada' });
    const id = { team: 'red', project: 'search', user: 'ada' }[parent] as string;
    const { generation } = (await admin.services.identity.get(parent as 'team', id)) as { generation: number };
    let raced = false;
    admin.database.hooks = {
      async before({ operation }) {
        if (operation !== 'transactWriteItems' || raced) return;
        raced = true;
        await admin.services.identity.remove(parent as 'team', id, generation);
      },
    };
    const rows = admin.database.items(TABLE_NAMES.identity).length;

    const first = await admin.call('POST', `/${resource}`, { body });
    const again = await admin.call('POST', `/${resource}`, { body });

    expect([first.status, first.json.error.code]).toEqual([409, 'concurrent_change']);
    expect(again.status).toBe(404);
    expect(admin.database.items(TABLE_NAMES.identity)).toHaveLength(rows - 1);
  });

  test('unknown fields are refused by name, wrong ones with what would be right', async () => {
    const admin = createAdminHarness();
    const cases: [string, unknown, string | null, string][] = [
      ['/teams', { name: 'x', colour: 'red' }, 'colour', 'unknown_field'],
      ['/teams', { name: 'x', budgets: [{ limit_usd: '1.00', period: 'month', hard: true }] }, 'budgets[0].hard', 'unknown_field'],
      ['/teams', { name: 'x', limits: { per_model: { 'gpt-*': { rpm: 1 } } } }, 'limits.per_model.gpt-*.rpm', 'unknown_field'],
      ['/teams', {}, 'name', 'missing_field'],
      ['/teams', { name: 5 }, 'name', 'invalid_type'],
      ['/teams', { name: 'x', budgets: [{ limit_usd: 25, period: 'month' }] }, 'budgets[0].limit_usd', 'invalid_type'],
      ['/teams', { name: 'x', budgets: [{ limit_usd: '1e3', period: 'month' }] }, 'budgets[0].limit_usd', 'invalid_value'],
      ['/teams', { name: 'x', budgets: [{ limit_usd: '1.00', period: 'decade' }] }, 'budgets[0].period', 'invalid_value'],
      ['/teams', { name: 'x', limits: { requests_per_minute: 1.5 } }, 'limits.requests_per_minute', 'invalid_type'],
      ['/teams', { name: 'x', limits: { requests_per_minute: -1 } }, 'limits.requests_per_minute', 'invalid_value'],
      ['/teams', { name: 'x', time_zone: 'Mars/Olympus' }, 'time_zone', 'invalid_value'],
      ['/teams', { name: 'x', id: '../x' }, 'id', 'invalid_value'],
      ['/keys', { expires_at: 'tomorrow' }, 'expires_at', 'invalid_value'],
      ['/keys', { endpoints: ['/v1/else'] }, 'endpoints[0]', 'invalid_value'],
      ['/keys', { id: 'chosen' }, 'id', 'unknown_field'],
      ['/keys', { status: 'revoked' }, 'status', 'unknown_field'],
      ['/teams', '{"name":"x","name":"y"}', 'name', 'duplicate_field'],
      ['/teams', '[1]', null, 'invalid_json'],
      ['/teams', '{', null, 'invalid_json'],
    ];
    for (const [path, body, param, code] of cases) {
      const { status, json } = await admin.call('POST', path, { body });
      expect([body, status, json.error.param, json.error.code, json.error.type]).toEqual([body, 400, param, code, 'invalid_request_error']);
    }
    expect((await admin.call('GET', '/teams?colour=red')).json.error).toMatchObject({ param: 'colour', code: 'unknown_field' });
    expect((await admin.call('POST', '/teams', { body: { name: 'x'.repeat(300_000) } })).status).toBe(413);
  });

  test('a child can only narrow its parent, and is told which parent allows what', async () => {
    const admin = createAdminHarness();
    await admin.make('teams', {
      id: 'red',
      name: 'Red',
      models: ['openai/*', 'smart'],
      budgets: [
        { limit_usd: '100.00', period: 'month' },
        { limit_usd: '10.00', period: 'day', model: 'openai/*' },
      ],
      limits: { requests_per_minute: 60, per_model: { 'openai/*': { tokens_per_minute: 1_000 } } },
    });
    const refused: [unknown, string][] = [
      [{ models: ['anthropic/x'] }, 'models[0]'],
      [{ models: ['smart', '*'] }, 'models[1]'],
      [{ budgets: [{ limit_usd: '100.01', period: 'month' }] }, 'budgets[0].limit_usd'],
      [{ budgets: [{ limit_usd: '101.00', period: 'hour' }] }, 'budgets[0].limit_usd'],
      [{ budgets: [{ limit_usd: '11.00', period: 'day', model: 'openai/gpt-5' }] }, 'budgets[0].limit_usd'],
      [
        { budgets: [{ limit_usd: '99.00', period: 'month', increase: { limit_usd: '2.00', expires_at: '2027-01-01T00:00:00Z' } }] },
        'budgets[0].increase.limit_usd',
      ],
      [{ limits: { requests_per_minute: 61 } }, 'limits.requests_per_minute'],
      [{ limits: { per_model: { 'openai/gpt-5': { tokens_per_minute: 1_001 } } } }, 'limits.per_model.openai/gpt-5.tokens_per_minute'],
    ];
    for (const [fields, param] of refused) {
      const { status, json } = await admin.call('POST', '/projects', { body: { name: 'x', team_id: 'red', ...(fields as object) } });
      expect([status, json.error.param, json.error.code]).toEqual([400, param, 'exceeds_parent']);
      expect(json.error.message).toContain('team "red" allows');
    }
    const allowed = {
      models: ['openai/gpt-*', 'smart'],
      budgets: [
        { limit_usd: '100.00', period: 'month' },
        { limit_usd: '500.00', period: 'lifetime' },
        { limit_usd: '50.00', period: 'day', model: 'smart' },
        { limit_usd: '5000.00', period: 'month', soft: true },
      ],
      limits: { requests_per_minute: 60, tokens_per_day: 5 },
    };
    const made = await admin.call('POST', '/projects', { body: { name: 'x', team_id: 'red', ...allowed } });
    expect(made.status).toBe(201);
    expect((await admin.call('PATCH', `/projects/${made.json['id']}`, { body: { models: ['*'] } })).json.error.code).toBe('exceeds_parent');
  });

  test('R07 server-side tools can be limited on every level, and no child widens them', async () => {
    const admin = createAdminHarness();
    const tools = { server_tools: ['web_search*', 'code_interpreter'] };
    await admin.call('PATCH', '/gateway', { body: tools });
    await admin.make('teams', { id: 'red', name: 'Red', server_tools: ['web_search*'] });
    const manager = (await admin.key({ role: 'team_admin', team_id: 'red' })).text;
    const tag = await admin.make('tags', { id: 'stage=live', name: 'x', server_tools: [] });
    const places = { team_id: 'red' };
    const attempts: [string, string, object][] = [
      ['POST', '/teams', { name: 'x', server_tools: ['*'] }],
      ['POST', '/projects', { name: 'x', ...places, server_tools: ['code_interpreter'] }],
      ['POST', '/users', { name: 'x', ...places, server_tools: ['web_*'] }],
      ['POST', '/keys', { ...places, server_tools: ['web_search', 'code_interpreter'] }],
      ['PATCH', '/teams/red', { server_tools: ['mcp'] }],
    ];

    for (const [method, path, body] of attempts) {
      const { status, json } = await admin.call(method, path, { body });
      expect([path, status, json.error.code]).toEqual([path, 400, 'exceeds_parent']);
      expect(json.error.param).toMatch(/^server_tools\[\d\]$/);
    }
    const key = await admin.call('POST', '/keys', { key: manager, body: { server_tools: ['web_search'] } });
    expect([key.status, key.json['server_tools'], tag['server_tools']]).toEqual([201, ['web_search'], []]);
    const widened = await admin.call('PATCH', `/keys/${key.json['id']}`, { key: manager, body: { server_tools: ['*'] } });
    expect([widened.status, widened.json.error.message]).toEqual([
      400,
      'server_tools[0] is "*", but the gateway allows only web_search*, code_interpreter: a child can only narrow its parent.',
    ]);
    expect((await admin.call('PATCH', '/teams/red', { key: manager, body: { server_tools: ['*'] } })).status).toBe(403);
  });

  test("the gateway's own level starts from the configuration and binds the teams", async () => {
    const document = { gateway: { budgets: [{ limit_usd: '50.00', period: 'day' }] }, defaults: {}, providers: [{ id: 'openai' }] };
    const admin = createAdminHarness(document as unknown as GatewayDocument);

    expect((await admin.call('GET', '/gateway')).json['budgets']).toEqual(document.gateway.budgets);
    expect(
      (await admin.call('POST', '/teams', { body: { name: 'x', budgets: [{ limit_usd: '51.00', period: 'day' }] } })).json.error.message,
    ).toContain('the gateway allows 50.00 USD per day');
    expect((await admin.call('PATCH', '/gateway', { body: { budgets: [{ limit_usd: '60.00', period: 'day' }] } })).status).toBe(200);
    expect((await admin.call('POST', '/teams', { body: { name: 'x', budgets: [{ limit_usd: '51.00', period: 'day' }] } })).status).toBe(
      201,
    );
    expect((await admin.call('PATCH', '/gateway', { body: { budgets: null } })).json['budgets']).toEqual(document.gateway.budgets);
  });

  test('tags carry budgets, named by name and value', async () => {
    const admin = createAdminHarness();
    await admin.make('tags', { id: 'environment=production', budgets: [{ limit_usd: '5.00', period: 'day' }] });

    expect((await admin.call('GET', '/tags/environment=production')).json['budgets']).toHaveLength(1);
    await admin.make('tags', { id: 'team/x=a/b' });
    for (const path of ['/tags/team%2Fx=a%2Fb', '/tags/team/x=a/b']) {
      expect((await admin.call('GET', path)).json['id']).toBe('team/x=a/b');
      expect((await admin.call('GET', `${path}/budgets`)).json.data).toEqual([]);
    }
    expect((await admin.call('POST', '/tags', { body: { id: 'no-value' } })).json.error.param).toBe('id');
    expect((await admin.call('DELETE', '/tags/environment=production')).status).toBe(204);
  });

  test('R13 a tag that is deleted and made again does not show what its budget had counted before it was gone', async () => {
    const admin = createAdminHarness();
    const tag = { id: 'app=x', budgets: [{ limit_usd: '10.00', period: 'month' }] } as const;
    const periodOf = async (): Promise<string | undefined> => {
      const row = (await admin.services.identity.get('tag', tag.id)) as LevelRecord;
      return plannedPage(bindLevel({ gateway: {}, defaults: {} }, 'tag', tag.id, row), '*', admin.clock).spec.periods[0]?.name;
    };
    await admin.make('tags', tag);
    const first = await periodOf();
    expect((await admin.call('PATCH', '/tags/app=x', { body: { budgets: [{ ...tag.budgets[0], limit_usd: '5.00' }] } })).status).toBe(200);
    expect(await periodOf()).toBe(first);
    expect((await admin.call('DELETE', '/tags/app=x')).status).toBe(204);
    admin.clock += 1_000;
    const made = await admin.make('tags', tag);

    expect(await periodOf()).not.toBe(first);
    expect(made).not.toHaveProperty('restarts');
  });

  test('budgets show what the pages hold at this moment', async () => {
    const admin = createAdminHarness();
    await admin.make('teams', { id: 'red', name: 'Red', budgets: [{ limit_usd: '10.00', period: 'month' }] });
    const row = (await admin.services.identity.get('team', 'red')) as LevelRecord;
    const { spec } = plannedPage(bindLevel({ gateway: {}, defaults: {} }, 'team', 'red', row), '*', admin.clock);
    const spent = asks(4n * 10n ** 9n, { nowMs: admin.clock });
    const first = await reserveOn(admin.services.pages, spec, 'a', spent);
    if (first.kind !== 'reserved') throw new Error(first.kind);
    await admin.services.pages.close(spec.key, 'a', entryFor(first.take, spent), { costNanoUsd: 3n * 10n ** 9n });
    await reserveOn(admin.services.pages, spec, 'b', asks(1n, { nowMs: admin.clock }), first.page);

    const { json } = await admin.call('GET', '/teams/red/budgets');

    expect(json.data).toEqual([
      {
        scope: 'team:red',
        period: 'month',
        soft: false,
        limit_usd: '10.00',
        spent_usd: '3.00',
        reserved_usd: '0.000000001',
        remaining_usd: '6.999999999',
        resets_at: '2026-12-01T00:00:00.000Z',
      },
    ]);
  });

  test('B10 pages are bounded, cursors opaque, and a cursor of another list is refused', async () => {
    const admin = createAdminHarness();
    for (let index = 0; index < 7; index += 1) await admin.make('teams', { name: `team ${index}` });

    const seen: unknown[] = [];
    let cursor: string | null = '';
    do {
      const page = await admin.call('GET', `/teams?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(page.json.data.length).toBeLessThanOrEqual(3);
      seen.push(...page.json.data.map(({ id }) => id));
      cursor = page.json.next_cursor;
      if (cursor !== null) expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,1024}$/);
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(7);

    for (const query of [
      'limit=0',
      'limit=201',
      'limit=-1',
      'limit=1e9',
      'limit=ten',
      `cursor=${'a'.repeat(2_000)}`,
      'cursor=%00',
      'cursor=e30',
      'limit=1&limit=2',
      'search=%25%25%25%25',
      'sort=name;drop',
    ]) {
      expect((await admin.call('GET', `/teams?${query}`)).status).toBe(400);
    }
    const first = (await admin.call('GET', '/teams?limit=3')).json.next_cursor;
    for (const path of ['/users', '/keys', '/projects', '/audit', '/requests']) {
      expect((await admin.call('GET', `${path}?cursor=${first}`)).json.error.param).toBe('cursor');
    }
  });
});
