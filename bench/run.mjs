/**
 * `npm run bench`: the gateway beside a raw `node:http` pass-through and beside a sketch of a gateway, in one run. Prints a table, writes
 * bench/results/latest.json.
 *
 *   --against DIR   instead beside the gateway of another checkout that is built: old and new alive in one run, ratios new/old
 *   --json FILE     writes the rows there too; their ids stay the same from version to version
 *   --quick         takes fewer samples
 *   --only WORD     only the parts with this word in their name; may be repeated
 *
 * Every target is a process of its own, so is the provider; this process makes the load. Read the ratios: whatever else the machine
 * does only adds, and the absolute figures belong to the machine.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { againstParts } from './against.mjs';
import { besideParts } from './beside.mjs';
import { stopAll } from './processes.mjs';
import { createReport } from './report.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const { quick, json, against, only } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    against: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
  },
}).values;

const effort = {
  slices: quick ? 3 : 10,
  sliceMs: quick ? 400 : 1_000,
  /** Of calls one by one. */
  rounds: quick ? 80 : 400,
  idleStreams: 500,
  /** The heap grows in steps, and one process more or less makes a difference. */
  idleRounds: quick ? 1 : 5,
  imports: quick ? 3 : 9,
  /** New environments of a function. */
  environments: quick ? 3 : 11,
  /** Requests, or milliseconds, until the compiler is as good as done with a target: what it takes is no part of a request. */
  warmUp: quick ? { requests: 6_000, milliseconds: 12_000 } : { requests: 60_000, milliseconds: 30_000 },
};
const report = createReport(against === undefined ? ['reference', 'sketch', 'gateway'] : ['old', 'new'], effort);
const parts = against === undefined ? besideParts(root, effort, report.row) : againstParts(resolve(against), root, effort, report.row);

for (const [name, measure] of parts) {
  // What is measured has to be built, whichever part is wanted.
  if (only.length > 0 && name !== 'build' && !only.some((word) => name.includes(word))) continue;
  try {
    await measure().catch(() => {
      stopAll();
      return measure();
    });
  } catch (error) {
    report.miss(name, error);
  }
  stopAll();
}
report.print();
report.write(join(here, 'results', against === undefined ? 'latest.json' : 'against.json'));
if (json !== undefined) report.write(resolve(json));
process.exitCode = report.isComplete() ? 0 : 1;
