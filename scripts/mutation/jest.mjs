/** One test file in this process, as often as wanted: jest is set up once, and what the file loads is loaded each time. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readConfig } from 'jest-config';
import JestRunner from 'jest-runner';
import Runtime from 'jest-runtime';

const require = createRequire(import.meta.url);
export const { run, idOf } = require('./environment.cjs');
/** Nothing ends a run but its tests. */
const WATCHER = { isInterrupted: () => false, isWatchMode: () => false };

/** A function from a file to its tests with their outcome, or to the error that kept it from being loaded. */
export async function jestIn(root) {
  const settings = {
    ...require(join(root, 'jest.config.cjs')),
    rootDir: root,
    testEnvironment: require.resolve('./environment.cjs'),
  };
  const { globalConfig, projectConfig } = await readConfig({ $0: 'mutation', _: [], config: JSON.stringify(settings), silent: true }, root);
  await require(projectConfig.globalSetup)();
  const plain = await Runtime.createContext(projectConfig, { console, maxWorkers: 1, watch: false, watchman: false });
  const properties = { ...plain, config: { ...projectConfig, setupFilesAfterEnv: [require.resolve('./no-shrinking.cjs')] } };
  return async (file) => {
    const runner = new JestRunner(globalConfig, {});
    let outcome;
    runner.on('test-file-success', ([, { testExecError, testResults, perfStats }]) => {
      outcome = { error: testExecError?.message, tests: testResults, tookMs: perfStats.end - perfStats.start };
    });
    runner.on('test-file-failure', ([, { message }]) => {
      outcome = { error: message, tests: [], tookMs: 0 };
    });
    const context = readFileSync(file, 'utf8').includes("'fast-check'") ? properties : plain;
    await runner.runTests([{ context, path: file }], WATCHER, { serial: true });
    return outcome;
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
