/** The real ledger at tables in DynamoDB's partitions, as large as they are in earnest, in virtual time. SCALE=5: a fifth of everything. */
import { runLoad } from '../support/partitions/load';
import type { LoadOptions, LoadReport } from '../support/partitions/load-report';

const SCALE = Number(process.env['SCALE'] ?? 1);
const LONGEST_MS = 7_200_000;

const WHOLE: LoadOptions = {
  seed: Number(process.env['SEED'] ?? Date.now() % 1_000_000_007),
  limits: { writeUnits: 1_000 / SCALE, readUnits: 3_000 / SCALE },
  partitions: 256,
  // So that it is over before everything is as it stays; in earnest it takes minutes.
  splitAfterMs: 2_000,
  requestsPerSecond: 5_000 / SCALE,
  rampSeconds: 15,
  seconds: 25,
  steadyFromSecond: 18,
  callMs: 1_000,
  processes: 200,
  keys: 300,
  teams: 1,
  boundNanoUsd: 50_000_000,
  budgets: {},
};

function print(name: string, { spent, throttled, shards, ...report }: LoadReport): void {
  const tables = Object.fromEntries(Object.entries(throttled).filter(([, { unitsPerSecond, inRamp }]) => unitsPerSecond > 0 || inRamp > 0));
  const split = Object.entries(shards).filter(([page]) => !page.includes('#key#'));
  process.stdout.write(
    `${name}, a ${SCALE}th: ${JSON.stringify({ ...report, tables, split, budgets: Object.keys(spent).length }, null, 1)}\n`,
  );
}

function untrue({ spent }: LoadReport): readonly string[] {
  return Object.entries(spent)
    .filter(([, { page, records, limit, open }]) => page !== records || (limit > 0n && page > limit) || open > 0)
    .map(([name]) => name);
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, count) => all + count, 0);

test.each<[string, Partial<LoadOptions>]>([
  ['5,000 requests a second of one team, project and user', { budgets: { team: '900000.00', project: '900000.00', user: '900000.00' } }],
  [
    '10,000 requests a second of many keys under one budget',
    { requestsPerSecond: 10_000 / SCALE, keys: 2_000, teams: 100, budgets: { gateway: '900000.00', team: '90000.00' }, usage: true },
  ],
])(
  '%s: exact, no partition above its limit, few tries that fail',
  async (name, options) => {
    const report = await runLoad({ ...WHOLE, ...options });
    print(name, report);

    expect(untrue(report)).toEqual([]);
    expect(sum(report.refusedThen) / report.asked).toBeLessThan(0.01);
    expect(report.refusedTriesThen).toBeLessThan(0.1);
    for (const { peak } of Object.values(report.throttled)) expect(peak).toBeLessThan(1.1);
  },
  LONGEST_MS,
);
