import { simulator } from '../../../support/mutants';
import { SHARD_MUTANTS } from '../../../support/shard-mutants';

const ENTRY = 'test/support/shards-simulation.ts';
const runs = (count: number, from = 1) => Array.from({ length: count }, (_unused, index) => [from + index, {} as never] as const);

test('shards lose and make no money, whoever is late, deaf or dead when', async () => {
  const run = await simulator(undefined, ENTRY);

  const { violation, reports } = await run(runs(400));

  expect(violation).toBeUndefined();
  const sum = (of: string) => (reports as never as Record<string, number>[]).reduce((total, report) => total + (report[of] ?? 0), 0);
  expect(sum('shards')).toBeGreaterThan(300);
  expect(sum('died')).toBeGreaterThan(100);
  expect(sum('refused')).toBeGreaterThan(100);
}, 300_000);

test.each(SHARD_MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  'the proof notices: %s',
  async (_name, mutant) => {
    const run = await simulator(mutant, ENTRY);

    const { violation } = await run(runs(2_000));

    expect(violation).toMatch(/S\d /);
  },
  300_000,
);
