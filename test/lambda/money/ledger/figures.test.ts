import type { BudgetConfig } from '../../../../lib/private/contract';
import { ledgerWorld } from '../../../support/ledger-world';

const of = (limit_usd: string): BudgetConfig => ({ limit_usd, period: 'day' });
const LIMITS = (many: number) => ({ requests_per_minute: many, tokens_per_minute: many * 1_000 });

/** A key with a tag under the gateway's own level, and what one call is told. */
async function told(shown: { gateway?: boolean; tag?: boolean }) {
  const world = ledgerWorld();
  await world.addLevel('gateway', { id: 'gateway', budgets: [of('2')], limits: LIMITS(20), ...figures(shown.gateway) });
  await world.addLevel('tag', { id: 'env=prod', budgets: [of('1')], limits: LIMITS(10), ...figures(shown.tag) });
  await world.addLevel('team', { id: 't', budgets: [of('3')], limits: LIMITS(30) });
  const key = await world.addKey({ teamId: 't', budgets: [of('4')], limits: LIMITS(40) });
  const result = await world
    .process()
    .admit(world.request(key, { tags: { env: 'prod' }, bound: { costNanoUsd: 500_000_000n, tokens: 100 } }));
  if (!result.admitted) throw new Error(result.refusal.reason);
  const { budget, requests, tokens } = result.reservation;
  return { level: budget?.level, left: budget?.remainingNanoUsd, requests: requests?.limit, tokens: tokens?.limit };
}

const figures = (showFigures: boolean | undefined) => (showFigures === undefined ? {} : { showFigures });

test.each([
  [{}, { level: 'team', left: 2_500_000_000n, requests: 30, tokens: 30_000 }],
  [
    { gateway: false, tag: false },
    { level: 'team', left: 2_500_000_000n, requests: 30, tokens: 30_000 },
  ],
  [{ gateway: true }, { level: 'gateway', left: 1_500_000_000n, requests: 20, tokens: 20_000 }],
  [{ tag: true }, { level: 'tag', left: 500_000_000n, requests: 10, tokens: 10_000 }],
  [
    { gateway: true, tag: true },
    { level: 'tag', left: 500_000_000n, requests: 10, tokens: 10_000 },
  ],
])('R04 the tightest budget and limit that a call is told are those of levels that show their figures: %j', async (shown, expected) => {
  expect(await told(shown)).toEqual(expected);
});

test('R04 a level that hides its figures binds all the same', async () => {
  const world = ledgerWorld();
  await world.addLevel('gateway', { id: 'gateway', budgets: [of('0.4')] });
  const key = await world.addKey();

  const result = await world.process().admit(world.request(key, { bound: { costNanoUsd: 500_000_000n, tokens: 100 } }));

  expect(result).toMatchObject({ admitted: false, refusal: { reason: 'budget_spent', level: 'gateway' } });
});
