/**
 * Makes `lambda/wire/models/listed.json`, what the committed list says of each model beside its prices (`scripts/price-book/lists`), by
 * maker's name and, where a host says something else or more, by host. `lambda/wire/models/families.json` is written by hand, after the
 * vendors' pages that it names, and goes before the list. Needs no network; `scripts/price-book/import.mjs` brings a newer list in.
 *
 * Without options writes it and says what changed. `--check` writes nothing and fails when the committed file is not what the list gives.
 * `--coverage` writes nothing, prints how much of the list is known and how much of that the table of docs/models.md says, and fails when
 * the large hosts together are below what is promised or the table is out of date; `--coverage --write` brings the table up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { linesOf, listedFacts } from './models/listed.mjs';

const committed = join(import.meta.dirname, '../lambda/wire/models/listed.json');
const FLAG = { type: 'boolean', default: false };
const { check, coverage, write } = parseArgs({ options: { check: FLAG, coverage: FLAG, write: FLAG } }).values;
if (coverage) process.exit(await tellCoverage());

const { source, hosts } = JSON.parse(readFileSync(join(import.meta.dirname, 'price-book/lists/litellm.json'), 'utf8'));

const { makers, byHost } = listedFacts(hosts);
const lines = { makers: linesOf(makers), ...Object.fromEntries(Object.entries(byHost).map(([host, models]) => [host, linesOf(models)])) };
const text = `${JSON.stringify({ source: `${source.name} ${source.version} of ${source.date}`, lists: lines })
  .replaceAll('":["', '":[\n"')
  .replaceAll('","', '",\n"')}\n`;

const before = readCommitted();
if (check) {
  if (before !== text) console.error('the list of models is out of date: run `node scripts/models.mjs` and commit the result');
  process.exitCode = before === text ? 0 : 1;
} else {
  for (const line of changes(before)) console.log(line);
  writeFileSync(committed, text);
  console.log(`${Object.keys(makers).length} models, ${Object.values(lines).flat().length} lines, ${Math.round(text.length / 1_024)} KB`);
}

function readCommitted() {
  try {
    return readFileSync(committed, 'utf8');
  } catch {
    return undefined;
  }
}

/** What became of each model since the committed file. */
function changes(old) {
  const [then, now] = [old === undefined ? {} : factsByName(JSON.parse(old).lists), factsByName(lines)];
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    if (then[name] === now[name]) return [];
    if (then[name] === undefined) return [`+ ${name}: ${now[name]}`];
    return [now[name] === undefined ? `- ${name}` : `~ ${name}: ${then[name]} -> ${now[name]}`];
  });
}

function factsByName(lists) {
  return Object.fromEntries(
    Object.entries(lists).flatMap(([list, rows]) =>
      rows.flatMap((row) => {
        const [names, facts] = row.split(' | ');
        return names.split(' ').map((name) => [`${list} ${name}`, facts]);
      }),
    ),
  );
}

/** @returns the exit code */
async function tellCoverage() {
  const { coverage: count, coverageTable, LEAST_PERCENT, percentOf } = await import('./models/coverage.mjs');
  const counted = count();
  const held = counted.hosts.filter((host) => host.held);
  for (const { host, missing } of held) for (const name of missing) console.log(`not known: ${host} ${name}`);
  const table = coverageTable(counted);
  console.log(table);
  const page = join(import.meta.dirname, '../docs/models.md');
  const before = readFileSync(page, 'utf8');
  const after = before.replace(/(?<=<!-- coverage -->\n)[\s\S]*?(?=\n<!-- end of coverage -->)/, () => table);
  if (write) writeFileSync(page, after);
  else if (after !== before) console.error('the table of docs/models.md is out of date: run `node scripts/models.mjs --coverage --write`');
  const percent = percentOf(held);
  if (percent < LEAST_PERCENT) console.error(`${percent} % of the large hosts' models are known, ${LEAST_PERCENT} % are promised`);
  return percent < LEAST_PERCENT || (!write && after !== before) ? 1 : 0;
}
