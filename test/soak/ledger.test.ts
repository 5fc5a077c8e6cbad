import { bundledSimulation } from '../support/mutants';

const FIRST_SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

test('H02 I1-I7 hold in 1,000,000 requests', async () => {
  const { HURRICANE, simulate, STORM } = await bundledSimulation();
  process.stdout.write(`ledger soak: SEED=${FIRST_SEED}\n`);
  let seed = FIRST_SEED;
  let requests = 0;
  while (requests < 1_000_000) {
    const weather = seed % 4 === 0 ? HURRICANE : STORM;
    await simulate(seed++, weather);
    requests += weather.requests;
  }
  expect(requests).toBeGreaterThanOrEqual(1_000_000);
}, 3_600_000);
