import { MUTANTS } from '../../../support/ledger-mutants';
import { STORM } from '../../../support/ledger-simulation';
import { mutatedSimulation } from '../../../support/mutants';

/** Seeds tried before a mistake counts as unnoticed. */
const MOST_SEEDS = 1_500;

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  'the proof notices: %s',
  async (_name, mutant) => {
    const { simulate } = await mutatedSimulation(mutant);

    let violation: string | undefined;
    for (let seed = 1; seed <= MOST_SEEDS && violation === undefined; seed++) {
      violation = await simulate(seed, mutant.weather ?? STORM).then(
        () => undefined,
        (error: unknown) => String(error),
      );
    }

    expect(violation).toMatch(/I[1-9] /);
  },
  120_000,
);
