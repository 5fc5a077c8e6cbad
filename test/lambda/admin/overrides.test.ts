import { routeOf } from '../../../lambda/routing';
import { CAPABILITY_FIELDS, capabilityField, type GatewayDocument } from '../../../lib/private/contract';
import { createAdminHarness } from './harness';

const VALUES = { 'yes-or-no': false, length: 128, tokens: 1_000, number: 0.5, day: '2027-03-31' };
const CAPABILITIES = Object.fromEntries(
  Object.entries(CAPABILITY_FIELDS).map(([name, field]) => [capabilityField(name), typeof field === 'string' ? VALUES[field] : [...field]]),
);

const DOCUMENT = { providers: [{ id: 'openai' }, { id: 'anthropic' }], gateway: {}, defaults: {} } as unknown as GatewayDocument;

describe('overrides of routes and prices', () => {
  test('a route is overridden, versioned, and taken away again', async () => {
    const admin = createAdminHarness(DOCUMENT);
    const targets = [{ provider: 'openai', model: 'gpt-5' }];

    const made = await admin.call('POST', '/models', { body: { id: 'smart', targets } });
    const changed = await admin.call('PATCH', '/models/smart', {
      body: { targets: [{ provider: 'anthropic', model: 'claude' }] },
      headers: { 'if-match': made.headers['etag'] as string },
    });
    const stale = await admin.call('PATCH', '/models/smart', {
      body: { targets },
      headers: { 'if-match': made.headers['etag'] as string },
    });

    expect(made.json).toMatchObject({ id: 'smart', targets });
    expect(changed.json['version']).toBeGreaterThan(made.json['version'] as number);
    expect(stale.status).toBe(412);
    expect((await admin.call('GET', '/models')).json.data).toEqual([changed.json]);
    expect((await admin.call('DELETE', '/models/smart')).status).toBe(204);
    expect((await admin.call('GET', '/models/smart')).status).toBe(404);
    const audit = (await admin.call('GET', '/audit?resource=model')).json.data;
    expect(audit.map(({ action }) => action).sort()).toEqual(['create', 'delete', 'update']);
  });

  const SAID = {
    weight: 9.5,
    requests_per_minute: 60,
    tokens_per_minute: 100_000,
    when: {
      metadata: { task: 'title' },
      tags: { cost: '*' },
      keys: ['k1'],
      teams: ['search-*'],
      min_input_tokens: 1,
      max_input_tokens: 2_000,
      tools: false,
      pictures: false,
      hours: { from: '22:00', to: '06:00', time_zone: 'Europe/Berlin', days: ['mon'] },
    },
    parameters: { temperature: 0.5, top_p: 1, effort: 'low', service_tier: 'flex', max_output_tokens: 500 },
  };

  test('all that a deployed route can say can be said at run time, and is kept as it was given', async () => {
    const admin = createAdminHarness({ ...DOCUMENT, routes: [{ alias: 'cheap', targets: [{ provider: 'openai', model: 'x' }] }] });
    const said = {
      targets: [{ provider: 'openai', model: 'gpt-5', ...SAID }],
      strategy: 'lowest_cost',
      affinity: false,
      budget_fallback: 'cheap',
      content_policy_fallback: true,
      max_cost_usd: '0.50',
      shadow: { provider: 'openai', model: 'new', share: 0.5, budget: { limit_usd: '5', period: 'month' } },
    };

    const made = await admin.call('POST', '/models', { body: { id: 'smart', ...said } });

    expect([made.status, made.json]).toEqual([201, expect.objectContaining(said)]);
    expect((await admin.call('GET', '/models/smart')).json).toMatchObject(said);
    const stored = await admin.services.overrides.get('model', 'smart');
    expect(stored === undefined ? undefined : routeOf(stored)).toEqual({ alias: 'smart', ...said });
    const [listed] = (await admin.call('GET', '/models-in-force')).json.data.filter(({ alias }) => alias === 'smart');
    expect(listed).toMatchObject({ targets: said.targets, strategy: 'lowest_cost', overridden: true });
  });

  const target = { provider: 'openai', model: 'gpt-5' };
  const SHADOW = { ...target, share: 0.1, budget: { limit_usd: '1', period: 'day' } };
  test.each<[object, string]>([
    [{ targets: [{ ...target, weight: -1 }] }, 'targets[0].weight'],
    [{ targets: [{ ...target, weight: '1' }] }, 'targets[0].weight'],
    [{ targets: [{ ...target, model: 'gpt-*' }] }, 'targets[0].model'],
    [{ targets: [{ ...target, model: '../x' }] }, 'targets[0].model'],
    [{ targets: [target, { ...target, provider: 'nobody' }] }, 'targets[1].provider'],
    [{ targets: [{ ...target, tokens_per_minute: 0 }] }, 'targets[0].tokens_per_minute'],
    [{ targets: [{ ...target, when: {} }] }, 'targets[0].when'],
    [{ targets: [{ ...target, when: { team: ['x'] } }] }, 'targets[0].when.team'],
    [{ targets: [{ ...target, when: { hours: { from: '9:00', to: '10:00' } } }] }, 'targets[0].when.hours.from'],
    [{ targets: [{ ...target, when: { hours: { from: '09:00', to: '09:00' } } }] }, 'targets[0].when.hours.to'],
    [{ targets: [{ ...target, when: { hours: { from: '09:00', to: '10:00', time_zone: 'Mars' } } }] }, 'targets[0].when.hours.time_zone'],
    [{ targets: [{ ...target, when: { min_input_tokens: 5, max_input_tokens: 4 } }] }, 'targets[0].when.min_input_tokens'],
    [{ targets: [{ ...target, parameters: { effort: 'hard' } }] }, 'targets[0].parameters.effort'],
    [{ targets: [target], strategy: 'fastest' }, 'strategy'],
    [{ targets: [target], shadow: { ...SHADOW, provider: 'nobody' } }, 'shadow.provider'],
    [{ targets: [target], shadow: { ...SHADOW, share: 0 } }, 'shadow.share'],
    [{ targets: [target], shadow: { ...SHADOW, budget: { limit_usd: '1', period: 'year' } } }, 'shadow.budget.period'],
    [{ targets: [target], max_cost_usd: 0.5 }, 'max_cost_usd'],
    [{ targets: [target], max_cost_usd: '-1' }, 'max_cost_usd'],
    [{ targets: [target], budget_fallback: 'nobody' }, 'budget_fallback'],
    [{ targets: [target], budget_fallback: 'smart' }, 'budget_fallback'],
    [{ targets: [target], budget_fallback: 'nobody/x' }, 'budget_fallback'],
  ])('C03 fails for a route that no call could go: %j', async (body, param) => {
    const admin = createAdminHarness(DOCUMENT);

    const { status, json } = await admin.call('POST', '/models', { body: { id: 'smart', ...body } });

    expect([status, json.error.param]).toEqual([400, param]);
  });

  test('fails for what belongs to a route where there is none', async () => {
    const admin = createAdminHarness(DOCUMENT);
    const body = { id: 'openai/x', free: true, strategy: 'weighted' };

    expect((await admin.call('POST', '/models', { body })).json.error).toMatchObject({ param: 'strategy' });
  });

  test('ids hold slashes, encoded or not', async () => {
    const admin = createAdminHarness(DOCUMENT);
    const made = await admin.call('POST', '/prices', {
      body: { id: 'openai/gpt-5', usd_per_million_tokens: { input: '1.25', output: '10.00' }, context_window: 400_000 },
    });

    expect(made.status).toBe(201);
    expect((await admin.call('GET', '/prices/openai/gpt-5')).json).toEqual(made.json);
    expect((await admin.call('GET', '/prices/openai%2Fgpt-5')).json).toEqual(made.json);
    expect((await admin.services.overrides.get('price', 'openai/gpt-5'))?.usdPerMillionTokens).toEqual({ input: '1.25', output: '10.00' });
  });

  test('a price by the picture, second, character, page and call is kept as it was given', async () => {
    const admin = createAdminHarness(DOCUMENT);
    const usd_per_unit = { image: '0.04', second: '0.000011111111112', character: '0.000015', page: '0.001', call: '2.00' };
    const made = await admin.call('POST', '/prices', { body: { id: 'openai/all', usd_per_unit } });

    expect(made.status).toBe(201);
    expect((await admin.call('GET', '/prices/openai/all')).json).toMatchObject({ id: 'openai/all', usd_per_unit });
    expect((await admin.services.overrides.get('price', 'openai/all'))?.usdPerUnit).toEqual(usd_per_unit);
  });

  test('what is charged on top of a price is kept as it was given, for everybody and for teams', async () => {
    const admin = createAdminHarness(DOCUMENT);
    const said = { percent: '-12.5', team_percent: { team_red: '10', team_blue: '-100' } };
    const made = await admin.call('POST', '/prices', { body: { id: 'openai/*', ...said } });

    expect([made.status, made.json]).toEqual([201, expect.objectContaining(said)]);
    expect((await admin.call('GET', '/prices/openai/*')).json).toEqual(made.json);
    expect(await admin.services.overrides.get('price', 'openai/*')).toMatchObject({ percent: '-12.5', teamPercent: said.team_percent });
  });

  test('a price is replaced as a whole', async () => {
    const admin = createAdminHarness(DOCUMENT);
    await admin.call('POST', '/prices', { body: { id: 'vllm/*', usd_per_million_tokens: { input: '1.00' } } });

    const changed = await admin.call('PATCH', '/prices/vllm/*', { body: { free: true } });

    expect(changed.json['free']).toBe(true);
    expect(changed.json['usd_per_million_tokens']).toBeUndefined();
  });

  test('fails for a provider that is not configured, for floats and for unknown classes', async () => {
    const admin = createAdminHarness(DOCUMENT);
    const cases: [string, unknown, string][] = [
      ['/models', { id: 'smart', targets: [{ provider: 'nobody', model: 'x' }] }, 'targets[0].provider'],
      ['/models', { id: 'smart', targets: [] }, 'targets'],
      ['/models', { id: 'smart', free: false }, 'free'],
      ['/prices', { id: 'openai/x', usd_per_million_tokens: { input: 1.25 } }, 'usd_per_million_tokens.input'],
      ['/prices', { id: 'openai/x', usd_per_million_tokens: { image: '1.00' } }, 'usd_per_million_tokens.image'],
      ['/prices', { id: 'openai/x', usd_per_unit: { hour: '1.00' } }, 'usd_per_unit.hour'],
      ['/prices', { id: 'openai/x', usd_per_unit: { image: 1 } }, 'usd_per_unit.image'],
      ['/prices', { id: 'openai/x', usd_per_unit: { image: '0.0000000000000001' } }, 'usd_per_unit.image'],
      ['/prices', { id: 'openai/x', usd_per_unit: {} }, 'usd_per_unit'],
      ['/prices', { id: 'openai/x', context_window: 1 }, 'context_window'],
      ['/prices', { id: 'openai/x', max_output_tokens: 127 }, 'max_output_tokens'],
      ['/prices', { id: 'openai/x', percent: -12.5 }, 'percent'],
      ['/prices', { id: 'openai/x', percent: '-100.5' }, 'percent'],
      ['/prices', { id: 'openai/x', percent: '1001' }, 'percent'],
      ['/prices', { id: 'openai/x', percent: '1.00001' }, 'percent'],
      ['/prices', { id: 'openai/x', team_percent: { red: '+5' } }, 'team_percent.red'],
      ['/prices', { id: 'openai/x', team_percent: {} }, 'team_percent'],
      ['/prices', { id: 'openai/x', usd_per_tool_call: { default: '0' } }, 'usd_per_tool_call.default'],
      ['/prices', { id: 'openai/x', usd_per_tool_call: { default: '0.000' } }, 'usd_per_tool_call.default'],
    ];
    for (const [path, body, param] of cases) {
      const { status, json } = await admin.call('POST', path, { body });
      expect([status, json.error.param]).toEqual([400, param]);
    }
  });

  test('of a model every fact of the catalogue can be said, with its price, and is kept as it was given', async () => {
    const admin = createAdminHarness(DOCUMENT);
    const said = { capabilities: CAPABILITIES, usd_per_million_tokens: { input: '1.00', output: '2.50' } };
    const made = await admin.call('POST', '/models', { body: { id: 'newco/x-9', ...said } });

    expect(made.status).toBe(201);
    expect((await admin.call('GET', '/models/newco/x-9')).json).toMatchObject({ id: 'newco/x-9', ...said });
    const changed = await admin.call('PATCH', '/models/newco%2Fx-9', { body: { capabilities: { max_temperature: 1.5 } } });
    expect(changed.json['capabilities']).toEqual({ max_temperature: 1.5 });
    expect(changed.json['usd_per_million_tokens']).toBeUndefined();
    const stored = await admin.services.overrides.get('model', 'newco/x-9');
    expect(stored?.capabilities).toEqual({ max_temperature: 1.5 });
  });

  test.each([
    [{ id: 'newco/x' }, null, 'at least one field'],
    [{ id: 'smart', capabilities: { seed: true } }, 'capabilities', 'give the id as provider/model'],
    [{ id: 'smart', free: true }, 'free', 'give the id as provider/model'],
    [{ id: 'newco/x', capabilities: {} }, 'capabilities', 'at least one field'],
    [{ id: 'newco/x', capabilities: { temprature: false } }, 'capabilities.temprature', 'known are context_window, max_output_tokens,'],
    [{ id: 'newco/x', capabilities: { temperature: 'no' } }, 'capabilities.temperature', 'of type boolean'],
    [{ id: 'newco/x', capabilities: { max_output_tokens: 127 } }, 'capabilities.max_output_tokens', 'at least 128'],
    [{ id: 'newco/x', capabilities: { max_output_tokens: 1.5 } }, 'capabilities.max_output_tokens', 'of type integer'],
    [{ id: 'newco/x', capabilities: { max_temperature: 0 } }, 'capabilities.max_temperature', 'greater than 0'],
    [{ id: 'newco/x', capabilities: { efforts: ['huge'] } }, 'capabilities.efforts[0]', '"minimal"'],
    [{ id: 'newco/x', capabilities: { efforts: 'low' } }, 'capabilities.efforts', 'of type array'],
    [{ id: 'newco/x', capabilities: { end_of_life: 'soon' } }, 'capabilities.end_of_life', '2027-03-31'],
  ])('fails for %j and says what would be right', async (body, param, words) => {
    const admin = createAdminHarness(DOCUMENT);

    const { status, json } = await admin.call('POST', '/models', { body });

    expect([status, json.error.param]).toEqual([400, param]);
    expect(json.error.message).toContain(words);
  });

  test('fails to take the targets of an alias away', async () => {
    const admin = createAdminHarness(DOCUMENT);
    await admin.call('POST', '/models', { body: { id: 'smart', targets: [{ provider: 'openai', model: 'x' }] } });

    const { status, json } = await admin.call('PATCH', '/models/smart', { body: { capabilities: { seed: false } } });

    expect([status, json.error.param]).toEqual([400, 'capabilities']);
  });

  test('the same creation with an idempotency key is answered again, another is a conflict', async () => {
    const admin = createAdminHarness(DOCUMENT);
    const options = { body: { id: 'smart', targets: [{ provider: 'openai', model: 'x' }] }, headers: { 'idempotency-key': 'one' } };

    const first = await admin.call('POST', '/models', options);
    const again = await admin.call('POST', '/models', options);
    const other = await admin.call('POST', '/models', { ...options, body: { id: 'smart', targets: [{ provider: 'openai', model: 'y' }] } });

    expect(again.json).toEqual(first.json);
    expect(other.status).toBe(409);
  });
});
