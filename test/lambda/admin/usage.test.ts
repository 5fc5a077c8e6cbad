import fc from 'fast-check';
import { readQuestion } from '../../../lambda/admin/usage-question';
import { reportUsage } from '../../../lambda/admin/usage-report';
import type { UsageRecord } from '../../../lambda/money/record';
import { contributionOf } from '../../../lambda/money/rollup';
import { createRollupWriter } from '../../../lambda/usage/rollup-writer';
import { readParquet } from '../../support/parquet-reader';
import { usageRecord } from '../../support/usage-record';
import type { AdminHarness } from './harness';
import { createAdminHarness } from './harness';

/** One settled request, added to the rollups. */
async function request(
  admin: AdminHarness,
  call: Partial<UsageRecord> & { readonly id: string },
  result: Partial<UsageRecord> = {},
): Promise<void> {
  const { records, rollups, clock } = admin.services;
  const usage = { inputTokens: 10, cacheReadInputTokens: 4, cacheCreation1hInputTokens: 2, outputTokens: 5 };
  await records.put(
    usageRecord({
      createdAt: new Date(admin.clock).toISOString(),
      stream: true,
      boundNanoUsd: 1_000_000_000n,
      status: 200,
      outcome: 'ok',
      costNanoUsd: 1_500_000n,
      provider: 'openai',
      requestModel: 'gpt-5',
      usage,
      ...call,
      ...result,
    }),
  );
  const contribution = contributionOf((await records.read(call.id)) as never);
  await createRollupWriter(rollups, clock).apply([contribution as never]);
}

describe('usage', () => {
  test('is added up by any dimension, exactly, from the rollups', async () => {
    const admin = createAdminHarness();
    await request(admin, { id: 'a-01', teamId: 'red', projectId: 'p', userId: 'u', tags: { env: 'prod' } });
    await request(
      admin,
      { id: 'b-02', teamId: 'blue', tags: { env: 'test' } },
      { provider: 'anthropic', requestModel: 'claude', costNanoUsd: 1n, outcome: 'upstream_error' },
    );
    admin.clock -= 86_400_000;
    await request(admin, { id: 'c-03', keyId: 'k2' });
    admin.clock += 86_400_000;

    const by = async (query: string) => (await admin.call('GET', `/usage?${query}`)).json.data;

    expect(await by('')).toEqual([
      {
        requests: 3,
        errors: 1,
        estimated: 0,
        attempts: 0,
        failed_attempts: 0,
        refused: 0,
        input_tokens: 30,
        cache_read_input_tokens: 12,
        cache_creation_input_tokens: 0,
        cache_creation_1h_input_tokens: 6,
        audio_cache_read_input_tokens: 0,
        audio_input_tokens: 0,
        image_input_tokens: 0,
        output_tokens: 15,
        reasoning_output_tokens: 0,
        audio_output_tokens: 0,
        image_output_tokens: 0,
        cost_usd: '0.003000001',
        list_usd: '0.003000001',
        provider_adjustment_usd: '0.00',
        team_adjustment_usd: '0.00',
        cache_read_share: 0.4,
        last_hour: '2026-11-24T12:00:00Z',
      },
    ]);
    expect((await by('group_by=team')).map(({ team_id, cost_usd }) => [team_id, cost_usd])).toEqual([
      ['blue', '0.000000001'],
      ['red', '0.0015'],
    ]);
    expect((await by('group_by=key')).map(({ key_id, requests }) => [key_id, requests])).toEqual([
      ['k1', 2],
      ['k2', 1],
    ]);
    expect((await by('group_by=model')).map(({ model }) => model)).toEqual(['anthropic/claude', 'openai/gpt-5']);
    expect((await by('group_by=provider&team_id=red')).map(({ provider, requests }) => [provider, requests])).toEqual([['openai', 1]]);
    expect((await by('group_by=tag:env')).map(({ tags }) => tags)).toEqual([{ env: 'prod' }, { env: 'test' }]);
    expect((await by('group_by=day')).map(({ day, requests }) => [day, requests])).toEqual([
      ['2026-11-23', 1],
      ['2026-11-24', 2],
    ]);
    expect((await by('group_by=day,key&start=2026-11-24&end=2026-11-24')).map(({ day, key_id }) => [day, key_id])).toEqual([
      ['2026-11-24', 'k1'],
    ]);
    expect((await by('group_by=team,provider')).map(({ team_id, provider }) => [team_id, provider])).toEqual([
      ['blue', 'anthropic'],
      ['red', 'openai'],
      [null, 'openai'],
    ]);
  });

  test('R04 a team’s administrator and viewer see of a tag what their own team used of it', async () => {
    const admin = createAdminHarness();
    for (const id of ['red', 'blue']) await admin.make('teams', { id, name: id });
    await request(admin, { id: 'a-01', teamId: 'red', tags: { env: 'prod' } });
    await request(admin, { id: 'b-02', teamId: 'blue', tags: { env: 'prod', note: 'blue' } }, { costNanoUsd: 7n });

    for (const role of ['team_admin', 'viewer']) {
      const { text } = await admin.key({ role, team_id: 'red' });
      const by = async (query: string) => (await admin.call('GET', `/usage?${query}`, { key: text })).json.data;
      const own = [{ env: 'prod', cost: '0.0015' }];
      for (const groups of ['tag:env', 'tag:env,team', 'tag:env,tag:note', 'tag:env,key']) {
        const rows = await by(`group_by=${groups}`);
        expect([groups, rows.map(({ tags, cost_usd }) => ({ env: (tags as Record<string, unknown>)['env'], cost: cost_usd }))]).toEqual([
          groups,
          own,
        ]);
      }
      expect((await by('group_by=tag:note')).filter(({ tags }) => (tags as Record<string, unknown>)['note'] !== null)).toEqual([]);
      expect(await by('group_by=tag:env&team_id=blue')).toEqual([]);
    }
  });

  test('is the same by several dimensions, from the requests, as by one, from the rollups', async () => {
    const admin = createAdminHarness();
    const plan = fc.record({
      key: fc.constantFrom('k1', 'k2', 'k3'),
      provider: fc.constantFrom('x', 'y'),
      cost: fc.integer({ min: 0, max: 10 ** 9 }),
    });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 5 }), async (plans) => {
        for (const { key, provider, cost } of plans) {
          count += 1;
          await request(admin, { id: `r-${count}-0${count % 8}`, keyId: key }, { provider, costNanoUsd: BigInt(cost) });
        }
        const one = (await admin.call('GET', '/usage?group_by=key')).json.data;
        const two = (await admin.call('GET', '/usage?group_by=key,provider')).json.data;
        for (const row of one) {
          const parts = two.filter(({ key_id }) => key_id === row['key_id']);
          expect(parts.reduce((sum, { requests }) => sum + (requests as number), 0)).toBe(row['requests']);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('tells list prices and what was made of them apart, and they add up', async () => {
    const admin = createAdminHarness();
    const terms = { providerAdjustmentNanoUsd: -500n, teamAdjustmentNanoUsd: 150n };
    await request(admin, { id: 'a-01', teamId: 'red' }, { costNanoUsd: 1_650n, ...terms });
    await request(admin, { id: 'b-02', teamId: 'blue' }, { costNanoUsd: 1_500n, providerAdjustmentNanoUsd: -500n });
    await request(admin, { id: 'c-03', teamId: 'red' }, { costNanoUsd: 7n });

    const { data } = (await admin.call('GET', '/usage?group_by=team')).json;
    expect(data).toMatchObject([
      { team_id: 'blue', cost_usd: '0.0000015', list_usd: '0.000002', provider_adjustment_usd: '-0.0000005', team_adjustment_usd: '0.00' },
      {
        team_id: 'red',
        cost_usd: '0.000001657',
        list_usd: '0.000002007',
        provider_adjustment_usd: '-0.0000005',
        team_adjustment_usd: '0.00000015',
      },
    ]);
    const { text } = await admin.call('GET', '/usage?group_by=team&format=csv');
    expect(text).toContain(',0.000001657,0.000002007,-0.0000005,0.00000015,');
  });

  test('comes as CSV that no spreadsheet runs as a formula', async () => {
    const admin = createAdminHarness();
    await request(admin, { id: 'a-01', tags: { note: '=HYPERLINK("x")' } });

    const answer = await admin.call('GET', '/usage?group_by=tag:note&format=csv');

    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.text.split('\r\n')).toEqual([
      'tag:note,requests,errors,estimated,input_tokens,cache_read_input_tokens,cache_creation_input_tokens,cache_creation_1h_input_tokens,audio_cache_read_input_tokens,audio_input_tokens,image_input_tokens,output_tokens,reasoning_output_tokens,audio_output_tokens,image_output_tokens,cost_usd,list_usd,provider_adjustment_usd,team_adjustment_usd,attempts,failed_attempts,refused,p50_latency_ms,p95_latency_ms,p99_latency_ms,p50_time_to_first_chunk_ms,p95_time_to_first_chunk_ms,p99_time_to_first_chunk_ms',
      `"'=HYPERLINK(""x"")",1,0,0,10,4,0,2,0,0,0,5,0,0,0,0.0015,0.0015,0.00,0.00,0,0,0,,,,,,`,
      '',
    ]);
  });

  test('fails for dimensions, days and spans that make no sense', async () => {
    const admin = createAdminHarness();
    for (const query of [
      'group_by=colour',
      'group_by=tag:',
      'start=yesterday',
      'start=2026-02-30',
      'start=2026-11-24&end=2026-11-23',
      'start=2020-01-01',
      'format=xml',
    ]) {
      expect([query, (await admin.call('GET', `/usage?${query}`)).status]).toEqual([query, 400]);
    }
  });

  test('the spend of a day is answered as a file, exactly, to administrators alone', async () => {
    const admin = createAdminHarness();
    await request(admin, { id: 'a', keyId: 'k1' });
    await request(admin, { id: 'b', keyId: 'k2' }, { costNanoUsd: 1n });

    const { json } = await admin.call('GET', '/usage/spend/2026-11-24');

    const { rows } = readParquet(Buffer.from((json as unknown as { parquet: string }).parquet, 'base64'));
    expect(rows.map(({ ResourceId, BilledCost, BillingAccountId }) => [ResourceId, BilledCost, BillingAccountId])).toEqual([
      ['k1', 1_500_000n, 'test'],
      ['k2', 1n, 'test'],
    ]);
    expect((await admin.call('GET', '/usage/spend/2026-11-25')).status).toBe(400);
    expect((await admin.call('GET', '/usage/spend/today')).status).toBe(400);
    const { text: viewer } = await admin.key({ name: 'v', role: 'viewer' });
    expect((await admin.call('GET', '/usage/spend/2026-11-24', { key: viewer })).status).toBe(403);
  });

  test('a rebuild is asked for through the records, from which the usage function takes it', async () => {
    const admin = createAdminHarness();

    const answer = await admin.call('POST', '/usage/rebuild', { body: { day: '2026-11-23' } });

    expect([answer.status, answer.json['status']]).toEqual([202, 'started']);
    expect(admin.database.items('records').map((item) => [item['pk']?.S, item['day']?.S])).toEqual([
      ['rollup-rebuild#2026-11-23', '2026-11-23'],
    ]);
    expect((await admin.call('POST', '/usage/rebuild', { body: { day: '2027-01-01' } })).status).toBe(400);
  });

  test('a row that only an abandoned epoch knows is not answered', async () => {
    const admin = createAdminHarness();
    await request(admin, { id: 'a-01' });
    const ghost = { hour: '2026-11-24T12', tuple: { key: 'ghost' }, sums: { requests: 1n } };
    await admin.services.rollups.commit(7, [], [ghost], [], admin.clock);

    expect((await admin.call('GET', '/usage?group_by=key')).json.data.map(({ key_id }) => key_id)).toEqual(['k1']);
  });

  test('more rows than one answer may come from are refused', async () => {
    const admin = createAdminHarness();
    for (const keyId of ['k1', 'k2', 'k3']) await request(admin, { id: `${keyId}-01`, keyId });
    const question = readQuestion(new URLSearchParams('group_by=key'), admin.clock);

    await expect(reportUsage(admin.services, question, 2)).rejects.toMatchObject({ code: 'range_too_large', param: 'start' });
    expect(await reportUsage(admin.services, { ...question, wanted: [['key', 'k1']] }, 2)).toMatchObject([{ values: ['k1'] }]);
  });

  test('four calls that failed are four errors, under the provider that was asked, and cost nothing', async () => {
    const admin = createAdminHarness();
    await request(admin, { id: 'good-01' }, { attempts: [{ provider: 'openai', model: 'gpt-5', outcome: 'ok', durationMs: 5 }] });
    for (const [index, status] of [503, 502, 503, 502].entries()) {
      const attempts = [{ provider: 'azure', model: 'gpt-5', status, outcome: 'upstream_error', durationMs: 5 }];
      const failed = { provider: undefined, requestModel: undefined, costNanoUsd: 0n, usage: undefined } as never;
      await request(
        admin,
        { id: `bad-0${index}`, state: 'void' },
        { ...(failed as object), status, outcome: 'all_targets_failed', attempts },
      );
    }

    const { json } = await admin.call('GET', '/usage?group_by=provider');

    expect(json.data).toMatchObject([
      { provider: 'azure', requests: 4, errors: 4, attempts: 4, failed_attempts: 4, cost_usd: '0.00' },
      { provider: 'openai', requests: 1, errors: 0, attempts: 1, failed_attempts: 0 },
    ]);
  });

  test('an attempt that failed before another provider answered is counted where it failed', async () => {
    const admin = createAdminHarness();
    await request(
      admin,
      { id: 'a-01' },
      {
        attempts: [
          { provider: 'azure', model: 'gpt-5', region: 'eu', status: 401, outcome: 'upstream_auth', durationMs: 5 },
          { provider: 'openai', model: 'gpt-5', outcome: 'ok', durationMs: 5 },
        ],
      },
    );

    const by = async (query: string) => (await admin.call('GET', `/usage?${query}`)).json.data;

    expect(await by('group_by=provider,outcome')).toMatchObject([
      { provider: 'azure', outcome: 'upstream_auth', requests: 0, attempts: 1, failed_attempts: 1 },
      { provider: 'openai', outcome: 'ok', requests: 1, errors: 0, attempts: 1, failed_attempts: 0 },
    ]);
    expect(await by('region=eu')).toMatchObject([{ requests: 0, failed_attempts: 1 }]);
  });

  test('what callers label is a dimension, and a tag where nothing binds it', async () => {
    const admin = createAdminHarness();
    await request(admin, { id: 'a-01' }, { labels: { feature: 'search' } });
    await request(admin, { id: 'b-02', tags: { feature: 'bound' } }, { labels: { feature: 'chat' } });

    const by = async (query: string) => (await admin.call('GET', `/usage?${query}`)).json.data;

    expect((await by('group_by=tag:feature')).map(({ tags }) => tags)).toEqual([{ feature: 'bound' }, { feature: 'search' }]);
    expect((await by('group_by=label:feature')).map(({ labels }) => labels)).toEqual([{ feature: 'chat' }, { feature: 'search' }]);
    expect(await by('tag=feature=search')).toMatchObject([{ requests: 1 }]);
    expect(await by('label=feature=bound')).toEqual([]);
  });

  test('whom callers ask for is a dimension of usage and a filter of requests', async () => {
    const admin = createAdminHarness();
    await request(admin, { id: 'a-01' }, { endUser: 'ann' });
    await request(admin, { id: 'b-02' }, { endUser: 'bob' });

    expect((await admin.call('GET', '/usage?group_by=end_user')).json.data.map((row) => row['end_user'])).toEqual(['ann', 'bob']);
    expect((await admin.call('GET', '/usage?end_user=bob')).json.data).toMatchObject([{ requests: 1 }]);
    expect((await admin.call('GET', '/requests?end_user=bob')).json.data.map(({ id }) => id)).toEqual(['b-02']);
  });

  test('labels beyond what a key may have are counted together', async () => {
    const admin = createAdminHarness();
    for (let index = 0; index < 105; index += 1) {
      await request(admin, { id: `r-${index}-01` }, { labels: { feature: `f${String(index).padStart(3, '0')}` } });
    }
    await request(admin, { id: 'again-01' }, { labels: { feature: 'f000' } });
    const many = Object.fromEntries(Array.from({ length: 12 }, (_unused, index) => [`name${index}`, 'x']));
    await request(admin, { id: 'many-01', keyId: 'k2' }, { labels: many });

    const by = async (query: string) => (await admin.call('GET', `/usage?${query}`)).json.data;
    const rows = await by('group_by=label:feature');

    expect(rows).toHaveLength(101);
    expect(rows[0]).toMatchObject({ labels: { feature: 'f000' }, requests: 2 });
    expect(rows.at(-1)).toMatchObject({ labels: { feature: 'other' }, requests: 5 });
    expect((await by('group_by=label:name5'))[0]).toMatchObject({ requests: 1 });
    expect(await by('group_by=label:name6')).toEqual([]);
  });

  test('durations are told as percentiles, to a twentieth, however the requests are spread', async () => {
    const admin = createAdminHarness();
    for (let index = 1; index <= 100; index += 1) {
      await request(admin, { id: `r-${index}-01`, keyId: `k${index % 7}` }, { latencyMs: index * 10, timeToFirstChunkMs: index });
      admin.clock += 60_000;
    }

    const [row = {}] = (await admin.call('GET', '/usage')).json.data;
    const { p50, p95, p99 } = row['latency_ms'] as Record<string, number>;

    for (const [found, exact] of [
      [p50, 500],
      [p95, 950],
      [p99, 990],
    ] as [number, number][])
      expect(Math.abs(found - exact) / exact).toBeLessThan(0.051);
    expect(row).toHaveProperty('time_to_first_chunk_ms');
  });

  test('names stand beside ids, and a month is forecast by its last days', async () => {
    const admin = createAdminHarness();
    await admin.make('teams', { id: 'red', name: 'Red team' });
    const now = admin.clock;
    for (let day = 0; day < 8; day += 1) {
      admin.clock = now - day * 86_400_000;
      await request(admin, { id: `r-${day}-01`, teamId: 'red' }, { costNanoUsd: 7_000_000_000n });
    }
    admin.clock = now;

    const [row] = (await admin.call('GET', '/usage?group_by=team&forecast=true')).json.data;
    const csv = (await admin.call('GET', '/usage?group_by=team&forecast=true&format=csv')).text.split('\r\n');

    // Eight times 7 until noon of the 24th; 7 a day for the six and a half days that are left.
    expect(row).toMatchObject({ team_id: 'red', team_name: 'Red team', cost_usd: '56.00', forecast_usd: '101.50' });
    expect(csv[0]).toMatch(/^team_id,requests,.*,team_name,forecast_usd$/);
    expect(csv[1]).toMatch(/^red,8,.*,Red team,101.50$/);
    expect((await admin.call('GET', '/usage?group_by=day&forecast=true')).status).toBe(400);
  });

  test('hours, days and months are sums of the same rows', async () => {
    const admin = createAdminHarness();
    for (const hours of [0, 1, 30]) {
      admin.clock -= hours * 3_600_000;
      await request(admin, { id: `r-${hours}-01` });
    }
    admin.clock = Date.parse('2026-11-24T13:00:00Z');

    const by = async (time: string) =>
      (await admin.call('GET', `/usage?group_by=${time}`)).json.data.map((row) => [row[time], row['requests']]);

    expect(await by('hour')).toEqual([
      ['2026-11-23T05', 1],
      ['2026-11-24T11', 1],
      ['2026-11-24T12', 1],
    ]);
    expect(await by('day')).toEqual([
      ['2026-11-23', 1],
      ['2026-11-24', 2],
    ]);
    expect(await by('month')).toEqual([['2026-11', 3]]);
  });
});

describe('requests', () => {
  test('a request is shown with its tokens by class, cost, price version, attempts and timings', async () => {
    const admin = createAdminHarness();
    await request(
      admin,
      { id: 'a-01', teamId: 'red' },
      {
        priceVersion: '2026-11-01',
        priceSource: 'book',
        attempts: [{ provider: 'openai', model: 'gpt-5', status: 200, outcome: 'ok', durationMs: 12.5 }],
        latencyMs: 20,
        timeToFirstChunkMs: 10,
        overheadMs: 1.5,
      },
    );

    const { status, json } = await admin.call('GET', '/requests/a-01');

    expect(status).toBe(200);
    expect(json).toMatchObject({
      id: 'a-01',
      state: 'settled',
      key_id: 'k1',
      team_id: 'red',
      original_model: 'smart',
      usage: { input_tokens: 10, cache_read_input_tokens: 4, cache_creation_1h_input_tokens: 2, output_tokens: 5 },
      cost_usd: '0.0015',
      reserved_usd: '1.00',
      price_version: '2026-11-01',
      attempts: [{ provider: 'openai', model: 'gpt-5', status: 200, outcome: 'ok', duration_ms: 12.5 }],
      time_to_first_chunk_ms: 10,
    });
    expect((await admin.call('GET', '/requests/unknown')).status).toBe(404);
  });

  test('the list is newest first, filtered, and pages across days', async () => {
    const admin = createAdminHarness();
    for (let index = 0; index < 12; index += 1) {
      await request(admin, { id: `r-${String(index).padStart(2, '0')}`, keyId: index % 2 === 0 ? 'even' : 'odd' });
      admin.clock += 5 * 3_600_000;
    }

    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page = await admin.call('GET', `/requests?limit=4&key_id=even${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.json.data.map(({ id }) => id));
      cursor = page.json.next_cursor;
    } while (cursor !== null);

    expect(seen).toEqual(['r-10', 'r-08', 'r-06', 'r-04', 'r-02', 'r-00']);
  });
});
