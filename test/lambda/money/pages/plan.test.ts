import type { LevelRow } from '../../../../lambda/money/ledger/holders';
import { bindLevel } from '../../../../lambda/money/ledger/levels';
import { keepCounting, type PlannedPage, pagesOf, plannedPage } from '../../../../lambda/money/pages';

const NOW_MS = Date.parse('2026-11-24T10:00:00Z');
const MONTH_MS = Date.parse('2026-11-01T00:00:00Z');
const DOCUMENT = { gateway: {}, defaults: {} };
const row = (over: Partial<LevelRow> = {}): LevelRow => {
  const at = '2026-01-01T00:00:00.000Z';
  return { id: 'k1', status: 'active', generation: 3, createdAt: at, updatedAt: at, ...over };
};
const key = (over: Partial<LevelRow> = {}) => bindLevel(DOCUMENT, 'key', 'k1', row(over));
const team = (over: Partial<LevelRow> = {}) => bindLevel(DOCUMENT, 'team', 't1', row({ id: 't1', ...over }));
const QUESTION = { originalModel: 'anthropic/claude', candidateModels: ['anthropic/claude'] };
const shown = ({ spec }: PlannedPage) => ({
  key: spec.key,
  periods: spec.periods.map(({ name, limitNanoUsd, binds }) => [name, limitNanoUsd, binds]),
});

describe('pages of a request', () => {
  test('are the key’s first, and those of levels that bind', () => {
    const levels = [team({ limits: { requests_per_minute: 5 } }), bindLevel(DOCUMENT, 'user', 'u1', undefined), key()];

    const planned = pagesOf(levels, QUESTION, NOW_MS, new Map());

    expect(planned.map(shown)).toEqual([
      {
        key: 'page#key#k1#*',
        periods: [
          ['month', 0n, false],
          ['lifetime', 0n, false],
        ],
      },
      { key: 'page#team#t1#*', periods: [] },
    ]);
  });

  test('have one page a glob, if it covers the model', () => {
    const level = team({
      budgets: [
        { limit_usd: '1', period: 'month' },
        { limit_usd: '2', period: 'day', model: 'anthropic/*' },
        { limit_usd: '3', period: 'day', model: 'openai/*' },
      ],
      limits: { per_model: { 'anthropic/*': { concurrent_requests: 4 } } },
    });

    const [, ...others] = pagesOf([level, key()], QUESTION, NOW_MS, new Map());

    expect(others.map(shown)).toEqual([
      { key: 'page#team#t1#*', periods: [['month', 1_000_000_000n, true]] },
      { key: 'page#team#t1#anthropic/*', periods: [['day', 2_000_000_000n, true]] },
    ]);
    expect(others[1]?.spec.slots).toBe(4);
  });

  test('have the tighter of limits that are written for every model twice', () => {
    const wide = { requests_per_minute: 5, tokens_per_day: 1_000, concurrent_requests: 2 };
    const level = team({
      limits: { ...wide, per_model: { '*': { requests_per_minute: 3, requests_per_day: 100, concurrent_requests: 4 } } },
    });

    const [, page] = pagesOf([level, key()], QUESTION, NOW_MS, new Map());

    expect(page?.spec).toMatchObject({ requests: { minute: 3, day: 100 }, tokens: { day: 1_000 }, slots: 2 });
  });

  test('count the tighter of two budgets of one period, and a soft one without refusing', () => {
    const budgets = [
      { limit_usd: '2', period: 'month' },
      { limit_usd: '1', period: 'month' },
      { limit_usd: '5', period: 'lifetime', soft: true },
    ] as const;

    expect(shown(plannedPage(key({ budgets }), '*', NOW_MS)).periods).toEqual([
      ['month', 1_000_000_000n, true],
      ['lifetime', 5_000_000_000n, false],
    ]);
  });
});

describe('the generation of a page', () => {
  const increase = (expires_at: string) => ({ limit_usd: '10', expires_at });
  const budgets = [
    { limit_usd: '1', period: 'month', increase: increase('2026-11-24T09:00:00Z') },
    { limit_usd: '1', period: 'day', increase: increase('2026-11-24T11:00:00Z') },
  ] as const;

  test('follows the limits of its level, and steps at each end of an increase', () => {
    expect(plannedPage(key({ budgets }), '*', NOW_MS - 7_200_000).spec.generation).toBe(24);
    expect(plannedPage(key({ budgets }), '*', NOW_MS).spec.generation).toBe(25);
    expect(plannedPage(key({ budgets }), '*', NOW_MS + 7_200_000).spec.generation).toBe(26);
    expect(plannedPage(key({ budgets, limitsGeneration: 2 }), '*', NOW_MS).spec.generation).toBe(17);
  });

  test('never goes back for a clock that is behind', () => {
    const { spec } = plannedPage(key({ budgets }), '*', NOW_MS, new Map([['page#key#k1#*', 26]]));

    expect(spec.generation).toBe(26);
    expect(spec.periods.slice(0, 2).map(({ limitNanoUsd }) => limitNanoUsd)).toEqual([1_000_000_000n, 1_000_000_000n]);
  });

  test('of a level without a row is as good as the page’s own', () => {
    const none = bindLevel(DOCUMENT, 'team', 't1', undefined);

    expect(plannedPage(none, '*', NOW_MS, new Map([['page#team#t1#*', 41]])).spec.generation).toBe(41);
  });
});

describe('a change of budgets', () => {
  const keep = (before: LevelRow | undefined, after: LevelRow, kind: 'key' | 'team' = 'team') =>
    keepCounting(DOCUMENT, kind, before, after, NOW_MS);
  const month = { limit_usd: '5', period: 'month' } as const;

  test('a budget that is taken away counts until its period ends', () => {
    const after = keep(row({ budgets: [month] }), row({ generation: 4, budgets: [] }));

    expect(after.removedBudgets).toEqual([{ budget: month, timeZone: 'UTC', untilMs: Date.parse('2026-12-01T00:00:00Z') }]);
    expect(shown(plannedPage(team(after), '*', NOW_MS)).periods).toEqual([['month', 5_000_000_000n, false]]);
  });

  test('one that is put back goes on under its name', () => {
    const without = keep(row({ budgets: [month] }), row({ generation: 4, budgets: [] }));
    const back = keep(without, { ...without, generation: 5, budgets: [{ limit_usd: '7', period: 'month' }] });

    expect(back.restarts).toBeUndefined();
    expect(shown(plannedPage(team(back), '*', NOW_MS)).periods).toEqual([['month', 7_000_000_000n, true]]);
  });

  test('a new one of a team counts for itself, from what was spent', () => {
    const after = keep(row(), row({ generation: 4, budgets: [month] }));

    expect(after.restarts).toEqual({ [`*#month#${MONTH_MS}`]: 4 });
    expect(shown(plannedPage(team(after), '*', NOW_MS)).periods).toEqual([['month.4', 5_000_000_000n, true]]);
    expect(shown(plannedPage(team(after), '*', NOW_MS + 10 * 86_400_000)).periods).toEqual([['month', 5_000_000_000n, true]]);
  });

  test('a new one of a key goes on with what its page has always counted', () => {
    const after = keep(row(), row({ generation: 4, budgets: [month] }), 'key');

    expect(after.restarts).toBeUndefined();
    expect(shown(plannedPage(key(after), '*', NOW_MS)).periods[0]).toEqual(['month', 5_000_000_000n, true]);
  });

  test('a new key begins under plain names', () => {
    expect(keep(undefined, row({ budgets: [month] }), 'key').restarts).toBeUndefined();
  });

  test('another time zone has other periods, and they count for themselves', () => {
    const after = keep(row({ budgets: [month] }), row({ generation: 4, budgets: [month], timeZone: 'America/New_York' }));
    const { spec } = plannedPage(team(after), '*', NOW_MS);

    expect(spec.periods.map(({ name }) => name).sort()).toEqual(['month', 'month.4']);
    expect(spec.periods.find(({ name }) => name === 'month.4')).toMatchObject({ binds: true, startMs: MONTH_MS + 4 * 3_600_000 });
  });
});
