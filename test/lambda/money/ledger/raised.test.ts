import type { KeyRecord, LevelRecord } from '../../../../lambda/identity/entities';
import type { AdmissionResult } from '../../../../lambda/money/ledger';
import type { LevelKind } from '../../../../lambda/money/ledger/holders';
import { movePages } from '../../../../lambda/money/pages';
import { serviceError } from '../../../support/dynamodb-expressions';
import { budget, EMPTY_DOCUMENT, type LedgerWorld, ledgerWorld, nano, outcome, type TestLedger } from '../../../support/ledger-world';

const LEVELS = ['gateway', 'team', 'project', 'user', 'key', 'tag'] as const;
const IDS = { gateway: 'gateway', team: 't1', project: 'p1', user: 'u1', key: 'k1', tag: 'app=x' } as const;

interface Place {
  readonly world: LedgerWorld;
  readonly key: KeyRecord;
  admit(ledger: TestLedger, nanoUsd?: bigint): Promise<AdmissionResult>;
  /** As the admin API changes a level: the row, then its pages. */
  change(fields: Partial<LevelRecord>, move?: boolean): Promise<void>;
}

/** A key whose request is bound by every kind of level, one of which has something to say. */
async function place(kind: LevelKind, fields: Partial<LevelRecord>): Promise<Place> {
  const world = ledgerWorld();
  let generation = 1;
  const at = world.clock.now();
  for (const level of LEVELS) {
    if (level !== 'key') await world.addLevel(level, { id: IDS[level], ...(level === kind ? fields : {}) });
  }
  const own = kind === 'key' ? (fields as Partial<KeyRecord>) : {};
  const key = await world.addKey({ id: IDS.key, teamId: IDS.team, projectId: IDS.project, userId: IDS.user, ...own });
  return {
    world,
    key,
    admit: (ledger, nanoUsd = 10n) => ledger.admit(world.request(key, { tags: { app: 'x' }, bound: { costNanoUsd: nanoUsd, tokens: 10 } })),
    async change(changed, move = true) {
      const row = (await world.identity.get(kind, IDS[kind], { consistent: true })) as LevelRecord;
      const after = { ...row, ...changed, generation: ++generation, updatedAt: new Date(at + generation).toISOString() };
      await world.identity.replace(kind, after as never, row.generation);
      if (move) await movePages(world.pages, EMPTY_DOCUMENT, kind, after, world.clock.now());
    },
  };
}

async function spend(result: AdmissionResult, cost: bigint): Promise<void> {
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  await result.reservation.settle(outcome(cost));
}

const reasonOf = (result: AdmissionResult | undefined): string | undefined =>
  result === undefined || result.admitted ? undefined : result.refusal.reason;

describe.each(LEVELS)('R13 money-13-raise-refused: %s', (kind) => {
  test('R13 money-13-raise-refused: a lowered, then raised budget binds the very next request of every process', async () => {
    const { world, admit, change } = await place(kind, { budgets: [budget(100)] });
    const processes = [world.process(), world.process()];
    for (const process of processes) await spend(await admit(process), 10n);

    await change({ budgets: [budget(25)] });
    for (const process of processes) expect(reasonOf(await admit(process))).toBe('budget_spent');
    await change({ budgets: [budget(500)] });

    for (const process of processes) expect(reasonOf(await admit(process, 200n))).toBe(undefined);
  });

  test('R13 money-13-raise-refused: a temporary increase frees the next request and ends by itself', async () => {
    const { world, admit, change } = await place(kind, { budgets: [budget(10)] });
    const ledger = world.process();
    await spend(await admit(ledger), 10n);
    expect(reasonOf(await admit(ledger))).toBe('budget_spent');
    const until = new Date(world.clock.now() + 60_000).toISOString();

    await change({ budgets: [budget(10, { increase: { limit_usd: nano(20), expires_at: until } })] });

    await spend(await admit(ledger), 10n);
    world.clock.advance(60_001);
    expect(reasonOf(await admit(ledger))).toBe('budget_spent');
  });

  test('R13 a raised limit frees the next request', async () => {
    const { world, admit, change } = await place(kind, { limits: { requests_per_minute: 1 } });
    const processes = [world.process(), world.process()];
    await spend(await admit(processes[0] as TestLedger), 0n);
    for (const process of processes) expect(reasonOf(await admit(process))).toBe('rate_limited');

    await change({ limits: { requests_per_minute: 600 } });

    for (const process of processes) expect(reasonOf(await admit(process))).toBe(undefined);
  });

  test('R13 a refusal from memory costs one shared read and no write, and a read that fails leaves it', async () => {
    const { world, admit, change } = await place(kind, { budgets: [budget(10)] });
    const ledger = world.process();
    await spend(await admit(ledger), 10n);
    await admit(ledger);
    world.table.resetCounts();

    const refused = await Promise.all(Array.from({ length: 1_000 }, () => admit(ledger)));

    expect(new Set(refused.map(reasonOf))).toEqual(new Set(['budget_spent']));
    expect(world.table.writes).toBe(0);
    expect(world.table.calls.batchGetItem).toBeLessThanOrEqual(2);
    await change({ budgets: [budget(1_000)] });
    world.table.hooks = {
      before: ({ operation }) => {
        if (operation === 'batchGetItem') throw serviceError('ProvisionedThroughputExceededException', 'slow down');
      },
    };
    expect(reasonOf(await admit(ledger))).toBe('budget_spent');
  });

  test('R13 a raise whose pages were not moved still binds the next request', async () => {
    const { world, admit, change } = await place(kind, { budgets: [budget(10)] });
    const processes = [world.process(), world.process()];
    await spend(await admit(processes[0] as TestLedger), 10n);
    await admit(processes[0] as TestLedger);
    // The second has the row as it was, and no refusal to remember.
    await processes[1]?.admit(
      world.request(await world.addKey({ teamId: 't1', projectId: 'p1', userId: 'u1' }), { bound: { costNanoUsd: 0n, tokens: 1 } }),
    );

    await change({ budgets: [budget(1_000)] }, false);

    for (const process of processes) expect(reasonOf(await admit(process))).toBe(undefined);
  });
});

test.each(['team', 'project', 'user', 'tag'] as const)('R13 a %s that is open again is open for the next request', async (kind) => {
  const { world, admit, change } = await place(kind, { status: 'blocked' });
  const ledger = world.process();
  expect(reasonOf(await admit(ledger))).toBe('key_blocked');

  await change({ status: 'active' });

  expect(reasonOf(await admit(ledger))).toBe(undefined);
});
