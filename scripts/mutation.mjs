/**
 * Mutation tests of the code that decides about money and identity: Stryker puts one mistake after another into the source, and the
 * tests of that part must notice each. `npm run mutation -- [PART ...] [--concurrency N] [--file PATH]`; parts and what each must
 * reach stand in `mutation/parts.json`. Then come the changes that Stryker does not make (`mutation/changes.mjs`).
 *
 * A mutant that no test can notice stands in `mutation/equivalent.json` with the reason why it changes nothing that anybody sees. Words
 * of messages are not mutated, nor is code that runs once when a module is loaded. Prints survivors as it finds them; exits 1 when a part
 * falls short or a row of the list fits no mutant any more.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Changes, changesOf, locate } from './mutation/changes.mjs';
import { equivalentOf, Findings } from './mutation/findings.mjs';
import { readParts } from './mutation/parts.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const parts = attempt(() => readParts(root));
const changes = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, attempt(() => changesOf(root, name, part))]));
const equivalent = attempt(() => equivalentOf(root));
const filesOf = (name) => [...new Set([...parts[name].mutate, ...changes[name].map(({ file }) => file)])];
const HELP = `npm run mutation -- [PART ...] [options]

  PART              ${Object.keys(parts).join(', ')}; default: all
  --file PATH       mutants of this file alone; as often as there are files
  --concurrency N   tests at the same time; default: 2
`;
const { values, positionals } = attempt(() =>
  parseArgs({
    allowPositionals: true,
    options: {
      concurrency: { type: 'string', default: '2' },
      file: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h' },
    },
  }),
);
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
checkArguments();
const names = askedParts().filter((name) => values.file.length === 0 || filesOf(name).some((file) => values.file.includes(file)));
if (Number(process.versions.node.split('.')[0]) < 22) refuse('it takes Node.js 22 or newer');
const { runStryker } = await import('./mutation/stryker.mjs');

function attempt(doing) {
  try {
    return doing();
  } catch (error) {
    return refuse(error.message.replace(/\. .*/s, ''));
  }
}

function askedParts() {
  return positionals.length > 0 ? positionals : Object.keys(parts);
}

function checkArguments() {
  const unknown = positionals.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) refuse(`there is no part '${unknown}'; there are ${Object.keys(parts).join(', ')}`);
  if (!/^[1-9]\d?$/.test(values.concurrency)) refuse(`--concurrency takes a number from 1 to 99, not '${values.concurrency}'`);
  const stray = values.file.find((file) => !askedParts().some((name) => filesOf(name).includes(file)));
  if (stray !== undefined) refuse(`--file ${stray} is of no part; the files of each stand in scripts/mutation/parts.json`);
}

function refuse(message) {
  process.stderr.write(`mutation: ${message}; --help shows what there is\n`);
  process.exit(2);
}

let failed = false;
for (const name of names) {
  const isAsked = (file) => values.file.length === 0 || values.file.includes(file);
  const part = parts[name];
  const findings = new Findings(root, equivalent);
  const files = part.mutate.filter(isAsked);
  console.log(`${name}: ${new Date().toISOString()}`);
  if (files.length > 0) await runStryker({ files, tests: part.tests, concurrency: Number(values.concurrency), findings });
  const putIn = new Changes(root);
  for (const change of changes[name].filter(({ file }) => isAsked(file))) {
    const isSurvivor = findings.found(locate(change), await putIn.outcome(change));
    // A kept change is one that was missed before.
    if (isSurvivor && change.name !== undefined) failed = true;
  }
  putIn.end();
  for (const row of findings.unused(files)) {
    console.log(`equivalent.json: fits no surviving mutant any more: ${row.file}  ${row.mutant}`);
    failed = true;
  }
  if (findings.sum(name, part.leastKilledPercent) < part.leastKilledPercent) failed = true;
}
console.log(new Date().toISOString());
process.exit(failed ? 1 : 0);
