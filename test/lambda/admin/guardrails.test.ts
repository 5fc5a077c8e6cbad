import type { GatewayDocument } from '../../../lib/private/contract';
import { createAdminHarness } from './harness';

const RULE = { name: 'people', detect: ['email'], action: 'mask' };
const POLICY = { id: 'pii', rules: [RULE] };
const HOOK = { name: 'own', webhook: { url: 'https://guard.example.com/v1/check', secret: 'hook-secret' }, action: 'block' };
const DOCUMENT = {
  providers: [{ id: 'openai' }],
  guardrails: [{ id: 'deployed', rules: [RULE] }],
  gateway: {},
  defaults: {},
} as unknown as GatewayDocument;

describe('guardrail policies at run time', () => {
  test('are made, versioned, listed beside those that were deployed, and taken away again', async () => {
    const admin = createAdminHarness(DOCUMENT);

    const made = await admin.call('POST', '/guardrails', { body: POLICY });
    const changed = await admin.call('PATCH', '/guardrails/pii', { body: { rules: [{ ...RULE, action: 'block' }] } });

    expect([made.status, made.json]).toEqual([201, expect.objectContaining(POLICY)]);
    expect(changed.json['version']).toBeGreaterThan(made.json['version'] as number);
    expect((await admin.call('GET', '/guardrails')).json.data).toEqual([{ id: 'deployed', rules: [RULE] }, changed.json]);
    expect((await admin.call('GET', '/guardrails/pii')).json).toEqual(changed.json);
    expect((await admin.call('DELETE', '/guardrails/pii')).status).toBe(204);
    expect((await admin.call('GET', '/guardrails')).json.data).toEqual([{ id: 'deployed', rules: [RULE] }]);
    const audit = (await admin.call('GET', '/audit?resource=guardrail')).json.data;
    expect(audit.map(({ action }) => action).sort()).toEqual(['create', 'delete', 'update']);
  });

  test('a deployed one is changed, and holds again when the change is taken away', async () => {
    const admin = createAdminHarness(DOCUMENT);

    await admin.call('POST', '/guardrails', { body: { id: 'deployed', enabled: false, rules: [] } });

    expect((await admin.call('GET', '/guardrails')).json.data).toMatchObject([{ id: 'deployed', enabled: false }]);
    await admin.call('DELETE', '/guardrails/deployed');
    expect((await admin.call('GET', '/guardrails')).json.data).toEqual([{ id: 'deployed', rules: [RULE] }]);
  });

  test("a webhook's secret is kept and never shown", async () => {
    const admin = createAdminHarness(DOCUMENT);

    const made = await admin.call('POST', '/guardrails', { body: { id: 'own', rules: [HOOK] } });

    expect(made.status).toBe(201);
    const shown = [
      made,
      await admin.call('GET', '/guardrails'),
      await admin.call('GET', '/guardrails/own'),
      await admin.call('GET', '/audit'),
    ];
    expect(shown.map(({ text }) => text).join('')).not.toContain('hook-secret');
    expect((await admin.services.overrides.get('guardrail', 'own'))?.rules[0]?.webhook?.secret).toBe('hook-secret');
  });

  test.each([
    [{ ...POLICY, rules: [{ ...RULE, detect: ['shoe_size'] }] }, 'rules[0].detect[0]'],
    [{ ...POLICY, rules: [{ ...RULE, deny: ['x'] }] }, 'rules[0].deny'],
    [{ ...POLICY, rules: [{ name: 'any', pattern: '.*', action: 'flag' }] }, 'rules[0].pattern'],
    [{ ...POLICY, rules: [RULE, RULE] }, 'rules[1].name'],
    [{ ...POLICY, colour: 'red' }, 'colour'],
    [
      { ...POLICY, rules: [{ name: 'm', openai_moderation: { provider: 'nobody', model: 'm' }, action: 'block' }] },
      'rules[0].openai_moderation.provider',
    ],
    [
      { ...POLICY, rules: [{ ...HOOK, webhook: { url: 'https://x.example', secret_arn: { value: 'arn' } } }] },
      'rules[0].webhook.secret_arn',
    ],
  ])('are refused by the field that is wrong: %#', async (body, param) => {
    const admin = createAdminHarness(DOCUMENT);

    const refused = await admin.call('POST', '/guardrails', { body });

    expect([refused.status, refused.json.error.param]).toEqual([400, param]);
  });

  test('levels, keys and routes name policies that there are', async () => {
    const admin = createAdminHarness(DOCUMENT);
    await admin.call('POST', '/guardrails', { body: POLICY });
    const named = { name: 'n', guardrails: ['pii', 'deployed'] };
    const targets = [{ provider: 'openai', model: 'gpt-5' }];

    const calls = [
      await admin.call('POST', '/teams', { body: { id: 't', ...named } }),
      await admin.call('POST', '/projects', { body: { team_id: 't', ...named } }),
      await admin.call('POST', '/users', { body: named }),
      await admin.call('POST', '/keys', { body: named }),
      await admin.call('PATCH', '/gateway', { body: { guardrails: named.guardrails } }),
      await admin.call('POST', '/models', { body: { id: 'smart', targets, guardrails: named.guardrails } }),
    ];
    expect(calls.map(({ json }) => json['guardrails'])).toEqual(calls.map(() => named.guardrails));

    const unknown = { guardrails: ['pii', 'gone'] };
    const refused = [
      await admin.call('PATCH', '/teams/t', { body: unknown }),
      await admin.call('POST', '/keys', { body: unknown }),
      await admin.call('PATCH', '/gateway', { body: unknown }),
      await admin.call('PATCH', '/models/smart', { body: { targets, ...unknown } }),
    ];
    expect(refused.map(({ status, json }) => [status, json.error.param])).toEqual(refused.map(() => [400, 'guardrails[1]']));
  });

  test('only the role admin makes them, and pins them', async () => {
    const admin = createAdminHarness(DOCUMENT);
    await admin.make('teams', { id: 't', name: 't', guardrails: ['deployed'], pinned: ['guardrails'] });
    const { text } = await admin.key({ team_id: 't', role: 'team_admin' });

    expect((await admin.call('POST', '/guardrails', { key: text, body: POLICY })).status).toBe(403);
    expect((await admin.call('GET', '/guardrails', { key: text })).status).toBe(200);
    expect((await admin.call('POST', '/keys', { key: text, body: { guardrails: ['deployed'] } })).status).toBe(403);
  });
});
