import type { GatewayDocument } from '../../../lib/private/contract';
import { createAdminHarness } from './harness';

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
      ['/prices', { id: 'openai/x', usd_per_million_tokens: { input: 1.25 } }, 'usd_per_million_tokens.input'],
      ['/prices', { id: 'openai/x', usd_per_million_tokens: { image: '1.00' } }, 'usd_per_million_tokens.image'],
      ['/prices', { id: 'openai/x', usd_per_unit: { hour: '1.00' } }, 'usd_per_unit.hour'],
      ['/prices', { id: 'openai/x', usd_per_unit: { image: 1 } }, 'usd_per_unit.image'],
      ['/prices', { id: 'openai/x', usd_per_unit: { image: '0.0000000000000001' } }, 'usd_per_unit.image'],
      ['/prices', { id: 'openai/x', usd_per_unit: {} }, 'usd_per_unit'],
    ];
    for (const [path, body, param] of cases) {
      const { status, json } = await admin.call('POST', path, { body });
      expect([status, json.error.param]).toEqual([400, param]);
    }
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
