/** Jest's environment for a run with mutants in the code: tells Stryker's switches which test runs, and skips what follows a failed test. */
const { TestEnvironment } = require('jest-environment-node');

/** What the runner and the environments of its test files share. */
const run = { switches: {}, covers: false, only: undefined };

class MutantEnvironment extends TestEnvironment {
  #file;

  constructor(config, context) {
    super(config, context);
    this.#file = context.testPath;
    this.global.__stryker__ = run.switches;
  }

  handleTestEvent(event, state) {
    if (event.name === 'run_start') this.#choose(state.rootDescribeBlock, '');
    else if (run.covers && event.name === 'test_start') run.switches.currentTestId = idOf(this.#file, nameOf(event.test));
    else if (event.name === 'test_done') {
      run.switches.currentTestId = undefined;
      // One failed test has noticed the mutant; the others could tell nothing more.
      if (!run.covers && event.test.errors.length > 0) state.testNamePattern = /(?!)/;
    }
  }

  #choose(block, before) {
    for (const child of block.children) {
      const name = `${before} ${child.name}`.trimStart();
      if (child.type === 'describeBlock') this.#choose(child, name);
      else if (run.only !== undefined && !run.only.has(idOf(this.#file, name))) child.mode = 'skip';
    }
  }
}

function nameOf({ parent, name }) {
  return (parent?.parent === undefined ? name : `${nameOf(parent)} ${name}`).trimStart();
}

function idOf(file, name) {
  return `${file} ${name}`;
}

module.exports = MutantEnvironment;
module.exports.run = run;
module.exports.idOf = idOf;
