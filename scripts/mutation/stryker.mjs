/** One run of Stryker over some files, against the tests of their part. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { NOT_COPIED } from './changes.mjs';
import { listen } from './runner.mjs';

/** A hung test is a noticed mutant, a test on a busy machine is not; loops that never end are cut short by their count. */
const TIMEOUT_MS = 30_000;
/** Jest leaves something behind in its process each time. */
const RUNS_A_PROCESS = 300;

/** Tells `findings` of every mutant. */
export async function runStryker({ files, tests, concurrency, findings }) {
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  listen({
    planned: (mutants) => findings.planned(mutants),
    tested: (mutant) => findings.tested(mutant),
  });
  try {
    await new Stryker({
      testRunner: 'near-tests',
      nearTests: tests,
      plugins: [fileURLToPath(new URL('runner.mjs', import.meta.url))],
      reporters: ['as-found'],
      coverageAnalysis: 'perTest',
      mutate: files,
      mutator: { excludedMutations: ['StringLiteral'] },
      ignoreStatic: true,
      concurrency,
      timeoutMS: TIMEOUT_MS,
      maxTestRunnerReuse: RUNS_A_PROCESS,
      tempDirName: join(folder, 'sandbox'),
      ignorePatterns: NOT_COPIED,
      // It is for TypeScript's older compiler, which is not here; the tests are transformed without it.
      tsconfigFile: 'none',
      disableTypeChecks: false,
      logLevel: 'warn',
      allowConsoleColors: false,
      warnings: { unknownOptions: false },
    }).runMutationTest();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
