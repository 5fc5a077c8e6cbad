import type { Reservation } from '../../../../lambda/money/ledger';
import { budget, ledgerWorld, outcome } from '../../../support/ledger-world';

test('a warm request takes one round trip before the call and at most two writes a counter and three', async () => {
  const world = ledgerWorld({ gateway: { budgets: [budget(1_000_000)] }, defaults: {} });
  await world.addLevel('team', { id: 't1', budgets: [budget(1_000_000)] });
  const key = await world.addKey({ teamId: 't1', budgets: [budget(1_000)] });
  const ledger = world.process();
  const first = await ledger.admit(world.request(key));
  expect(first.admitted).toBe(true);

  world.table.resetCounts();
  let rounds = 0;
  let inFlight = 0;
  world.table.hooks = {
    before: async () => {
      if (inFlight++ === 0) rounds++;
      await new Promise(setImmediate);
    },
    after: () => {
      inFlight--;
    },
  };
  const second = await ledger.admit(world.request(key));
  expect(rounds).toBe(1);
  expect(second.admitted).toBe(true);
  await (second as { reservation: Reservation }).reservation.settle(outcome(4n));

  expect(world.table.writes).toBe(2 * 3 + 3);
  expect(world.table.calls.getItem).toBe(1);
});

test('H01 1,000 parallel requests on a budget for 100: exactly 100 are admitted', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(1_000)] });
  const processes = Array.from({ length: 10 }, () => world.process());

  const results = await Promise.all(Array.from({ length: 1_000 }, (_unused, index) => processes[index % 10]?.admit(world.request(key))));

  expect(results.filter((result) => result?.admitted).length).toBe(100);
});

test('settling gives back what was not spent, and the record says what was', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(1_000)] });
  const result = await world.process().admit(world.request(key, { bound: { costNanoUsd: 700n, tokens: 5 } }));
  if (!result.admitted) throw new Error('refused');
  expect(result.reservation.budget?.remainingNanoUsd).toBe(300n);

  await result.reservation.settle(outcome(50n));

  const record = await world.records.get(result.reservation.attemptId);
  expect(record).toMatchObject({ state: 'settled', costNanoUsd: 50n, provider: 'openai', status: 200 });
  const counter = await world.counters.get(record?.counters[0]?.counter ?? '');
  expect(counter).toMatchObject({ remainingNanoUsd: 950n, limitNanoUsd: 1_000n });
  expect(counter?.open.size).toBe(0);
});

describe.each([
  ['with a budget', [budget(1_000)]],
  ['without any', []],
])('R15 nothing is admitted under an id that is taken, %s', (_which, budgets) => {
  test.each(['void', 'settled', 'expired_charged'] as const)(
    'R15 by a record that is %s: another id is taken, the record stays',
    async (state) => {
      const world = ledgerWorld();
      const key = await world.addKey({ budgets });
      const ledger = world.process();
      const request = world.request(key);
      await world.records.putVoid(request.attemptId, { outcome: 'of another' }, world.clock.now());
      if (state !== 'void') await world.records.transition(request.attemptId, ['void'], state, { costNanoUsd: 3n }, world.clock.now());
      const taken = await world.records.get(request.attemptId);

      const result = await ledger.admit(request);

      if (!result.admitted) throw new Error(result.refusal.reason);
      const { attemptId } = result.reservation;
      expect(attemptId).not.toBe(request.attemptId);
      expect((await world.records.get(attemptId))?.state).toBe('intent');
      if (state === 'settled') expect(await world.records.get(request.attemptId)).toEqual(taken);
      const [counter] = (await world.counters.scan()).items;
      expect([...(counter?.open.keys() ?? [])]).toEqual(budgets.length === 0 ? [] : [attemptId]);
      expect(counter?.remainingNanoUsd).toBe(budgets.length === 0 ? undefined : 990n);
    },
  );
});
