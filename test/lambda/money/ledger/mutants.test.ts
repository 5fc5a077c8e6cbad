import { MUTANTS } from '../../../support/ledger-mutants';
import { STORM } from '../../../support/ledger-simulation';
import { simulator } from '../../../support/mutants';

/** Seeds tried before a mistake counts as unnoticed. */
const MOST_SEEDS = 1_500;

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  'the proof notices: %s',
  async (_name, mutant) => {
    const run = await simulator(mutant);

    const { violation } = await run(Array.from({ length: MOST_SEEDS }, (_unused, index) => [index + 1, mutant.weather ?? STORM] as const));

    expect(violation).toMatch(/I\d+ /);
  },
  300_000,
);
