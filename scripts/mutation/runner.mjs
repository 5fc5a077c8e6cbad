/**
 * How Stryker runs jest here: a mutant meets the test files that run its code, the quickest first, and none after the first that notices.
 * Stryker's own runner loads every test file for each mutant, and each of their tests.
 */
import { join, relative } from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { DryRunStatus, determineHitLimitReached, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import { idOf, jestIn, QuickestFirst, run } from './jest.mjs';

const STATUS = { passed: TestStatus.Success, failed: TestStatus.Failed };

/** A loop that never ends is cut at a hundred times the turns that all tests take together; ten times are enough where those are many. */
const MANY_TURNS = 1_000_000;

function soonerLimit(hitLimit) {
  return hitLimit === undefined ? undefined : Math.min(hitLimit, Math.max(MANY_TURNS, hitLimit / 10));
}

class NearTests {
  static inject = ['options'];
  #root = process.cwd();
  #jest;
  #quickest = new QuickestFirst();
  #files;

  constructor(options) {
    this.#files = options.nearTests.map((file) => join(this.#root, file));
  }

  async init() {
    this.#jest = await jestIn(this.#root);
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun({ coverageAnalysis }) {
    run.covers = coverageAnalysis === 'perTest';
    run.only = undefined;
    const tests = [];
    for (const file of this.#files) {
      const ran = await this.#run(file);
      if (ran.error !== undefined) return { status: DryRunStatus.Error, errorMessage: `${relative(this.#root, file)}: ${ran.error}` };
      tests.push(...ran.tests);
    }
    run.covers = false;
    return { status: DryRunStatus.Complete, tests, mutantCoverage: run.switches.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, reloadEnvironment, ...options }) {
    const hitLimit = soonerLimit(options.hitLimit);
    Object.assign(run.switches, { activeMutant: activeMutant.id, hitCount: hitLimit === undefined ? undefined : 0, hitLimit });
    // What a module does when it is loaded, any test may notice, not only one that loads it once more.
    run.only = reloadEnvironment ? undefined : new Set(testFilter);
    const files = this.#files.filter((file) => reloadEnvironment || testFilter.some((id) => id.startsWith(idOf(file, ''))));
    let nrOfTests = 0;
    for (const file of this.#quickest.order(files)) {
      const { error, tests } = await this.#run(file);
      nrOfTests += tests.length;
      const hung = determineHitLimitReached(run.switches.hitCount, hitLimit);
      if (hung !== undefined) return hung;
      const failed = tests.filter(({ status }) => status === TestStatus.Failed).map(({ id }) => id);
      // A file that cannot even be loaded has noticed.
      if (error !== undefined) failed.push(testFilter[0]);
      if (failed.length > 0) return { status: MutantRunStatus.Killed, killedBy: failed, failureMessage: error ?? '', nrOfTests };
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  async #run(file) {
    const { error, tests, tookMs } = await this.#jest(file);
    this.#quickest.took(file, tookMs);
    return {
      error,
      tests: tests.map(({ fullName, duration, status }) => ({
        id: idOf(file, fullName),
        name: fullName,
        fileName: file,
        timeSpentMs: duration ?? 0,
        status: STATUS[status] ?? TestStatus.Skipped,
      })),
    };
  }
}

/** Who hears what will be tested, and of each mutant as soon as it was. */
const listener = { planned: () => {}, tested: () => {} };

export function listen(to) {
  Object.assign(listener, to);
}

class AsFound {
  onMutationTestingPlanReady({ mutantPlans }) {
    listener.planned(mutantPlans.map(({ mutant }) => mutant));
  }

  onMutantTested(mutant) {
    listener.tested(mutant);
  }
}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'near-tests', NearTests),
  declareClassPlugin(PluginKind.Reporter, 'as-found', AsFound),
];
