import { createAuditStore, createCounterStore } from '../../../lambda/aws/dynamodb';
import type { TeamRecord } from '../../../lambda/identity/entities';
import { counterKey } from '../../../lambda/money/ledger/names';
import type { BudgetConfig } from '../../../lib/private/contract';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { createUsageHarness, NOON } from './harness';

const MONTH_START = Date.parse('2026-11-01T00:00:00Z');
const COUNTER = counterKey('team#t1', '*', 'month', MONTH_START);

function team(budgets: readonly BudgetConfig[]): TeamRecord {
  return { id: 't1', status: 'active', budgets, generation: 1, createdAt: '2026-11-01T00:00:00Z', updatedAt: '2026-11-01T00:00:00Z' };
}

async function spend(usage: ReturnType<typeof createUsageHarness>, id: string, nanoUsd: bigint) {
  await usage.request({ id, teamId: 't1', counters: [{ counter: COUNTER, nanoUsd: 10n ** 10n }] }, { costNanoUsd: nanoUsd });
  await usage.drain();
}

describe('budget alerts', () => {
  test('each threshold is told once, when the spend reaches it', async () => {
    const usage = createUsageHarness();
    await usage.identity.create('team', team([{ limit_usd: '10.00', period: 'month', alert_at: [0.5, 0.8, 1] }]));

    await spend(usage, 'a-01', 4_999_999_999n);
    expect(usage.published).toEqual([]);
    await spend(usage, 'b-02', 1n);
    expect(usage.published.map((event) => (event.detail as { threshold: number }).threshold)).toEqual([0.5]);
    await spend(usage, 'c-03', 5_000_000_000n);

    expect(usage.published.map((event) => (event.detail as { threshold: number }).threshold)).toEqual([0.5, 0.8, 1]);
    expect(usage.published[0]).toEqual({
      type: 'budget-threshold-reached',
      at: new Date(NOON).toISOString(),
      detail: {
        id: `${COUNTER}#0.5#10.00`,
        gateway: 'test',
        at: new Date(NOON).toISOString(),
        level: 'team',
        level_id: 't1',
        period: 'month',
        period_start: '2026-11-01T00:00:00.000Z',
        threshold: 0.5,
        limit_usd: '10.00',
        spent_usd: '5.00',
      },
    });
  });

  test('a raised limit has thresholds of its own, a budget without thresholds none', async () => {
    const usage = createUsageHarness();
    await usage.identity.create('team', team([{ limit_usd: '1.00', period: 'month', alert_at: [1] }]));
    await spend(usage, 'a-01', 1_000_000_000n);
    await usage.identity.replace('team', { ...team([{ limit_usd: '2.00', period: 'month', alert_at: [1] }]), generation: 2 }, 1);
    await spend(usage, 'b-02', 500_000_000n);
    expect(usage.published).toHaveLength(1);
    await spend(usage, 'c-03', 500_000_000n);
    expect(usage.published).toHaveLength(2);
    await usage.identity.replace('team', { ...team([{ limit_usd: '2.00', period: 'month' }]), generation: 3 }, 2);
    await spend(usage, 'd-04', 5_000_000_000n);
    expect(usage.published).toHaveLength(2);
  });

  test.each(['*', 'openai/*'])('R13 what a budget of %s that is new in its period started with counts too', async (model) => {
    const usage = createUsageHarness();
    const narrowed = model === '*' ? {} : { model };
    await usage.identity.create('team', team([{ limit_usd: '1.00', period: 'month', alert_at: [0.5, 1], ...narrowed }]));
    const spec = { key: counterKey('team#t1', model, 'month', MONTH_START), limitNanoUsd: 10n ** 9n, generation: 2, soft: false };
    const counters = createCounterStore(usage.database, TABLE_NAMES.counters);
    await counters.reserve(
      spec,
      'a-01',
      { nanoUsd: 10n ** 8n, expiresAtMs: NOON },
      async () => ({ spec, spentNanoUsd: 600_000_000n }),
      1_000,
    );

    await usage.request({ id: 'a-01', teamId: 't1', counters: [{ counter: spec.key, nanoUsd: 10n ** 8n }] }, { costNanoUsd: 10n ** 8n });
    await usage.drain();
    expect(usage.published.map(({ detail }) => (detail as { spent_usd: string }).spent_usd)).toEqual(['0.70']);

    // It is told of what came late with its next request.
    await counters.startFrom(spec.key, 950_000_000n);
    await usage.request({ id: 'b-02', teamId: 't1', counters: [{ counter: spec.key, nanoUsd: 10n ** 8n }] }, { costNanoUsd: 1n });
    await usage.drain();
    expect(usage.published.map(({ detail }) => (detail as { threshold: number }).threshold)).toEqual([0.5, 1]);
  });

  test('what was reserved on a shard of a busy counter counts for the counter', async () => {
    const usage = createUsageHarness();
    await usage.identity.create('team', team([{ limit_usd: '1.00', period: 'month', alert_at: [1] }]));
    for (const [index, shard] of ['', '#shard0', '#shard12'].entries()) {
      const counters = [{ counter: `${COUNTER}${shard}`, nanoUsd: 10n ** 10n }];
      await usage.request({ id: `s-0${index}`, teamId: 't1', counters }, { costNanoUsd: 400_000_000n });
    }

    await usage.drain();

    expect(usage.published.map(({ detail }) => (detail as { spent_usd: string }).spent_usd)).toEqual(['1.20']);
    expect(await usage.held()).toEqual(usage.fold());
  });

  test('a crash between the rollup and the alert loses no alert', async () => {
    const usage = createUsageHarness();
    await usage.identity.create('team', team([{ limit_usd: '1.00', period: 'month', alert_at: [1] }]));
    await usage.request(
      { id: 'a-01', teamId: 't1', counters: [{ counter: COUNTER, nanoUsd: 10n ** 10n }] },
      { costNanoUsd: 2_000_000_000n },
    );
    const batch = usage.stream.splice(0);
    usage.database.hooks = {
      before: ({ operation }) => {
        if (operation === 'putItem') throw Object.assign(new Error('down'), { name: 'TimeoutError' });
      },
    };

    await expect(usage.deliver(batch)).rejects.toThrow('down');
    usage.database.hooks = {};
    await usage.deliver(batch);
    await usage.drain();

    expect(usage.published.filter((event) => event.type === 'budget-threshold-reached')).toHaveLength(1);
  });
});

describe('governance events', () => {
  test('a change is told with who and what, not with what it was before and after', async () => {
    const usage = createUsageHarness();
    const audit = createAuditStore(usage.database, TABLE_NAMES.audit);
    await audit.append({
      id: 'a1',
      at: '2026-11-24T12:00:00.000Z',
      actor: 'root',
      actorRole: 'admin',
      action: 'revoke',
      resource: 'key',
      resourceId: 'k1',
      teamId: 't1',
      before: { name: 'SECRET-CONTENT' },
    });

    await usage.drain();

    expect(usage.published).toEqual([
      {
        type: 'key-revoked',
        at: '2026-11-24T12:00:00.000Z',
        detail: {
          id: 'a1',
          gateway: 'test',
          at: '2026-11-24T12:00:00.000Z',
          actor: { key_id: 'root', role: 'admin' },
          resource: 'key',
          resource_id: 'k1',
          team_id: 't1',
        },
      },
    ]);
  });

  test('when the bus is down the batch is delivered again', async () => {
    const usage = createUsageHarness();
    await createAuditStore(usage.database, TABLE_NAMES.audit).append({
      id: 'a1',
      at: '2026-11-24T12:00:00.000Z',
      actor: 'root',
      actorRole: 'admin',
      action: 'create',
      resource: 'team',
      resourceId: 't1',
    });
    const batch = usage.stream.splice(0);
    usage.state.busFails = true;

    await expect(usage.deliver(batch)).rejects.toThrow('the bus is down');
    usage.state.busFails = false;
    await usage.deliver(batch);

    expect(usage.published.map((event) => event.type)).toEqual(['team-created']);
  });
});
