import fc from 'fast-check';
import { createRollupStore, createSpendStore, isRequestItem, readRecord } from '../../../../lambda/aws/dynamodb';
import type { KeyRecord, LevelRecord } from '../../../../lambda/identity/entities';
import { bindLevel } from '../../../../lambda/money/ledger';
import { keepCounting, movePages, plannedPage } from '../../../../lambda/money/pages';
import { contributionOf } from '../../../../lambda/money/rollup';
import { createRollupWriter } from '../../../../lambda/usage/rollup-writer';
import { bindsModel } from '../../../../lambda/wire/model/model-pattern';
import type { BudgetConfig } from '../../../../lib/private/contract';
import { budget, EMPTY_DOCUMENT, ledgerWorld, outcome } from '../../../support/ledger-world';

const KINDS = ['gateway', 'team', 'key', 'tag'] as const;
type Kind = (typeof KINDS)[number];
const IDS = { gateway: 'gateway', team: 't1', key: 'k1', tag: 'app=x' } as const;

interface Call {
  readonly originalModel: string;
  readonly candidateModels: readonly string[];
}

const CALLS: readonly Call[] = [
  { originalModel: 'openai/gpt-5', candidateModels: ['openai/gpt-5'] },
  { originalModel: 'Anthropic/Claude', candidateModels: ['Anthropic/Claude'] },
  { originalModel: 'smart', candidateModels: ['openai/gpt-5', 'anthropic/claude'] },
  { originalModel: 'claude', candidateModels: ['bedrock/claude', 'bedrock/us.claude'] },
];
const PATTERNS = [undefined, 'openai/*', 'claude', 'smart', '*/claude', 'nobody/*'] as const;

/** A level without budgets, and all that makes up what it has spent. */
async function place(kind: Kind) {
  const world = ledgerWorld();
  for (const level of KINDS) if (level !== 'key') await world.addLevel(level, { id: IDS[level] });
  const key = await world.addKey({ id: IDS.key, teamId: IDS.team });
  const rollups = createRollupStore(world.table, 'records');
  const writer = createRollupWriter(rollups, world.clock, async () => {});
  const ledger = world.process({ spend: createSpendStore(world.table, 'records') });
  let generation = 1;
  world.clock.advance(60_000);
  return {
    /** The only budget from now on, by the admin API. */
    async narrow(wanted: BudgetConfig, timeZone = 'UTC'): Promise<void> {
      const records = world.table.items('records').filter(isRequestItem).map(readRecord);
      await writer.apply(records.flatMap((record) => contributionOf(record) ?? []));
      const before = (await world.identity.get(kind, IDS[kind], { consistent: true })) as LevelRecord;
      const updatedAt = new Date(world.clock.now()).toISOString();
      const changed = { ...before, budgets: [wanted], timeZone, generation: ++generation, updatedAt };
      const after = keepCounting(EMPTY_DOCUMENT, kind, before, changed, world.clock.now());
      await world.identity.replace(kind, after as never, before.generation);
      await movePages(world.pages, EMPTY_DOCUMENT, kind, after, world.clock.now());
    },
    async call(cost: bigint, call: Call): Promise<void> {
      const row = (await world.identity.get('key', key.id)) as KeyRecord;
      const result = await ledger.admit(world.request(row, { tags: { app: 'x' }, bound: { costNanoUsd: 100n, tokens: 1 }, ...call }));
      if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
      await result.reservation.settle(outcome(cost));
    },
    async spent(wanted: BudgetConfig): Promise<bigint | undefined> {
      const row = (await world.identity.get(kind, IDS[kind], { consistent: true })) as LevelRecord;
      const planned = plannedPage(bindLevel(EMPTY_DOCUMENT, kind, IDS[kind], row), wanted.model ?? '*', world.clock.now());
      const { spec } = planned.periods.find(({ budget: own }) => own?.period === wanted.period) ?? {};
      const found = (await world.pages.read([planned.spec.key]))[0]?.periods[spec?.name ?? ''];
      return found === undefined ? undefined : found.limitNanoUsd - found.remainingNanoUsd;
    },
  };
}

test('R13 a budget that is narrowed, widened or narrowed otherwise in its period knows what was spent on the models that fit', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ cost: fc.integer({ min: 1, max: 100 }), call: fc.constantFrom(...CALLS) }) },
    fc.record({
      model: fc.constantFrom(...PATTERNS),
      period: fc.constantFrom('hour' as const, 'day' as const, 'month' as const, 'lifetime' as const),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...KINDS), fc.array(step, { maxLength: 25 }), async (kind, steps) => {
      const { narrow, call, spent } = await place(kind);
      const calls: { readonly cost: number; readonly call: Call }[] = [];
      let wanted: BudgetConfig | undefined;
      for (const done of steps) {
        if ('call' in done) {
          await call(BigInt(done.cost), done.call);
          calls.push(done);
        } else {
          wanted = budget(1_000_000, { period: done.period, ...(done.model === undefined ? {} : { model: done.model }) });
          await narrow(wanted);
        }
        if (wanted === undefined) continue;
        const { model = '*' } = wanted;
        const owed = calls
          .filter(({ call: { originalModel, candidateModels } }) => bindsModel(model, originalModel, candidateModels))
          .reduce((sum, { cost }) => sum + BigInt(cost), 0n);
        // Nothing that it covers has come since it was there for the first time: it has no counter yet.
        expect([owed, undefined]).toContain(await spent(wanted));
        if ('call' in done && bindsModel(model, done.call.originalModel, done.call.candidateModels)) expect(await spent(wanted)).toBe(owed);
      }
    }),
    { numRuns: 60 },
  );
});

test.each(KINDS)('R13 the first budget of a %s that is narrowed to a model refuses what no longer fits', async (kind) => {
  const { narrow, call } = await place(kind);
  const [direct, other] = CALLS as [Call, Call];
  await call(90n, direct);
  await call(70n, other);

  await narrow(budget(150, { model: 'openai/*' }));

  await expect(call(1n, direct)).rejects.toThrow('refused: budget_spent');
  await call(1n, other);
});

test('R13 a narrowed budget whose time zone changes starts from what its models spent since its new beginning', async () => {
  const { narrow, call, spent } = await place('team');
  const [direct, other] = CALLS as [Call, Call];
  const wanted = budget(1_000_000, { period: 'day', model: 'openai/*' });
  await call(5n, direct);
  await call(7n, other);
  await narrow(wanted);
  await call(11n, direct);

  // 12:01 in London is 21:01 in Tokyo: both days hold all of it.
  await narrow(wanted, 'Asia/Tokyo');
  await call(13n, direct);
  await call(17n, other);

  expect(await spent(wanted)).toBe(29n);
});
