/** What the tests noticed of a part, file by file. A survivor is told when it is found, and a file when it is through: a run may be cut. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** How many mutants are tested between two lines that tell that the run goes on. */
const TOLD_EVERY = 100;
/** What Stryker says of a mutant that tests could have noticed. */
const OUTCOMES = { Killed: 'noticed', RuntimeError: 'noticed', Timeout: 'hung', Survived: 'survived', NoCoverage: 'uncovered' };

/** The rows of `equivalent.json`; refuses one about a line that is not there any more. */
export function equivalentOf(root, rows = JSON.parse(readFileSync(join(root, 'scripts/mutation/equivalent.json'), 'utf8'))) {
  for (const { file, line: text } of rows) {
    const lines = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8').split('\n') : [];
    if (!lines.some((one) => one.trim() === text)) throw new Error(`equivalent.json: ${file} has no line \`${text}\``);
  }
  return rows;
}

export class Findings {
  #root;
  #equivalent;
  #say;
  #used = new Set();
  #files = new Map();
  #planned = 0;
  #tested = 0;

  constructor(root, equivalent, say = console.log) {
    this.#root = root;
    this.#equivalent = equivalent;
    this.#say = say;
  }

  /** Mutants of Stryker's that will be tested. */
  planned(mutants) {
    for (const { fileName } of mutants) this.#of(relative(this.#root, fileName)).left += 1;
    this.#planned = mutants.length;
    this.#say(`${this.#planned} mutants`);
  }

  /** One of Stryker's mutants with its status. */
  tested({ fileName, status, location, replacement }) {
    const file = relative(this.#root, fileName);
    const counts = this.#of(file);
    if (OUTCOMES[status] !== undefined) this.found({ file, location, replacement }, OUTCOMES[status]);
    this.#tested += 1;
    if (this.#tested % TOLD_EVERY === 0) this.#say(`${this.#tested} of ${this.#planned} mutants tested`);
    counts.left -= 1;
    if (counts.left === 0) this.#say(`  ${line(file, counts)}`);
  }

  /** Any mutant and its outcome; returns whether it is a survivor. */
  found(mutant, outcome) {
    const counts = this.#of(mutant.file);
    counts.mutants += 1;
    if (outcome === 'noticed' || outcome === 'hung') {
      counts.noticed += 1;
      if (outcome === 'hung') counts.hung += 1;
      return false;
    }
    const described = describe(mutant, readFileSync(join(this.#root, mutant.file), 'utf8'));
    if (this.#isEquivalent(described)) {
      counts.equivalent += 1;
      return false;
    }
    counts.survived += 1;
    this.#say(
      `${described.at}  ${outcome === 'uncovered' ? 'no test runs this' : 'no test notices'}\n  - ${described.line}\n  + ${described.mutant}`,
    );
    return true;
  }

  /** All of the part in one line; returns the percentage. */
  sum(name, least) {
    const sum = { mutants: 0, noticed: 0, survived: 0, equivalent: 0, hung: 0 };
    for (const counts of this.#files.values()) for (const key of Object.keys(sum)) sum[key] += counts[key];
    for (const [file, counts] of [...this.#files].sort()) this.#say(`  ${line(file, counts)}`);
    this.#say(`${line(name, sum)} (at least ${least} %)`);
    return percentOf(sum);
  }

  /** The rows of `equivalent.json` about these files that no survivor needed. */
  unused(files) {
    return this.#equivalent.filter((row) => files.includes(row.file) && !this.#used.has(row));
  }

  #of(file) {
    const counts = this.#files.get(file) ?? { mutants: 0, noticed: 0, survived: 0, equivalent: 0, hung: 0, left: 0 };
    this.#files.set(file, counts);
    return counts;
  }

  #isEquivalent({ file, line, mutant }) {
    const row = this.#equivalent.find((one) => one.file === file && one.line === line && one.mutant === mutant);
    if (row !== undefined) this.#used.add(row);
    return row !== undefined;
  }
}

function line(name, { mutants, noticed, survived, equivalent, hung }) {
  const percent = percentOf({ noticed, survived });
  return `${name}: ${percent} %, ${noticed} of ${mutants} noticed (${hung} hung), ${survived} survived, ${equivalent} equivalent`;
}

function percentOf({ noticed, survived }) {
  return Math.floor((1_000 * noticed) / Math.max(1, noticed + survived)) / 10;
}

/** A mutant by what it changes, so that it is known again after lines have moved. */
function describe({ file, location, replacement }, source) {
  const text = source.split('\n')[location.start.line - 1];
  const before = text.slice(0, location.start.column - 1).trimStart();
  const after = location.start.line === location.end.line ? text.slice(location.end.column - 1) : ' ...';
  return { file, line: text.trim(), mutant: `${before}${replacement.split('\n')[0]}${after}`, at: `${file}:${location.start.line}` };
}
