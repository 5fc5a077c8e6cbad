import fc from 'fast-check';
import type { RollupRow } from '../../../lambda/aws/dynamodb';
import { contributionOf } from '../../../lambda/aws/dynamodb';
import type { UsageRecord } from '../../../lambda/money/record';
import { createRollupWriter } from '../../../lambda/usage/rollup-writer';
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
        input_tokens: 30,
        cache_read_input_tokens: 12,
        cache_creation_input_tokens: 0,
        output_tokens: 15,
        reasoning_output_tokens: 0,
        cost_usd: '0.003000001',
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

  test('comes as CSV that no spreadsheet runs as a formula', async () => {
    const admin = createAdminHarness();
    await request(admin, { id: 'a-01', tags: { note: '=HYPERLINK("x")' } });

    const answer = await admin.call('GET', '/usage?group_by=tag:note&format=csv');

    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.text.split('\r\n')).toEqual([
      'tag:note,requests,errors,estimated,input_tokens,cache_read_input_tokens,cache_creation_input_tokens,output_tokens,reasoning_output_tokens,cost_usd',
      `"'=HYPERLINK(""x"")",1,0,0,10,4,0,5,0,0.0015`,
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
    const ghost: RollupRow = { scope: '', dimension: 'key', value: 'ghost' };
    const totals = (await admin.services.rollups.row({ scope: '', dimension: 'key', value: 'k1' }, '2026-11-24', 0)) as never;
    await admin.services.rollups.commit(7, [], [{ row: ghost, day: '2026-11-24', totals }], [], admin.clock);

    expect((await admin.call('GET', '/usage?group_by=key')).json.data.map(({ key_id }) => key_id)).toEqual(['k1']);
  });

  test('more rows than one answer may come from are refused', async () => {
    const admin = createAdminHarness();
    const { rollups } = admin.services;
    await request(admin, { id: 'a-01' });
    const totals = (await rollups.row({ scope: '', dimension: 'key', value: 'k1' }, '2026-11-24', 0)) as never;
    for (let first = 0; first < 20_001; first += 50) {
      const rows = Array.from({ length: 50 }, (_, index) => ({ scope: '', dimension: 'key', value: `n${first + index}` }) as RollupRow);
      await rollups.commit(
        0,
        [],
        rows.map((row) => ({ row, day: '2026-11-24', totals })),
        [],
        admin.clock,
      );
    }

    const answer = await admin.call('GET', '/usage?group_by=key');

    expect([answer.status, answer.json.error.code, answer.json.error.param]).toEqual([400, 'range_too_large', 'start']);
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
