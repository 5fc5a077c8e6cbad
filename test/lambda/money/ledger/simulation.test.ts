import { AFTERNOON, CALM, CROWD, disturbed, HURRICANE, type SimulationReport, STORM } from '../../../support/ledger-simulation';
import { type Run, type Simulator, simulator } from '../../../support/mutants';

/** Replays a run: SEED=n. Every run begins elsewhere. */
const FIRST_SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
const LONGEST_MS = 900_000;

let run: Simulator<SimulationReport>;
beforeAll(async () => {
  run = await simulator<SimulationReport>();
});

test(
  'H02 a crash at every await of one request leaves one final record and nothing open',
  async () => {
    const one = { ...CALM, requests: 1, processes: 1 };
    const { reports } = await run([[1, one]]);
    const last = (reports[0]?.steps[0] ?? 0) + 1;
    const runs: Run[] = [];
    for (let position = 1; position <= last; position++) {
      for (let seed = 1; seed <= 10; seed++) runs.push([seed, { ...one, crashAt: [position], earlySweeps: seed > 5 }]);
    }

    const result = await run(runs);

    expect(result.violation).toBeUndefined();
    expect(last).toBeGreaterThan(15);
  },
  LONGEST_MS,
);

test(
  'H03 a crash at every await of three requests at once, in all pairs',
  async () => {
    const three = { ...CALM, requests: 3, processes: 3, limits: [150, 120, 100] as const };
    const { reports } = await run([[1, three]]);
    const last = Math.max(...(reports[0]?.steps ?? [])) + 1;
    const runs: Run[] = [];
    for (let first = 1; first <= last; first++) {
      for (let second = first; second <= last; second++) runs.push([first * 1_000 + second, { ...three, crashAt: [first, second] }]);
    }

    const result = await run(runs);

    expect(result.violation).toBeUndefined();
    expect(runs.length).toBeGreaterThan(200);
  },
  LONGEST_MS,
);

test(
  'H13 I1-I7 hold while busy pages split into shards, lend and bring home',
  async () => {
    const { reports, violation } = await run(Array.from({ length: 40 }, (_unused, index) => [FIRST_SEED + index, CROWD] as const));

    expect(violation).toBeUndefined();
    expect(reports.reduce((sum, { onShards }) => sum + onShards, 0)).toBeGreaterThan(100);
  },
  LONGEST_MS,
);

test(
  'whoever is refused meets what the dead have left, an hour long',
  async () => {
    const { violation } = await run(Array.from({ length: 30 }, (_unused, index) => [FIRST_SEED + index, AFTERNOON] as const));

    expect(violation).toBeUndefined();
  },
  LONGEST_MS,
);

test.each(['slow', 'dead', 'flapping', 'deafening'] as const)(
  'R12 a table that is %s: nothing sent is lost, nothing is overspent, and nothing unsent is charged by a living process',
  async (disturbance) => {
    const weather = disturbed(disturbance);
    const { reports, violation } = await run(Array.from({ length: 60 }, (_unused, index) => [FIRST_SEED + index, weather] as const));

    expect(violation).toBeUndefined();
    expect(reports.reduce((sum, { refused }) => sum + refused, 0)).toBeGreaterThan(100);
    expect(reports.reduce((sum, { admitted }) => sum + admitted, 0)).toBeGreaterThan(50);
  },
  LONGEST_MS,
);

test(
  'H01 H04 H05 H06 H07 H08 H10 I1-I7 I9 I12 hold in 100,000 requests under faults, stalls, crashes, early sweeps and budget changes',
  async () => {
    process.stdout.write(`ledger simulation: SEED=${FIRST_SEED}\n`);
    const weathers = [
      [{ ...STORM, requests: 120, processes: 4, limits: [6_000, 3_000, 1_800] as const }, 40_000],
      [HURRICANE, 10_000],
      [{ ...CALM, requests: 100, limits: [3_000, 2_000, 1_500] as const }, 50_000],
    ] as const;
    const runs: Run[] = [];
    for (const [weather, requests] of weathers) {
      for (let done = 0; done < requests; done += weather.requests) runs.push([FIRST_SEED + runs.length, weather]);
    }

    const { reports, violation } = await run(runs);

    expect(violation).toBeUndefined();
    const seen = new Set(reports.flatMap(({ states }) => Object.keys(states)));
    expect([...seen].sort()).toEqual(['adjusted', 'settled', 'void']);
  },
  LONGEST_MS,
);
