import { CROWD, HURRICANE, STORM } from '../support/ledger-simulation';
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
