import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type * as Simulation from './ledger-simulation';

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

/** Builds the simulation around the source as it is: the same code, without the cost of the test transform. */
export function bundledSimulation(): Promise<typeof Simulation> {
  return bundle(undefined);
}

/** Builds the simulation around the source with one mistake in it. */
export function mutatedSimulation(mutant: Mutant): Promise<typeof Simulation> {
  const file = join(root, mutant.file);
  const source = readFileSync(file, 'utf8');
  if (source.split(mutant.find).length !== 2) throw new Error(`the mutant "${mutant.name}" no longer fits ${mutant.file}`);
  return bundle({ file, source: source.replace(mutant.find, () => mutant.replace) });
}

async function bundle(changed: { readonly file: string; readonly source: string } | undefined): Promise<typeof Simulation> {
  const result = await build({
    entryPoints: [join(root, 'test/support/ledger-simulation.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'mutant',
        setup(builder) {
          builder.onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === changed?.file ? { contents: changed.source, loader: 'ts' } : undefined,
          );
        },
      },
    ],
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', result.outputFiles[0]?.text ?? '')(module, module.exports, createRequire(__filename));
  return module.exports as typeof Simulation;
}
