import fc from 'fast-check';
import { createRollupStore, createSpendStore, spendChanges, spendNames } from '../../../../lambda/aws/dynamodb';
import type { KeyRecord, LevelRecord } from '../../../../lambda/identity/entities';
import { bindLevel } from '../../../../lambda/money/ledger';
import type { LevelKind } from '../../../../lambda/money/ledger/holders';
import { keepCounting, movePages, plannedPage } from '../../../../lambda/money/pages';
import { bindsModel } from '../../../../lambda/wire/model/model-pattern';
import type { BudgetConfig } from '../../../../lib/private/contract';
import { budget, EMPTY_DOCUMENT, type LedgerWorld, ledgerWorld, outcome } from '../../../support/ledger-world';

const IDS = { gateway: 'gateway', team: 't1', project: 'p1', user: 'u1', key: 'k1', tag: 'app=x' } as const;
/** The names that the world's requests are known by. */
const OWN = spendNames('openai/gpt-5', ['openai/gpt-5']);
const MODELS = ['openai/gpt-5', 'claude1', 'claude4'] as const;
const LEVELS = Object.keys(IDS) as (keyof typeof IDS)[];

async function place(kind: LevelKind, budgets: readonly BudgetConfig[]) {
  const world = ledgerWorld();
  for (const level of LEVELS) {
    if (level !== 'key') await world.addLevel(level, { id: IDS[level], ...(level === kind ? { budgets } : {}) });
  }
  const key = await world.addKey({ id: IDS.key, teamId: 't1', projectId: 'p1', userId: 'u1', ...(kind === 'key' ? { budgets } : {}) });
  const own = world.process();
  return {
    world,
    ledger: own,
    /** As the admin API changes a level. */
    async change(fields: Partial<LevelRecord>): Promise<void> {
      const before = (await world.identity.get(kind, IDS[kind], { consistent: true })) as LevelRecord;
      const changed = { ...before, ...fields, generation: before.generation + 1, updatedAt: new Date(world.clock.now()).toISOString() };
      const after = keepCounting(EMPTY_DOCUMENT, kind, before, changed, world.clock.now());
      await world.identity.replace(kind, after as never, before.generation);
      await movePages(world.pages, EMPTY_DOCUMENT, kind, after, world.clock.now());
    },
    async spend(cost: bigint, model = 'openai/gpt-5', ledger = own): Promise<void> {
      const row = (await world.identity.get('key', key.id)) as KeyRecord;
      const names = { originalModel: model, candidateModels: [model] };
      const request = world.request(row, { tags: { app: 'x' }, bound: { costNanoUsd: cost, tokens: 1 }, ...names });
      const result = await ledger.admit(request);
      if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
      await result.reservation.settle(outcome(cost));
    },
    spent: (wanted: BudgetConfig): Promise<bigint> => spentOn(world, kind, wanted),
  };
}

async function spentOn(world: LedgerWorld, kind: LevelKind, wanted: BudgetConfig): Promise<bigint> {
  const row = (await world.identity.get(kind, IDS[kind], { consistent: true })) as LevelRecord;
  const planned = plannedPage(bindLevel(EMPTY_DOCUMENT, kind, IDS[kind], row), wanted.model ?? '*', world.clock.now());
  const { spec } = planned.periods.find(({ budget: own }) => own?.period === wanted.period) ?? {};
  const found = (await world.pages.read([planned.spec.key]))[0]?.periods[spec?.name ?? ''];
  return found === undefined ? 0n : found.limitNanoUsd - found.remainingNanoUsd;
}

test.each(LEVELS)('R13 money-03-readd-budget: a budget of the %s that is put back knows what was spent meanwhile', async (kind) => {
  const wanted = budget(1_000);
  const { ledger, change, spend, spent, world } = await place(kind, [wanted]);
  await spend(28n);

  await change({ budgets: [] });
  await spend(624n);
  // Another process, which never knew the budget.
  await spend(1n, 'openai/gpt-5', world.process());
  await change({ budgets: [wanted] });
  await spend(28n);

  expect(await spent(wanted)).toBe(681n);
  expect(
    await ledger.admit(
      world.request((await world.identity.get('key', 'k1')) as KeyRecord, { tags: { app: 'x' }, bound: { costNanoUsd: 320n, tokens: 1 } }),
    ),
  ).toMatchObject({
    admitted: false,
  });
});

test('R13 money-03-readd-budget: one that is narrowed to models, of any period, and through changes of the time zone', async () => {
  const periods = ['hour', 'day', 'week', 'month', 'lifetime'] as const;
  for (const period of periods) {
    const wanted = budget(1_000, { period, model: 'openai/*' });
    const { change, spend, spent } = await place('team', [wanted]);
    await spend(10n);
    await change({ budgets: [budget(500)], timeZone: 'Asia/Kolkata' });
    await spend(20n);
    await spend(400n, 'anthropic/claude');
    await change({ budgets: [], timeZone: 'America/New_York' });
    await spend(30n);
    await change({ budgets: [wanted], timeZone: 'UTC' });
    await spend(1n);

    expect(await spent(wanted)).toBe(61n);
  }
});

test('R13 a budget that was taken away refuses nothing, is shown to nobody, and stops with its period', async () => {
  const { ledger, change, spend, world } = await place('key', [budget(10, { period: 'day' })]);
  await spend(10n);
  await change({ budgets: [] });
  await spend(1_000n);
  const result = await ledger.admit(world.request((await world.identity.get('key', 'k1')) as KeyRecord, { tags: { app: 'x' } }));

  expect(result).toMatchObject({ admitted: true, reservation: { budget: undefined } });
  world.clock.advance(86_400_000);
  world.table.resetCounts();
  await spend(5n);
  expect(world.table.writes).toBe(3);
});

test('R13 whatever is taken away and put back, each budget knows what was spent since it was first there', async () => {
  const kinds: readonly BudgetConfig[] = [
    budget(1_000_000),
    budget(900_000, { period: 'lifetime' }),
    budget(800_000, { model: 'openai/*' }),
    budget(700_000, { period: 'day', model: 'claude' }),
  ];
  const step = fc.oneof(
    fc.record({ put: fc.subarray([0, 1, 2, 3]), limit: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ cost: fc.integer({ min: 0, max: 1_000 }), model: fc.constantFrom('openai/gpt-5', 'claude') }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...LEVELS), fc.array(step, { maxLength: 20 }), async (kind, steps) => {
      const { change, spend, spent } = await place(kind, kinds);
      const owed = kinds.map(() => 0n);
      for (const done of steps) {
        if ('put' in done) {
          await change({ budgets: done.put.map((index) => ({ ...(kinds[index] as BudgetConfig), limit_usd: `${done.limit}.00` })) });
          continue;
        }
        await spend(BigInt(done.cost), done.model);
        for (const [index, { model }] of kinds.entries()) {
          const bound = model === undefined || bindsModel(model, done.model, [done.model]);
          if (bound) owed[index] = (owed[index] as bigint) + BigInt(done.cost);
        }
      }
      await change({ budgets: kinds });

      for (const [index, wanted] of kinds.entries()) expect(await spent(wanted)).toBe(owed[index]);
    }),
    { numRuns: 40 },
  );
});

/** A level whose spend is added up as the usage function does it, and whose row can be deleted and made again. */
async function summedPlace(kind: LevelKind) {
  const { world, change, spent } = await place(kind, []);
  const rollups = createRollupStore(world.table, 'records');
  const ledger = world.process({ spend: createSpendStore(world.table, 'records') });
  const label = `${kind}#${IDS[kind]}`;
  /** What is added up is seconds behind. */
  const settleDown = (): void => world.clock.advance(11_000);
  return {
    spent,
    async change(budgets: readonly BudgetConfig[]): Promise<void> {
      await change({ budgets });
      settleDown();
    },
    async remove(): Promise<void> {
      const { generation } = (await world.identity.get(kind, IDS[kind], { consistent: true })) as LevelRecord;
      await world.identity.remove(kind, IDS[kind], generation);
      settleDown();
    },
    async create(budgets: readonly BudgetConfig[]): Promise<void> {
      const at = new Date(world.clock.now()).toISOString();
      const row = { id: IDS[kind], status: 'active', generation: world.clock.now(), createdAt: at, updatedAt: at, budgets } as const;
      await world.identity.create(kind, keepCounting(EMPTY_DOCUMENT, kind, undefined, row, world.clock.now()) as never);
      settleDown();
    },
    async spend(cost: bigint, model: string): Promise<void> {
      const row = (await world.identity.get('key', IDS.key)) as KeyRecord;
      const names = { originalModel: model, candidateModels: [model] };
      const result = await ledger.admit(world.request(row, { tags: { app: 'x' }, bound: { costNanoUsd: cost, tokens: 1 }, ...names }));
      if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
      await result.reservation.settle(outcome(cost));
      const now = world.clock.now();
      await rollups.commit(0, [], [], spendChanges([{ level: label, names: spendNames(model, [model]) }], now, cost, now), now);
    },
  };
}

test.each(['key', 'tag'] as const)('R13 a budget of a %s that returns after nine others knows what was spent meanwhile', async (kind) => {
  const { change, spend, spent } = await summedPlace(kind);
  const wanted = budget(1_000_000);
  await change([wanted]);
  await spend(40n, 'openai/gpt-5');
  for (let other = 0; other < 9; other++) await change([budget(1_000_000, { model: `openai/x${other}` })]);
  await change([]);
  await spend(60n, 'openai/gpt-5');
  await change([wanted]);
  await spend(1n, 'openai/gpt-5');

  expect(await spent(wanted)).toBe(101n);
});

test('R13 a budget of a tag that is deleted and made again knows what was spent meanwhile, also when it comes later', async () => {
  for (const later of [false, true]) {
    const { change, create, remove, spend, spent } = await summedPlace('tag');
    const wanted = budget(1_000_000);
    await change([wanted]);
    await spend(40n, 'openai/gpt-5');
    await remove();
    await spend(60n, 'openai/gpt-5');
    await create(later ? [] : [wanted]);
    if (later) await change([wanted]);
    await spend(1n, 'openai/gpt-5');

    expect(await spent(wanted)).toBe(101n);
  }
});

test('R13 through any number of changes, and rows deleted and made again, each budget knows all that was spent in its period', async () => {
  const kinds: readonly BudgetConfig[] = [
    budget(100_000_000),
    budget(90_000_000, { period: 'lifetime' }),
    budget(80_000_000, { model: 'openai/*' }),
    ...Array.from({ length: 9 }, (_unused, index) =>
      budget(70_000_000, { period: 'day', model: `claude${'*'.repeat(index % 2)}${index}` }),
    ),
  ];
  const all = kinds.map((_unused, index) => index);
  const put = fc.record({ put: fc.oneof(fc.subarray(all), fc.constantFrom([], all.slice(3), all.slice(0, 3))) });
  const spending = fc.record({ cost: fc.integer({ min: 0, max: 1_000 }), model: fc.constantFrom(...MODELS) });
  const step = fc.oneof(put, spending, fc.constant('remove' as const));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('team', 'user', 'tag', 'key', 'gateway'), fc.array(step, { maxLength: 25 }), async (kind, steps) => {
      const { change, create, remove, spend, spent } = await summedPlace(kind);
      const owed = kinds.map(() => 0n);
      let there = true;
      const set = async (wanted: readonly BudgetConfig[]): Promise<void> => {
        await (there ? change(wanted) : create(wanted));
        there = true;
      };
      for (const done of [...steps, { cost: 1, model: 'claude4' }]) {
        if (done === 'remove') {
          // A key's id is never used again, and the gateway's row is never deleted.
          if (there && kind !== 'key' && kind !== 'gateway') await remove();
          there = kind === 'key' || kind === 'gateway';
        } else if ('put' in done) {
          await set(done.put.map((index) => kinds[index] as BudgetConfig));
        } else {
          await spend(BigInt(done.cost), done.model);
          for (const [index, { model }] of kinds.entries()) {
            if (model === undefined || bindsModel(model, done.model, [done.model]))
              owed[index] = (owed[index] as bigint) + BigInt(done.cost);
          }
        }
      }
      await set(kinds);
      for (const model of MODELS) await spend(1n, model);

      for (const [index, wanted] of kinds.entries()) {
        const bound = MODELS.filter((model) => wanted.model === undefined || bindsModel(wanted.model, model, [model])).length;
        // No call has made the counters of the others.
        if (bound > 0) expect(await spent(wanted)).toBe((owed[index] as bigint) + BigInt(bound));
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);

test.each(LEVELS)(
  'R13 money-14-lifetime-budget-503: the first budget of a %s knows what was spent, by few reads whatever its age',
  async (kind) => {
    for (const period of ['hour', 'day', 'week', 'month', 'lifetime'] as const) {
      const world = ledgerWorld();
      const spend = createSpendStore(world.table, 'records');
      const rollups = createRollupStore(world.table, 'records');
      const born = Date.parse('2024-02-01T00:00:00Z');
      world.clock.advance(600_000);
      const stamp = { createdAt: new Date(born).toISOString(), updatedAt: new Date(world.clock.now()).toISOString() };
      const label = kind === 'gateway' ? 'gateway#gateway' : `${kind}#${IDS[kind]}`;
      for (let day = 0; born + day * 86_400_000 < world.clock.now(); day += 1) {
        const changes = spendChanges([{ level: label, names: OWN }], born + day * 86_400_000 + 43_200_000, 1n, born);
        await rollups.commit(0, [], [], changes, world.clock.now());
      }
      for (const level of LEVELS) {
        if (level !== 'key')
          await world.addLevel(level, { id: IDS[level], ...stamp, ...(level === kind ? { budgets: [budget(5_000, { period })] } : {}) });
      }
      const own = kind === 'key' ? { budgets: [budget(5_000, { period })] } : {};
      const key = await world.addKey({ id: IDS.key, teamId: 't1', projectId: 'p1', userId: 'u1', ...stamp, ...own });
      world.table.resetCounts();

      const result = await world.process({ spend }).admit(world.request(key, { tags: { app: 'x' } }));

      expect(result.admitted).toBe(true);
      expect(world.table.calls.getItem + world.table.calls.query).toBeLessThanOrEqual(15);
      const expected = { hour: 1n, day: 1n, week: 2n, month: 24n, lifetime: 1_028n }[period];
      const [, level = ''] = label.split('#');
      const page = await world.page(`${kind}#${level}`);
      expect(page?.periods[period]?.remainingNanoUsd).toBe(4_990n - expected);
    }
  },
);

test('R13 a budget whose time zone changes knows what was spent since its new beginning', async () => {
  const wanted = budget(1_000_000, { period: 'month' });
  const { world, change, spend } = await place('team', [wanted]);
  const before = Date.parse('2026-10-31T16:00:00Z');
  const rollups = createRollupStore(world.table, 'records');
  await rollups.commit(0, [], [], spendChanges([{ level: 'team#t1', names: OWN }], before, 7n, before), world.clock.now());
  const ledger = world.process({ spend: createSpendStore(world.table, 'records') });
  await spend(100n, 'openai/gpt-5', ledger);

  await change({ timeZone: 'Asia/Tokyo' });
  await spend(1n, 'openai/gpt-5', ledger);

  const periods = Object.values((await world.page('team#t1'))?.periods ?? {});
  expect(periods.map(({ limitNanoUsd, remainingNanoUsd }) => limitNanoUsd - remainingNanoUsd).sort()).toEqual([101n, 108n]);
});

test('R13 what had ended before a first budget, and was not added up by then, is charged to it seconds later', async () => {
  const world = ledgerWorld();
  const rollups = createRollupStore(world.table, 'records');
  const spend = createSpendStore(world.table, 'records');
  world.clock.advance(600_000);
  const now = world.clock.now();
  const own = 'team#t1';
  await world.addLevel('team', { id: 't1', budgets: [budget(100)], updatedAt: new Date(now).toISOString() });
  const key = await world.addKey({ teamId: 't1' });
  await rollups.commit(0, [], [], spendChanges([{ level: own, names: OWN }], now - 5_000, 10n, now), now);
  const rounds: (() => Promise<void>)[] = [
    async () => rollups.commit(0, [], [], spendChanges([{ level: own, names: OWN }], now - 1_000, 30n, now), now).then(() => undefined),
    // The request itself is added up: it is on the page already.
    async () => rollups.commit(0, [], [], spendChanges([{ level: own, names: OWN }], now, 4n, now), now).then(() => undefined),
  ];
  const work: Promise<void>[] = [];
  let settled = (): void => undefined;
  const answered = new Promise<void>((resolve) => (settled = resolve));
  const ledger = world.process({
    spend,
    async pause() {
      await answered;
      await rounds.shift()?.();
    },
  });

  const result = await ledger.admit(world.request(key, { afterwards: (promise) => work.push(promise) }));
  if (!result.admitted) throw new Error('refused');
  await result.reservation.settle(outcome(4n));
  settled();
  await Promise.all(work);

  expect(await world.left('team#t1')).toBe(56n);
});

test('R13 what was charged to a first budget is never given back by a later look', async () => {
  const world = ledgerWorld();
  await world.addLevel('team', { id: 't1', budgets: [budget(100)], updatedAt: new Date(world.clock.now()).toISOString() });
  const key = await world.addKey({ teamId: 't1' });
  const sums = [40n, 0n, 0n];
  const work: Promise<void>[] = [];
  const ledger = world.process({ spend: { between: async () => sums.shift() ?? 0n } });

  await ledger.admit(world.request(key, { afterwards: (promise) => work.push(promise) }));
  await Promise.all(work);

  expect(sums).toEqual([]);
  expect(await world.left('team#t1')).toBe(50n);
});
