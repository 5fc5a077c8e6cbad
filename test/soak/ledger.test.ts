import { CROWD, disturbed, HURRICANE, STORM } from '../support/ledger-simulation';
import { type Run, simulator } from '../support/mutants';

const FIRST_SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

test('H02 H13 I1-I7 hold in 1,000,000 requests', async () => {
  const run = await simulator();
  process.stdout.write(`ledger soak: SEED=${FIRST_SEED}\n`);
  const runs: Run[] = [];
  for (let requests = 0; requests < 1_000_000; ) {
    const weather = runs.length % 20 === 0 ? CROWD : runs.length % 4 === 0 ? HURRICANE : STORM;
    runs.push([FIRST_SEED + runs.length, weather]);
    requests += weather.requests;
  }

  expect((await run(runs)).violation).toBeUndefined();
}, 3_600_000);

test.each(['slow', 'dead', 'flapping'] as const)(
  'R12 a table that is %s: in 100,000 requests nothing sent is lost, nothing is overspent, nothing unsent is charged by a living process',
  async (disturbance) => {
    const run = await simulator();
    const weather = disturbed(disturbance);
    process.stdout.write(`ledger soak, ${disturbance}: SEED=${FIRST_SEED}\n`);
    const runs = Array.from({ length: Math.ceil(100_000 / weather.requests) }, (_unused, index) => [FIRST_SEED + index, weather] as const);

    expect((await run(runs)).violation).toBeUndefined();
  },
  3_600_000,
);
