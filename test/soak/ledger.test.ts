import { availableParallelism } from 'node:os';
import { AFTERNOON, CROWD, disturbed, HURRICANE, type SimulationOptions, type SimulationReport, STORM } from '../support/ledger-simulation';
import { type Run, type Simulator, simulator } from '../support/mutants';

/** Replays a run: SEED=n. Every run begins elsewhere. */
const FIRST_SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
/** How many requests go through faults, stalls and crashes; a tenth as many through each kind of disturbed table. */
const REQUESTS = Number(process.env['SOAK_REQUESTS'] ?? 1_000_000);
/** Nothing more is begun after the portion in which a promise was broken. */
const PORTION_RUNS = 1_000;
const THREADS = Math.min(4, availableParallelism());
const LONGEST_MS = 3_600_000;

const WEATHERS: readonly SimulationOptions[] = [CROWD, AFTERNOON, HURRICANE, HURRICANE, STORM, STORM, STORM, STORM, STORM, STORM];

let run: Simulator<SimulationReport>;
beforeAll(async () => {
  run = await simulator<SimulationReport>();
});

test(
  `H02 H13 I1-I7 hold in ${REQUESTS} requests`,
  async () => {
    const storms = (seed: number): SimulationOptions => WEATHERS[seed % WEATHERS.length] ?? STORM;

    expect(await soak('storms and crowds', REQUESTS, storms)).toBeUndefined();
  },
  LONGEST_MS,
);

test.each(['slow', 'dead', 'flapping', 'deafening'] as const)(
  'R12 a table that is %s: nothing sent is lost, nothing is overspent, nothing unsent is charged by a living process',
  async (disturbance) => {
    const weather = disturbed(disturbance);

    expect(await soak(`a ${disturbance} table`, REQUESTS / 10, () => weather)).toBeUndefined();
  },
  LONGEST_MS,
);

/** Answers the promise that was broken first. */
async function soak(name: string, requests: number, weatherOf: (seed: number) => SimulationOptions): Promise<string | undefined> {
  const began = Date.now();
  const reports: SimulationReport[] = [];
  let violation: string | undefined;
  let asked = 0;
  for (let index = 0; asked < requests && violation === undefined; ) {
    const runs: Run[] = [];
    for (; asked < requests && runs.length < PORTION_RUNS; index += 1) {
      const weather = weatherOf(FIRST_SEED + index);
      runs.push([FIRST_SEED + index, weather]);
      asked += weather.requests;
    }
    const size = Math.ceil(runs.length / THREADS);
    const parts = Array.from({ length: THREADS }, (_unused, thread) => runs.slice(thread * size, (thread + 1) * size));
    const results = await Promise.all(parts.map((part) => run(part)));
    reports.push(...results.flatMap((result) => result.reports));
    violation = results.find((result) => result.violation !== undefined)?.violation;
  }
  const sum = (of: (report: SimulationReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  const [admitted, refused] = [sum((report) => report.admitted), sum((report) => report.refused)];
  const lastSeed = FIRST_SEED + reports.length - 1;
  const seconds = Math.round((Date.now() - began) / 1_000);
  process.stdout.write(
    `ledger soak, ${name}: ${asked} requests, seeds ${FIRST_SEED} to ${lastSeed}, ${admitted} admitted, ${refused} refused, ${seconds} s, ${violation ?? 'nothing broken'}\n`,
  );
  return violation;
}
