import type * as Simulation from '../../../support/ledger-simulation';
import { bundledSimulation } from '../../../support/mutants';

/** Replays a run: SEED=n. Every run begins elsewhere. */
const FIRST_SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);

let simulation: typeof Simulation;
beforeAll(async () => {
  simulation = await bundledSimulation();
});

test('H02 a crash at every await of one request leaves one final record and nothing open', async () => {
  const { CALM, simulate } = simulation;
  const one = { ...CALM, requests: 1, processes: 1 };
  const { steps } = await simulate(1, one);
  for (let position = 1; position <= (steps[0] ?? 0) + 1; position++) {
    for (let seed = 1; seed <= 10; seed++) await simulate(seed, { ...one, crashAt: [position], earlySweeps: seed > 5 });
  }
  expect(steps[0]).toBeGreaterThan(15);
});

test('H03 a crash at every await of three requests at once, in all pairs', async () => {
  const { CALM, simulate } = simulation;
  const three = { ...CALM, requests: 3, processes: 3, limits: [150, 120, 100] as const };
  const { steps } = await simulate(1, three);
  const last = Math.max(...steps) + 1;
  let runs = 0;
  for (let first = 1; first <= last; first++) {
    for (let second = first; second <= last; second++) {
      runs++;
      await simulate(first * 1_000 + second, { ...three, crashAt: [first, second] });
    }
  }
  expect(runs).toBeGreaterThan(200);
}, 60_000);

test('H13 I1-I7 hold while busy counters split into shards, lend, gather and collapse', async () => {
  const { CROWD, simulate } = simulation;
  let onShards = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 40; seed++) onShards += (await simulate(seed, CROWD)).onShards;
  expect(onShards).toBeGreaterThan(100);
}, 60_000);

test('H01 H04 H05 H06 H07 H08 H10 I1-I7 I9 I12 hold in 100,000 requests under faults, stalls, crashes, early sweeps and budget changes', async () => {
  const { CALM, HURRICANE, simulate, STORM } = simulation;
  process.stdout.write(`ledger simulation: SEED=${FIRST_SEED}\n`);
  const weathers = [
    [STORM, 70_000],
    [HURRICANE, 15_000],
    [{ ...CALM, requests: 100, limits: [3_000, 2_000, 1_500] as const }, 15_000],
  ] as const;
  const states: Record<string, number> = {};
  let seed = FIRST_SEED;
  for (const [weather, requests] of weathers) {
    for (let done = 0; done < requests; done += weather.requests) {
      const report = await simulate(seed++, weather);
      for (const [state, count] of Object.entries(report.states)) states[state] = (states[state] ?? 0) + count;
    }
  }
  expect(Object.keys(states).sort()).toEqual(['adjusted', 'settled', 'void']);
  expect(states['adjusted']).toBeGreaterThan(1_000);
}, 240_000);
