import fc from 'fast-check';
import { bindLevel, moveBudgets, plannedCounter, removedBudgets } from '../../../../lambda/core/ledger';
import { bindsModel } from '../../../../lambda/core/runtime/model-pattern';
import type { KeyRecord, LevelKind, LevelRecord } from '../../../../lambda/core/stores';
import type { BudgetConfig } from '../../../../lib/private/contract';
import { budget, EMPTY_DOCUMENT, type LedgerWorld, ledgerWorld, outcome } from '../../../support/ledger-world';

const IDS = { gateway: 'gateway', team: 't1', project: 'p1', user: 'u1', key: 'k1', tag: 'app=x' } as const;
const LEVELS = Object.keys(IDS) as (keyof typeof IDS)[];

async function place(kind: LevelKind, budgets: readonly BudgetConfig[]) {
  const world = ledgerWorld();
  for (const level of LEVELS) {
    if (level !== 'key') await world.addLevel(level, { id: IDS[level], ...(level === kind ? { budgets } : {}) });
  }
  const key = await world.addKey({ id: IDS.key, teamId: 't1', projectId: 'p1', userId: 'u1', ...(kind === 'key' ? { budgets } : {}) });
  const own = world.process();
  let generation = 1;
  return {
    world,
    ledger: own,
    /** As the admin API changes a level. */
    async change(fields: Partial<LevelRecord>): Promise<void> {
      const before = (await world.identity.get(kind, IDS[kind], { consistent: true })) as LevelRecord;
      const changed = { ...before, ...fields, generation: ++generation, updatedAt: new Date(world.clock.now()).toISOString() };
      const after = { ...changed, removedBudgets: removedBudgets(EMPTY_DOCUMENT, kind, before, changed, world.clock.now()) };
      await world.identity.replace(kind, after as never, before.generation);
      await moveBudgets(world.counters, EMPTY_DOCUMENT, kind, after, world.clock.now());
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
  const { spec } = plannedCounter(bindLevel(EMPTY_DOCUMENT, kind, IDS[kind], row), wanted, world.clock.now());
  const counter = await world.counters.get(spec.key);
  return counter === undefined ? 0n : counter.limitNanoUsd - counter.remainingNanoUsd;
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
