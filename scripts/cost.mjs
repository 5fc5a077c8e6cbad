/**
 * The figures of docs/cost.md. Without options it prints them.
 *
 *   --measure   counts anew what calls are billed (needs `npm run build`, takes two minutes) and keeps it in scripts/cost/measured.json
 *   --write     puts the figures into docs/cost.md, between their marks
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure } from './cost/measure.mjs';
import { blocks } from './cost/tables.mjs';
import { withBlocks } from './page-blocks.mjs';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/cost.md');
const kept = join(root, 'scripts/cost/measured.json');
const { values: options } = parseArgs({
  options: { measure: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});

if (options.measure) writeFileSync(kept, `${JSON.stringify(await measure(root), null, 2)}\n`);
const figures = blocks(JSON.parse(readFileSync(kept, 'utf8')));
if (options.write) writeFileSync(page, withBlocks(readFileSync(page, 'utf8'), figures));
else for (const [name, lines] of Object.entries(figures)) console.log(`\n${name}\n\n${lines.join('\n')}`);
