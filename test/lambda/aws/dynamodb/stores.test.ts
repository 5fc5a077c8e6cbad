import { createAuditStore, createIdempotencyStore, createIdentityStore, createOverrideStore } from '../../../../lambda/aws/dynamodb';
import type { DynamoDbConnector } from '../../../../lambda/aws/dynamodb/dynamodb';
import type { KeyRecord } from '../../../../lambda/identity/entities';
import { openEngineDynamoDb } from '../../../support/engine-dynamodb';
import { createMemoryDynamoDb, TABLE_NAMES } from '../../../support/memory-dynamodb';

const STAMP = { status: 'active' as const, generation: 1, createdAt: '2026-11-24T00:00:00.000Z', updatedAt: '2026-11-24T00:00:00.000Z' };
const KEY: KeyRecord = {
  id: 'k1',
  ...STAMP,
  name: 'ci',
  teamId: 't1',
  role: 'caller',
  hashes: [
    { pepperVersion: 1, hmac: 'ab', validUntil: '2027-01-01T00:00:00.000Z' },
    { pepperVersion: 2, hmac: 'cd' },
  ],
  lastFour: 'wxyz',
  budgets: [{ limit_usd: '25.00', period: 'month', alert_at: [0.5, 1], soft: false }],
  limits: { requests_per_minute: 5, per_model: { 'openai/*': { tokens_per_minute: 7 } } },
  models: ['smart', 'openai/*'],
  tags: { app: 'x' },
  metadata: { pk: 'not a key', owner: 'someone' },
  timeZone: 'Europe/Berlin',
  expiresAt: '2027-01-01T00:00:00.000Z',
};

describe.each(['memory', 'embedded engine'])('on the %s', (which) => {
  let connector: DynamoDbConnector;
  let close = async (): Promise<void> => undefined;
  beforeEach(async () => {
    if (which === 'memory') connector = createMemoryDynamoDb();
    else {
      const opened = await openEngineDynamoDb();
      connector = opened.connector;
      close = () => opened.engine.close();
    }
  });
  afterEach(() => close());

  test('a key reads back as it was written, and is only replaced in the generation that was read', async () => {
    const identity = createIdentityStore(connector, TABLE_NAMES.identity);
    expect(await identity.create('key', KEY)).toBe('done');
    expect(await identity.create('key', KEY)).toBe('conflict');
    expect(await identity.get('key', 'k1', { consistent: true })).toEqual(KEY);

    expect(await identity.replace('key', { ...KEY, status: 'revoked', generation: 2 }, 1)).toBe('done');
    expect(await identity.replace('key', { ...KEY, generation: 2 }, 1)).toBe('conflict');
    expect((await identity.get('key', 'k1'))?.status).toBe('revoked');
    expect(await identity.remove('key', 'k1', 1)).toBe('conflict');
    expect(await identity.remove('key', 'k1', 2)).toBe('done');
    expect(await identity.get('key', 'k1')).toBeUndefined();
  });

  test('lists come by kind and by team, page by page', async () => {
    const identity = createIdentityStore(connector, TABLE_NAMES.identity);
    for (let count = 0; count < 7; count++) {
      await identity.create('key', { ...KEY, id: `k${count}`, teamId: count % 2 === 0 ? 't1' : 't2' });
    }
    await identity.create('team', { id: 't1', ...STAMP });

    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await identity.list('key', { limit: 3, ...(after === undefined ? {} : { after }) });
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6']);

    const first = await identity.list('key', { teamId: 't1', limit: 2 });
    const second = await identity.list('key', { teamId: 't1', limit: 9, after: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['k0', 'k2', 'k4', 'k6']);
    expect((await identity.list('team')).items.map(({ id }) => id)).toEqual(['t1']);
  });

  test('overrides are listed, replaced in their generation and removed', async () => {
    const overrides = createOverrideStore(connector, TABLE_NAMES.identity);
    const price = { id: 'openai/gpt-*', usdPerMillionTokens: { input: '1.5' }, generation: 1, updatedAt: STAMP.updatedAt };
    expect(await overrides.put('price', price)).toBe('done');
    expect(await overrides.put('price', price)).toBe('conflict');
    expect(await overrides.put('price', { ...price, free: true, generation: 2 }, 1)).toBe('done');
    await overrides.put('model', {
      id: 'smart',
      targets: [{ provider: 'openai', model: 'gpt-5' }],
      generation: 1,
      updatedAt: STAMP.updatedAt,
    });

    expect(await overrides.list('price')).toEqual([{ ...price, free: true, generation: 2 }]);
    expect((await overrides.get('model', 'smart'))?.targets).toEqual([{ provider: 'openai', model: 'gpt-5' }]);
    expect(await overrides.remove('price', price.id, 1)).toBe('conflict');
    expect(await overrides.remove('price', price.id, 2)).toBe('done');
    expect(await overrides.list('price')).toEqual([]);
  });

  test('audit entries are listed by month, newest first', async () => {
    const audit = createAuditStore(connector, TABLE_NAMES.audit);
    for (const day of ['01', '02', '03']) {
      await audit.append({
        id: `e${day}`,
        at: `2026-11-${day}T00:00:00.000Z`,
        actor: 'root',
        actorRole: 'admin',
        action: 'update',
        resource: 'team',
        resourceId: 't1',
        before: { name: 'old' },
        after: { name: 'new' },
      });
    }
    const first = await audit.list('2026-11', { limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(['e03', 'e02']);
    expect((await audit.list('2026-11', { after: first.next ?? '' })).items).toMatchObject([{ id: 'e01', before: { name: 'old' } }]);
  });

  test('R09 an audit entry is never written over', async () => {
    const audit = createAuditStore(connector, TABLE_NAMES.audit);
    const entry = { id: 'a1', at: '2026-10-01T00:00:00.000Z', actor: 'k1', actorRole: 'admin', resource: 'key', resourceId: 'k2' };
    await audit.append({ ...entry, action: 'revoke' });

    await expect(audit.append({ ...entry, action: 'update' })).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect((await audit.list('2026-10')).items).toEqual([{ ...entry, action: 'revoke' }]);
  });

  test('D17 D18 an idempotency key is taken once, and tells who took it, with what, and how it ended', async () => {
    const keys = createIdempotencyStore(connector, TABLE_NAMES.records);
    const claim = { id: 'r1', fingerprint: 'f1' };
    expect(await keys.claim('k1', 'a b/c', claim, 2_000_000_000)).toBe('claimed');
    expect(await keys.claim('k1', 'a b/c', { id: 'r2', fingerprint: 'f2' }, 2_000_000_000)).toEqual(claim);
    expect(await keys.claim('k2', 'a b/c', { id: 'r3', fingerprint: 'f1' }, 2_000_000_000)).toBe('claimed');
    await keys.complete('k1', 'a b/c', { ...claim, answer: '{"ok":true}' }, 2_000_000_000);
    expect(await keys.claim('k1', 'a b/c', claim, 2_000_000_000)).toEqual({ ...claim, answer: '{"ok":true}' });
  });
});
