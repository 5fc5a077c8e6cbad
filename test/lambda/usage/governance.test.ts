import { createAuditStore } from '../../../lambda/aws/dynamodb';
import type { TeamRecord } from '../../../lambda/identity/entities';
import { bindLevel } from '../../../lambda/money/ledger';
import { plannedPage } from '../../../lambda/money/pages';
import type { BudgetConfig } from '../../../lib/private/contract';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { asks, entryFor, reserveOn } from '../../support/pages';
import { createUsageHarness, NOON } from './harness';

const MONTH_START = Date.parse('2026-11-01T00:00:00Z');
const PAGE = 'page#team#t1#*';
const BUDGET = `${PAGE}#month#${MONTH_START}`;

function team(budgets: readonly BudgetConfig[]): TeamRecord {
  return { id: 't1', status: 'active', budgets, generation: 1, createdAt: '2026-11-01T00:00:00Z', updatedAt: '2026-11-01T00:00:00Z' };
}

/** One call that the team's page of these models is charged for. */
async function charge(usage: Usage, id: string, nanoUsd: bigint, narrowing = '*', spentBefore = 0n): Promise<void> {
  const row = await usage.identity.get('team', 't1', { consistent: true });
  const { spec } = plannedPage(bindLevel({ gateway: {}, defaults: {} }, 'team', 't1', row), narrowing, usage.state.now);
  const roomy = { ...spec, periods: spec.periods.map((period) => ({ ...period, binds: false })) };
  const request = asks(1n, { nowMs: usage.state.now, spentBefore: () => spentBefore });
  const reached = await reserveOn(usage.pages, roomy, id, request);
  if (reached.kind !== 'reserved') throw new Error(reached.kind);
  await usage.pages.close(spec.key, id, entryFor(reached.take, request), { costNanoUsd: nanoUsd });
  const starts = Object.fromEntries(spec.periods.map(({ name, startMs }) => [name, startMs]));
  await usage.request({ id, teamId: 't1', pages: [{ page: spec.key, starts }] }, { costNanoUsd: nanoUsd });
}

async function spend(usage: Usage, id: string, nanoUsd: bigint): Promise<void> {
  await charge(usage, id, nanoUsd);
  await usage.drain();
}

type Usage = ReturnType<typeof createUsageHarness>;

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
    const told = usage.lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'budget-threshold');
    expect(told.map(({ budget, count, costNanoUsd }) => [budget, count, costNanoUsd])).toEqual([
      ['team t1 month', 50, '5000000000'],
      ['team t1 month', 80, '10000000000'],
      ['team t1 month', 100, '10000000000'],
    ]);
    expect(usage.published[0]).toEqual({
      type: 'budget-threshold-reached',
      at: new Date(NOON).toISOString(),
      detail: {
        id: `${BUDGET}#0.5#10.00`,
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
    await charge(usage, 'a-01', 10n ** 8n, model, 600_000_000n);
    await usage.drain();

    expect(usage.published.map(({ detail }) => (detail as { spent_usd: string }).spent_usd)).toEqual(['0.70']);
  });

  test('what was reserved on a part of a busy page counts for the page', async () => {
    const usage = createUsageHarness();
    await usage.identity.create('team', team([{ limit_usd: '1.00', period: 'month', alert_at: [1] }]));
    await charge(usage, 's-00', 1_200_000_000n);
    usage.stream.splice(0);
    const starts = { month: MONTH_START };
    await usage.request({ id: 's-01', teamId: 't1', pages: [{ page: `${PAGE}#8.${MONTH_START / 1_000}.3`, starts }] });

    await usage.drain();

    expect(usage.published.map(({ detail }) => (detail as { spent_usd: string }).spent_usd)).toEqual(['1.20']);
  });

  test.each([
    ['by the page', false],
    ['by the rollups, where the next call has rolled the page', true],
  ])('spend of a period’s last moments is told of after its end, %s', async (_how, rolled) => {
    const usage = createUsageHarness();
    await usage.identity.create('team', team([{ limit_usd: '1.00', period: 'month', alert_at: [0.5, 1] }]));
    usage.state.now = Date.UTC(2026, 10, 30, 23, 59, 59);
    await charge(usage, 'a-01', 1_200_000_000n);
    usage.state.now = Date.UTC(2026, 11, 1, 0, 0, 1);
    if (rolled) await charge(usage, 'b-02', 1n);

    await usage.drain();
    await usage.drain();

    expect(usage.published.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({ threshold: 0.5, period_start: '2026-11-01T00:00:00.000Z', spent_usd: '1.20' }),
      expect.objectContaining({ threshold: 1, period_start: '2026-11-01T00:00:00.000Z', spent_usd: '1.20' }),
    ]);
  });

  test('a crash between the rollup and the alert loses no alert', async () => {
    const usage = createUsageHarness();
    await usage.identity.create('team', team([{ limit_usd: '1.00', period: 'month', alert_at: [1] }]));
    await charge(usage, 'a-01', 2_000_000_000n);
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
