import type { GatewayDocument } from '../../../lib/private/contract';
import { createAdminHarness } from './harness';

const DOCUMENT = {
  providers: [
    { id: 'openai', kind: 'openai', network: 'public', models: ['gpt-4o', 'ft:*'] },
    { id: 'anthropic', kind: 'anthropic', network: 'public' },
    { id: 'newco', kind: 'openai-compatible', network: 'public' },
  ],
  routes: [
    { alias: 'smart', targets: [{ provider: 'anthropic', model: 'claude-sonnet-4-5' }] },
    { alias: 'claude-*', targets: [{ provider: 'anthropic', model: '*' }] },
    {
      alias: 'both',
      targets: [
        { provider: 'anthropic', model: 'claude-sonnet-4-5' },
        { provider: 'openai', model: 'gpt-4o' },
      ],
    },
  ],
  models: [{ id: 'newco/old', capabilities: { end_of_life: '2026-12-24' } }],
} as unknown as GatewayDocument;

async function listed(admin: ReturnType<typeof createAdminHarness>) {
  const { data } = (await admin.call('GET', '/models-in-force')).json;
  return Object.fromEntries(data.map((row) => [row['alias'], row]));
}

test('what callers may ask for is listed as it stands, with windows, prices and ends', async () => {
  const admin = createAdminHarness(DOCUMENT);

  const models = await listed(admin);

  expect(Object.keys(models)).toEqual(['both', 'claude-*', 'newco/old', 'openai/gpt-4o', 'smart']);
  expect(models['smart']).toEqual({
    alias: 'smart',
    targets: [{ provider: 'anthropic', model: 'claude-sonnet-4-5' }],
    strategy: 'ordered',
    context_window: 200_000,
    max_output_tokens: 64_000,
    input_usd: '3.00',
    output_usd: '15.00',
    end_of_life: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
    overridden: false,
  });
  expect(models['both']).toMatchObject({ context_window: 128_000, max_output_tokens: 16_384, input_usd: '3.00' });
  expect(models['claude-*']).toMatchObject({ context_window: null, max_output_tokens: null, input_usd: null, end_of_life: null });
  expect(models['newco/old']).toMatchObject({ end_of_life: '2026-12-24', input_usd: null, overridden: false });
});

test('what was changed at run time is in it: a new model, another target, a price', async () => {
  const admin = createAdminHarness(DOCUMENT);
  const capabilities = { context_window: 9_000, max_output_tokens: 1_000, end_of_life: '2027-01-31' };
  await admin.make('models', { id: 'newco/x-9', capabilities, usd_per_million_tokens: { input: '0.50', output: '1.25' } });
  await admin.make('models', { id: 'smart', targets: [{ provider: 'newco', model: 'x-9' }] });
  await admin.make('prices', { id: 'openai/gpt-4o', free: true });

  const models = await listed(admin);

  const facts = { context_window: 9_000, max_output_tokens: 1_000, input_usd: '0.50', output_usd: '1.25', end_of_life: '2027-01-31' };
  expect(models['newco/x-9']).toMatchObject({ ...facts, targets: [{ provider: 'newco', model: 'x-9' }], overridden: true });
  expect(models['smart']).toMatchObject({ ...facts, targets: [{ provider: 'newco', model: 'x-9' }], overridden: true });
  expect(models['openai/gpt-4o']).toMatchObject({ input_usd: '0.00', overridden: true });
});

test('what a model costs here is told: by the book, by an override, by an alias, and by nobody', async () => {
  const admin = createAdminHarness(DOCUMENT);
  const price = async (name: string) => (await admin.call('GET', `/prices-in-force/${encodeURIComponent(name)}`)).json;

  expect(await price('openai/gpt-4o')).toMatchObject({
    model: 'openai/gpt-4o',
    source: 'book',
    usd_per_million_tokens: { input: '2.50', output: '10.00', cache_read: '1.25' },
    context_window: 128_000,
  });
  expect(await price('smart')).toMatchObject({ model: 'anthropic/claude-sonnet-4-5', usd_per_million_tokens: { input: '3.00' } });
  await admin.make('prices', {
    id: 'openai/gpt-4o',
    usd_per_unit: { call: '0.0005' },
    usd_per_million_tokens: { input: '1', output: '2' },
  });
  expect(await price('openai/gpt-4o')).toMatchObject({
    source: 'override',
    usd_per_million_tokens: { input: '1.00', output: '2.00' },
    usd_per_unit: { call: '0.0005' },
  });
  await admin.make('prices', { id: 'openai/*', percent: '-33.3333', team_percent: { red: '10' } });
  expect(await price('openai/gpt-4o')).toMatchObject({
    usd_per_million_tokens: { input: '1.00', output: '2.00' },
    percent: '-33.3333',
    charged_usd_per_million_tokens: { input: '0.666667', output: '1.333334' },
    team_percent: { red: '10' },
  });
  expect(await price('smart')).not.toHaveProperty('percent');
  for (const name of ['nobody/x', 'nothing', 'newco/unheard-of'])
    expect([name, (await admin.call('GET', `/prices-in-force/${encodeURIComponent(name)}`)).status]).toEqual([name, 404]);
});
