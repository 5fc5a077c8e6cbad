import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

/** A mistake that somebody could make, as a change of the real source. */
export interface Mutant {
  readonly name: string;
  /** From the repository's root. */
  readonly file: string;
  /** Must occur exactly once. */
  readonly find: string;
  readonly replace: string;
}

const root = resolve(__dirname, '../..');

/** One run of the simulation: its seed and its weather. */
export type Run = readonly [seed: number, options: object];

export interface RunResult<Report> {
  /** Of the runs before the first that broke a promise. */
  readonly reports: readonly Report[];
  readonly violation: string | undefined;
}

/** The simulation of one source, ready to run. */
export type Simulator<Report = unknown> = (runs: readonly Run[]) => Promise<RunResult<Report>>;

/**
 * Builds the simulation around the source as it is, or with one mistake in it. Runs take place in a thread of their own, outside
 * the test framework's sandbox, where the same code takes less than half the time.
 */
export async function simulator<Report = unknown>(
  mutant?: Mutant,
  entry = 'test/support/ledger-simulation.ts',
): Promise<Simulator<Report>> {
  const code = `const bundle = { exports: {} };
(function (module, exports) {${await bundle(mutant, entry)}
})(bundle, bundle.exports);
const { parentPort, workerData } = require('node:worker_threads');
(async () => {
  const reports = [];
  let violation;
  for (const [seed, options] of workerData) {
    try {
      reports.push(await bundle.exports.simulate(seed, options));
    } catch (error) {
      violation = String(error);
      break;
    }
  }
  parentPort.postMessage({ reports, violation });
})();`;
  return (runs) =>
    new Promise((done, failed) => {
      const worker = new Worker(code, { eval: true, workerData: runs });
      worker.once('message', (result: RunResult<Report>) => done(result));
      worker.once('error', failed);
    });
}

async function bundle(mutant: Mutant | undefined, entry: string): Promise<string> {
  const file = mutant === undefined ? undefined : join(root, mutant.file);
  const source = file === undefined ? '' : readFileSync(file, 'utf8');
  if (mutant !== undefined && source.split(mutant.find).length !== 2) {
    throw new Error(`the mutant "${mutant.name}" no longer fits ${mutant.file}`);
  }
  const result = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    // Native code is found beside its package alone.
    external: ['dynalite/*'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'mutant',
        setup(builder) {
          builder.onLoad({ filter: /\.ts$/ }, ({ path }) =>
            mutant !== undefined && path === file
              ? { contents: source.replace(mutant.find, () => mutant.replace), loader: 'ts' }
              : undefined,
          );
        },
      },
    ],
  });
  return result.outputFiles[0]?.text ?? '';
}
