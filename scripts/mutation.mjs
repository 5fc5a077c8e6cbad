/**
 * Mutation tests of the code that decides about money and identity: Stryker puts one mistake after another into the source, and the
 * tests of that part must notice each. `npm run mutation -- [PART ...] [--concurrency N] [--file PATH]`; parts and what each must
 * reach stand in `mutation/parts.json`. Then come the changes that Stryker does not make (`mutation/changes.mjs`).
 *
 * A mutant that no test can notice stands in `mutation/equivalent.json` with the reason why it changes nothing that anybody sees. Words
 * of messages are not mutated, nor is code that runs once when a module is loaded. Prints the survivors; exits 1 when a part falls short
 * or a row of the list fits no mutant any more.
 */
import { spawnSync } from 'node:child_process';
import fs, { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { changesOf, isNoticed } from './mutation/changes.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (name) => JSON.parse(readFileSync(join(root, 'scripts/mutation', name), 'utf8'));
const parts = read('parts.json');
const HELP = `npm run mutation -- [PART ...] [options]

  PART              ${Object.keys(parts).join(', ')}; default: all
  --file PATH       mutants of this file alone
  --concurrency N   tests at the same time; default: 2
`;
const { values, positionals } = readArguments();
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
checkArguments();
const names = positionals.length > 0 ? positionals : Object.keys(parts).filter((name) => values.file === undefined || has(parts[name]));
if (names.length === 0) refuse(`--file ${values.file} is of no part; the files of each stand in scripts/mutation/parts.json`);
const equivalent = read('equivalent.json');
const used = new Set();

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { concurrency: { type: 'string', default: '2' }, file: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    return refuse(error.message.split('. ')[0]);
  }
}

function checkArguments() {
  const unknown = positionals.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) refuse(`there is no part '${unknown}'; there are ${Object.keys(parts).join(', ')}`);
  if (!/^[1-9]\d?$/.test(values.concurrency)) refuse(`--concurrency takes a number from 1 to 99, not '${values.concurrency}'`);
  if (fs.globSync === undefined) refuse('it takes Node.js 22 or newer');
  if (values.file === undefined) return;
  const without = positionals.find((name) => !has(parts[name]));
  if (without !== undefined) refuse(`--file ${values.file} is not of the part ${without}`);
}

/** Whether the file that was asked for is of a part. */
function has(part) {
  const patterns = [...(part.mutate ?? []), ...(part.literals ?? [])];
  const [without, within] = [patterns.filter((one) => one.startsWith('!')), patterns.filter((one) => !one.startsWith('!'))];
  const left = new Set(
    fs.globSync(
      without.map((one) => one.slice(1)),
      { cwd: root },
    ),
  );
  const kept = read('changes.json').some((row) => parts[row.part] === part && row.file === values.file);
  return kept || (fs.globSync(within, { cwd: root }).includes(values.file) && !left.has(values.file));
}

function refuse(message) {
  process.stderr.write(`mutation: ${message}; --help shows what there is\n`);
  process.exit(2);
}

/** One run of Stryker over a part: its report by file. */
function mutants(part) {
  if (part.mutate === undefined) return {};
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  const report = join(folder, 'report.json');
  const settings = join(folder, 'stryker.json');
  writeFileSync(
    settings,
    JSON.stringify({
      testRunner: 'jest',
      plugins: ['@stryker-mutator/jest-runner'],
      coverageAnalysis: 'perTest',
      mutate: values.file === undefined ? part.mutate : [values.file],
      mutator: { excludedMutations: ['StringLiteral'] },
      ignoreStatic: true,
      concurrency: Number(values.concurrency),
      jest: {
        configFile: 'jest.config.cjs',
        config: { testMatch: part.tests.map((tests) => `<rootDir>/${testFiles(tests)}`) },
        // It looks below jest's roots alone, so it misses tests that reach the source through another module of it.
        enableFindRelatedTests: false,
      },
      reporters: ['json', 'progress-append-only'],
      jsonReporter: { fileName: report },
      tempDirName: join(folder, 'sandbox'),
      ignorePatterns: ['bench', 'cdk.out', 'docs', 'e2e', 'spec'],
      // It is for TypeScript's older compiler, which is not here; the tests are transformed without it.
      tsconfigFile: 'none',
      disableTypeChecks: false,
    }),
  );
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const { status } = spawnSync(process.execPath, [stryker, 'run', settings], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    if (status !== 0) throw new Error(`Stryker ended with ${status}`);
    return JSON.parse(readFileSync(report, 'utf8')).files;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function testFiles(tests) {
  return tests.endsWith('.ts') ? tests : `${tests}/**/*.test.ts`;
}

/** A mutant by what it changes, so that it is known again after lines have moved. */
function describe(file, source, { location, replacement }) {
  const lines = source.split('\n');
  const line = lines[location.start.line - 1];
  const before = line.slice(0, location.start.column - 1).trimStart();
  const oneLine = location.start.line === location.end.line;
  const after = oneLine ? line.slice(location.end.column - 1) : ' ...';
  return { file, line: line.trim(), mutant: `${before}${replacement.split('\n')[0]}${after}`, at: `${file}:${location.start.line}` };
}

/** A change of `changes.mjs` in Stryker's words. */
function locate({ source, start, end, replacement }) {
  const place = (index) => {
    const before = source.slice(0, index).split('\n');
    return { line: before.length, column: before.at(-1).length + 1 };
  };
  return { location: { start: place(start), end: place(end) }, replacement };
}

function reasonFor({ file, line, mutant }) {
  const index = equivalent.findIndex((row) => row.file === file && row.line === line && row.mutant === mutant);
  if (index >= 0) used.add(index);
  return index >= 0;
}

let failed = false;
for (const name of names) {
  const part = parts[name];
  let killed = 0;
  const survivors = [];
  for (const [file, { source, mutants: all }] of Object.entries(mutants(part))) {
    for (const mutant of all) {
      if (mutant.status === 'Killed' || mutant.status === 'Timeout') killed += 1;
      else if (mutant.status === 'Survived' || mutant.status === 'NoCoverage') {
        const described = describe(file, source, mutant);
        if (!reasonFor(described)) survivors.push({ ...described, uncovered: mutant.status === 'NoCoverage' });
      }
    }
  }
  for (const change of changesOf(root, name, part, values.file)) {
    if (isNoticed(root, change)) killed += 1;
    else {
      const described = describe(change.file, change.source, locate(change));
      if (!reasonFor(described)) survivors.push(described);
      // A kept change is one that was missed before.
      if (change.name !== undefined) failed = true;
    }
  }
  for (const { at, line, mutant, uncovered } of survivors) {
    console.log(`${at}  ${uncovered ? 'no test runs this' : 'no test notices'}\n  - ${line}\n  + ${mutant}`);
  }
  const percent = Math.floor((1_000 * killed) / Math.max(1, killed + survivors.length)) / 10;
  console.log(`${name}: ${killed} of ${killed + survivors.length} mutants noticed, ${percent} % (at least ${part.leastKilledPercent} %)`);
  if (percent < part.leastKilledPercent) failed = true;
}

if (positionals.length === 0 && values.file === undefined) {
  for (const [index, row] of equivalent.entries()) {
    if (used.has(index)) continue;
    console.log(`equivalent.json: fits no surviving mutant any more: ${row.file}  ${row.mutant}`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
