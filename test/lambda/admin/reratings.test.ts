import type { UsageRecord } from '../../../lambda/money/record';
import { contributionOf } from '../../../lambda/money/rollup';
import { createRollupWriter } from '../../../lambda/usage/rollup-writer';
import { usageRecord } from '../../support/usage-record';
import { type AdminHarness, createAdminHarness } from './harness';

const DOCUMENT = { providers: [{ id: 'openai', kind: 'openai' as const, network: 'public' as const }] };
const DAY = '2026-11-24';
/** 2.50 US dollars a million tokens in, 10 out. */
const CALL = { provider: 'openai', requestModel: 'gpt-4o', status: 200, outcome: 'ok', usage: { inputTokens: 1_000, outputTokens: 100 } };
const RIGHT_NANO_USD = 3_500_000n;

async function put(admin: AdminHarness, id: string, fields: Partial<UsageRecord> = {}): Promise<void> {
  await admin.services.records.put(usageRecord({ id, ...CALL, costNanoUsd: 5_000_000n, teamId: 'red', ...fields }));
}

/** All that the stream would bring, as the usage function takes it. */
async function roll(admin: AdminHarness): Promise<void> {
  const { items } = await admin.services.records.list(DAY, { limit: 1_000 });
  const contributions = items.flatMap((record) => contributionOf(record) ?? []);
  await createRollupWriter(admin.services.rollups, admin.services.clock).apply(contributions);
}

const rerate = async (admin: AdminHarness, body: object = {}) =>
  (await admin.call('POST', '/reratings', { body: { model: 'openai/*', day: DAY, ...body } })).json;
const idOf = (number: number): string => `request-${String(number).padStart(4, '0')}`;

test('K06 requests are charged anew by the right price: the usage report follows, their own records stay, and it is told once', async () => {
  const admin = createAdminHarness(DOCUMENT);
  for (let number = 0; number < 130; number++) await put(admin, idOf(number));
  await put(admin, 'another-one', { requestModel: 'unknown-model' });
  await put(admin, 'of-another', { provider: 'gone' });
  await roll(admin);

  const tried = await rerate(admin, { dry_run: true });
  expect(tried).toMatchObject({ day: DAY, change_usd: expect.stringMatching(/^-0\.\d+$/) });
  expect((await admin.services.records.list(DAY, { limit: 1_000 })).items).toHaveLength(132);

  const pages: Record<string, number>[] = [];
  let next: string | null = null;
  do {
    const page = await rerate(admin, next === null ? {} : { after: next });
    pages.push(page as unknown as Record<string, number>);
    next = page['next'] as string | null;
  } while (next !== null);
  const sum = (name: string) => pages.reduce((total, page) => total + (page[name] ?? 0), 0);
  expect([sum('requests'), sum('changed'), sum('unpriced')]).toEqual([131, 130, 1]);

  await roll(admin);
  await roll(admin);
  const [row] = (await admin.call('GET', '/usage?group_by=model&model=openai/gpt-4o')).json.data;
  expect(row).toMatchObject({ requests: 130, input_tokens: 130_000, cost_usd: '0.455', list_usd: '0.455' });
  expect((await admin.call('GET', `/requests/${idOf(7)}`)).json.cost_usd).toBe('0.005');
  expect((await admin.call('GET', `/requests/${idOf(7)}.r1`)).json).toMatchObject({
    rerated_of: idOf(7),
    cost_usd: '-0.0015',
    team_id: 'red',
    created_at: '2026-11-24T12:00:00.000Z',
  });
  const { data } = (await admin.call('GET', '/audit?resource=price')).json;
  expect(data).toHaveLength(2);
  expect(data[0]).toMatchObject({ action: 'rerate', resource_id: 'openai/*', after: { day: DAY } });
});

test('K06 done again, by two at once or after another correction, nothing is counted twice', async () => {
  const admin = createAdminHarness(DOCUMENT);
  for (let number = 0; number < 10; number++) await put(admin, idOf(number));
  await Promise.all([rerate(admin), rerate(admin), rerate(admin)]);
  expect(await rerate(admin)).toMatchObject({ requests: 10, changed: 0, change_usd: '0.00' });

  await admin.make('prices', { id: 'openai/*', percent: '-50', team_percent: { red: '10' } });
  await Promise.all([rerate(admin), rerate(admin)]);
  await roll(admin);
  const [row] = (await admin.call('GET', '/usage?group_by=team')).json.data;
  // 3,500,000 x 0.5 x 1.1 each.
  expect(row).toMatchObject({
    requests: 10,
    cost_usd: '0.01925',
    list_usd: '0.035',
    provider_adjustment_usd: '-0.0175',
    team_adjustment_usd: '0.00175',
  });
  const { items } = await admin.services.records.list(DAY, { limit: 1_000 });
  const each = items.filter(({ id, reratedOf }) => (reratedOf ?? id) === idOf(3)).map(({ costNanoUsd }) => costNanoUsd);
  expect(each.sort()).toEqual([5_000_000n, RIGHT_NANO_USD - 5_000_000n, 1_925_000n - RIGHT_NANO_USD].sort());
});

test('K06 a day that is rebuilt has its re-ratings, and one of another model is left alone', async () => {
  const admin = createAdminHarness(DOCUMENT);
  await put(admin, idOf(1));
  admin.clock += 60 * 86_400_000;
  await rerate(admin, { model: 'openai/gpt-5*' });
  expect((await admin.services.records.list(DAY)).items).toHaveLength(1);

  await rerate(admin, { model: 'OpenAI/GPT-4o' });
  // A rebuild reads the lists of a month, and this came two months later.
  expect((await admin.services.records.list(DAY)).items.map(({ id }) => id)).toEqual([`${idOf(1)}.r1`, idOf(1)]);
});

test.each<[object, string]>([
  [{ day: '2026-13-01' }, 'day'],
  [{ day: '2026-11-25' }, 'day'],
  [{ model: '' }, 'model'],
  [{ after: '' }, 'after'],
  [{ dry_run: 'yes' }, 'dry_run'],
])('fails for %j', async (body, param) => {
  const admin = createAdminHarness(DOCUMENT);
  const { status, json } = await admin.call('POST', '/reratings', { body: { model: 'openai/*', day: DAY, ...body } });
  expect([status, json.error.param]).toEqual([400, param]);
});
