/**
 * `npm run bench`: the gateway beside a raw `node:http` pass-through, in one run. Prints a table, writes bench/results/latest.json.
 *
 *   --against DIR   instead beside the gateway of another checkout that is built: old and new alive in one run, ratios new/old
 *   --json FILE     writes the rows there too; their ids stay the same from version to version
 *   --quick         takes fewer samples
 *
 * Every target is a process of its own, so is the provider; this process makes the load. Read the ratios: whatever else the machine
 * does only adds, and the absolute figures belong to the machine.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureAgainst } from './against.mjs';
import { measureBeside } from './beside.mjs';
import { stopAll } from './processes.mjs';
import { createReport } from './report.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const { quick, json, against } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' }, against: { type: 'string' } },
}).values;

const effort = {
  slices: quick ? 3 : against === undefined ? 8 : 10,
  sliceMs: quick ? 400 : 1_000,
  /** Of calls one by one. */
  rounds: quick ? 60 : 300,
  idleStreams: quick ? 100 : 500,
  /** The heap grows in steps, and one process more or less makes a difference. */
  idleRounds: quick ? 1 : 5,
  imports: quick ? 3 : 9,
  /** Requests, or milliseconds, until the compiler is as good as done with a target: what it takes is no part of a request. */
  warmUp: quick ? { requests: 4_000, milliseconds: 6_000 } : { requests: 60_000, milliseconds: 20_000 },
};
const report = createReport(against === undefined ? ['reference', 'gateway'] : ['old', 'new']);

try {
  if (against === undefined) await measureBeside(root, effort, report.row);
  else await measureAgainst(resolve(against), root, effort, report.row);
} finally {
  stopAll();
}
report.print(effort);
report.write(join(here, 'results', against === undefined ? 'latest.json' : 'against.json'), effort);
if (json !== undefined) report.write(resolve(json), effort);
