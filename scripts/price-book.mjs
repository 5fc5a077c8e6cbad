/**
 * Makes the price book of two public lists, both committed as data with their version and day, and of the decisions where they differ:
 * `scripts/price-book/lists`, `scripts/price-book/decisions.json`. Needs no network. `scripts/price-book/import.mjs` brings newer lists in.
 *
 * Without options writes `lambda/money/pricing/price-book.json`, which is also what `llm-gateway prices load` takes.
 * `--out FILE` writes it there. `--compare` tells every difference and how it was decided. `--check` writes nothing and fails when
 * the committed book is not what the lists give, or when nobody decided a difference.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decimal } from './price-book/amounts.mjs';
import { linesOf } from './price-book/encode.mjs';
import { merge, readable } from './price-book/merge.mjs';

const data = join(import.meta.dirname, 'price-book');
const committed = join(import.meta.dirname, '../lambda/money/pricing/price-book.json');
const { check, compare, out } = parseArgs({
  options: { check: { type: 'boolean', default: false }, compare: { type: 'boolean', default: false }, out: { type: 'string' } },
}).values;

const read = (name) => JSON.parse(readFileSync(join(data, name), 'utf8'));
const [first, second] = [read('lists/litellm.json'), read('lists/genai-prices.json')];
const decisions = read('decisions.json');
const { kinds, undecided, stale } = merge(first, second, decisions);

const lists = Object.fromEntries(
  Object.keys(kinds)
    .sort()
    .map((kind) => [kind, linesOf(kinds[kind])]),
);
const { date } = first.source;
const sources = Object.fromEntries([first, second].map(({ source }) => [source.name, `${source.version} of ${source.date}`]));
const hash = createHash('sha256').update(JSON.stringify(lists)).digest('hex').slice(0, 8);
const book = { version: `${date}-${hash}`, date, sources, lists };
const text = `${JSON.stringify(book).replaceAll('":["', '":[\n"').replaceAll('","', '",\n"')}\n`;

for (const { kind, model, different } of undecided) {
  console.error(`nobody decided ${kind} ${model}, so the dearer holds:`);
  for (const [name, one, other] of different)
    console.error(`  ${name}: litellm ${readable(one, decimal)}, genai-prices ${readable(other, decimal)}`);
}
for (const name of stale) console.error(`a decision is not needed any more: ${name}`);
if (compare) {
  for (const { kind, models, take, page, checked, note, ...said } of decisions) {
    console.log(
      `${kind} ${models.join(', ')}: ${take ?? JSON.stringify(said.prices ?? said)} (${page}, ${checked})${note === undefined ? '' : `: ${note}`}`,
    );
  }
}
if (check) {
  const current = readFileSync(committed, 'utf8') === text;
  if (!current) console.error('the price book is out of date: run `node scripts/price-book.mjs` and commit the result');
  process.exitCode = current && undecided.length === 0 && stale.length === 0 ? 0 : 1;
} else if (!compare) {
  writeFileSync(out ?? committed, text);
  const names = Object.values(kinds).reduce((sum, models) => sum + Object.keys(models).length, 0);
  console.log(`${names} names on ${Object.values(lists).flat().length} lines, ${Math.round(text.length / 1_024)} KB`);
}
