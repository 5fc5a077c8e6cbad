import { during, type FleetOptions, type FleetReport, type Outage, simulateFleet } from './fleet-simulation';

export interface FleetSize {
  readonly processes: number;
  readonly workers: number;
  readonly seeds: readonly number[];
}

const DOWN_FROM_S = 40;
const DOWN_UNTIL_S = 110;
/** Until enough processes have seen it fail: three calls of a process that serves one after the other. */
const FOUND_OUT_BY_S = DOWN_FROM_S + 10;
/** A rest, a claim, and until everybody has heard. */
const RECOVERED_WITHIN_S = 13;
const dead = (provider: string, changes: Partial<Outage> = {}): Outage => ({
  provider,
  fromMs: DOWN_FROM_S * 1_000,
  untilMs: DOWN_UNTIL_S * 1_000,
  share: 1,
  afterMs: 40,
  ...changes,
});

/** What must hold of a fleet of any size, whatever the seed. */
export function describeFleet({ processes, workers, seeds }: FleetSize): void {
  const run = (seed: number, changes: Partial<FleetOptions>): Promise<FleetReport> =>
    simulateFleet({ seed, processes, workers, providers: ['up', 'spare'], lengthMs: 150_000, outages: [], busy: 1, ...changes });
  const probes = (report: FleetReport, provider = 'up') =>
    report.seconds.slice(FOUND_OUT_BY_S, DOWN_UNTIL_S).map(({ at }) => at[provider] ?? 0);
  const most = (counts: readonly number[]) => Math.max(...counts);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

  describe.each(seeds)(`a fleet of ${processes} processes, seed %i`, (seed) => {
    test('F11 I21 a primary that dies under all that is in flight makes no storm, and nobody is refused', async () => {
      const report = await run(seed, { outages: [dead('up')] });

      const { requests, attempts } = during(report, DOWN_FROM_S, DOWN_UNTIL_S);
      expect(attempts / requests).toBeLessThanOrEqual(1.1);
      const minute = during(report, DOWN_FROM_S, DOWN_FROM_S + 60);
      expect(minute.attempts / minute.requests).toBeLessThanOrEqual(1.1);
      expect(during(report, 0, 149).answered).toBeGreaterThan(0.97 * during(report, 0, 149).requests);
    });

    test('F12 it is found out by one call a second at most, and everybody is back within a rest of its recovery', async () => {
      const report = await run(seed, { outages: [dead('up')] });

      expect(most(probes(report))).toBeLessThanOrEqual(2);
      expect(sum(probes(report))).toBeLessThanOrEqual((DOWN_UNTIL_S - DOWN_FROM_S) / 7);
      const { requests, at } = during(report, DOWN_UNTIL_S + RECOVERED_WITHIN_S, 149);
      expect((at['up'] ?? 0) / requests).toBeGreaterThan(0.95);
    });

    test('F12 hot keys: processes with few calls learn of it from those with many', async () => {
      const report = await run(seed, { outages: [dead('up')], busy: 0.1 });

      expect(most(probes(report))).toBeLessThanOrEqual(2);
      const { requests, attempts } = during(report, FOUND_OUT_BY_S, DOWN_UNTIL_S);
      expect(attempts / requests).toBeLessThanOrEqual(1.05);
    });

    test('F10 F12 when everything is down hardly anything is sent, and all of it is found again', async () => {
      const report = await run(seed, { outages: [dead('up'), dead('spare')] });

      const { requests, attempts } = during(report, FOUND_OUT_BY_S, DOWN_UNTIL_S);
      expect(attempts / requests).toBeLessThanOrEqual(0.1);
      const after = during(report, DOWN_UNTIL_S + RECOVERED_WITHIN_S, 148);
      expect(after.answered / after.requests).toBeGreaterThan(0.9);
    });

    test('F13 a lone target is probed once a second, and back within two of its recovery', async () => {
      const report = await run(seed, { providers: ['up'], outages: [dead('up')] });

      expect(most(probes(report))).toBeLessThanOrEqual(3);
      expect(sum(probes(report))).toBeGreaterThanOrEqual(0.5 * (DOWN_UNTIL_S - FOUND_OUT_BY_S));
      const after = during(report, DOWN_UNTIL_S + 4, 148);
      expect(after.answered / after.requests).toBeGreaterThan(0.9);
    });

    test('I21 half of the calls fail: what is tried again stays within a tenth', async () => {
      const report = await run(seed, { providers: ['up'], outages: [dead('up', { share: 0.5 })] });

      const { requests, attempts } = during(report, DOWN_FROM_S, DOWN_UNTIL_S);
      expect(attempts / requests).toBeLessThanOrEqual(1.1);
    });

    test('I21 a provider that hangs is tried by few at a time', async () => {
      const report = await run(seed, { outages: [dead('up', { afterMs: 8_000 })] });

      const { requests, attempts } = during(report, DOWN_FROM_S, DOWN_UNTIL_S);
      expect(attempts / requests).toBeLessThanOrEqual(1.1);
    });

    test('one process whose own network is broken lets nobody else fail', async () => {
      const report = await run(seed, { broken: 1 });

      const { requests, at } = during(report, 10, 149);
      expect((at['up'] ?? 0) / requests).toBeGreaterThan(0.85);
      // It alone asks whether it may find out: once a second for each of the two.
      expect(report.claims).toBeLessThan(320);
    });
  });
}
