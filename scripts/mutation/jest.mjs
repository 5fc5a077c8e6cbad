/** One test file in this process, as often as wanted: jest itself is loaded once, and what the file loads each time. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runCLI } from 'jest';

const require = createRequire(import.meta.url);
export const { run, idOf } = require('./environment.cjs');

/** A function from a file to its tests with their outcome, or to the error that kept it from being loaded. */
export function jestIn(root) {
  const config = JSON.stringify({
    ...require(join(root, 'jest.config.cjs')),
    rootDir: root,
    testEnvironment: require.resolve('./environment.cjs'),
    reporters: [],
  });
  return async (file) => {
    const { results } = await runCLI({ $0: 'mutation', _: [file], runTestsByPath: true, config, runInBand: true, silent: true }, [root]);
    const [{ testExecError, testResults, perfStats }] = results.testResults;
    return { error: testExecError?.message, tests: testResults, tookMs: perfStats.end - perfStats.start };
  };
}

/** Files in the order in which they notice soonest: those that took the least come first. */
export class QuickestFirst {
  #tookMs = new Map();

  took(file, ms) {
    this.#tookMs.set(file, Math.max(ms, this.#tookMs.get(file) ?? 0));
  }

  order(files) {
    return [...files].sort((one, other) => (this.#tookMs.get(one) ?? 0) - (this.#tookMs.get(other) ?? 0));
  }
}
