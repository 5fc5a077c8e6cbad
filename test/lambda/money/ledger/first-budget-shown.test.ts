import { createRollupStore, createSpendStore, spendChanges, spendNames } from '../../../../lambda/aws/dynamodb';
import { bindLevel, createSpentBefore } from '../../../../lambda/money/ledger';
import { budgetStates } from '../../../../lambda/money/pages';
import { budget, EMPTY_DOCUMENT, ledgerWorld, outcome } from '../../../support/ledger-world';

const OWN = spendNames('openai/gpt-5', ['openai/gpt-5']);

test.each(['hour', 'day', 'week', 'month', 'lifetime'] as const)(
  'R13 the first budget of a used key shows what its next call starts from, and showing writes nothing: %s',
  async (period) => {
    const world = ledgerWorld();
    const spend = createSpendStore(world.table, 'records');
    world.clock.advance(600_000);
    const now = world.clock.now();
    const own = [budget(1_000, { period }), budget(500, { period, model: 'anthropic/*' })];
    const key = await world.addKey({ budgets: own, updatedAt: new Date(now).toISOString() });
    const spent = spendChanges([{ level: `key#${key.id}`, names: OWN }], now - 1_000, 180n, now);
    await createRollupStore(world.table, 'records').commit(0, [], [], spent, now);
    const { pages, identity, clock } = world;
    const spentBefore = createSpentBefore(spend, (kind, id) => identity.get(kind, id, { consistent: true }), clock);
    const shown = async () =>
      (await budgetStates({ pages, spentBefore }, bindLevel(EMPTY_DOCUMENT, 'key', key.id, key), 'key', clock.now())).map(
        ({ spent_usd, remaining_usd }) => [spent_usd, remaining_usd],
      );
    world.table.resetCounts();

    expect(await shown()).toEqual([
      ['0.00000018', '0.00000082'],
      ['0.00', '0.0000005'],
    ]);
    expect(world.table.writes).toBe(0);
    const result = await world.process({ spend }).admit(world.request(key));
    if (!result.admitted) throw new Error('refused');
    await result.reservation.settle(outcome(4n));
    expect((await shown())[0]).toEqual(['0.000000184', '0.000000816']);
  },
);
