import { createSweeper } from '../../../../lambda/money/ledger';
import { budget, type LedgerWorld, ledgerWorld, outcome } from '../../../support/ledger-world';
import { openSecondEngine, secondEngineIsThere } from '../../../support/second-engine';

if (!secondEngineIsThere) console.warn('@dynoxide/linux-x64 is not here: the ledger is not proven on a second engine in this run');

(secondEngineIsThere ? describe : describe.skip)('on an independent DynamoDB, through the AWS SDK', () => {
  let world: LedgerWorld;
  let close: () => void;
  beforeEach(async () => {
    const opened = await openSecondEngine();
    close = opened.close;
    world = ledgerWorld(undefined, opened.connector);
  });
  afterEach(() => close());

  test('H01 1,000 parallel requests on a budget for 100: exactly 100', async () => {
    const key = await world.addKey({ budgets: [budget(1_000)] });
    const processes = Array.from({ length: 10 }, () => world.process());

    const admitted = [];
    for (let wave = 0; wave < 5; wave++) {
      // As many at once as the client has sockets; what waits for one would be taken for a table that does not answer.
      const results = await Promise.all(processes.flatMap((ledger) => Array.from({ length: 20 }, () => ledger.admit(world.request(key)))));
      admitted.push(...results.filter((result) => result.admitted));
    }

    expect(admitted).toHaveLength(100);
    expect(await world.left(`key#${key.id}`)).toBe(0n);
  }, 60_000);

  test('H02 what was spent, released and lost with its process adds up after the sweep', async () => {
    const key = await world.addKey({ budgets: [budget(1_000)], limits: { requests_per_minute: 100, concurrent_requests: 5 } });
    const ledger = world.process();
    const [settled, released, lost] = await Promise.all([1, 2, 3].map(() => ledger.admit(world.request(key))));
    if (!settled?.admitted || !released?.admitted || !lost?.admitted) throw new Error('refused');

    await settled.reservation.settle(outcome(4n));
    await released.reservation.release(outcome(0n));
    world.clock.advance(32 * 60_000);
    const swept = await createSweeper(world).sweep();

    expect(swept).toMatchObject({ charged: 1, failed: 0 });
    // What the lost request had reserved stays charged: its provider may bill it.
    expect(await world.left(`key#${key.id}`)).toBe(986n);
  });
});
