/** `node bench/page.mjs`: puts the rows of bench/results/latest.json into docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withBlocks } from '../scripts/page-blocks.mjs';
import { tableOf } from './report.mjs';

const page = join(import.meta.dirname, '../docs/performance.md');
const results = JSON.parse(readFileSync(join(import.meta.dirname, 'results/latest.json'), 'utf8'));
const figures = [`Node ${results.node}, ${results.slices} slices of ${results.sliceMs} ms.`, '', ...tableOf(results)];
writeFileSync(page, withBlocks(readFileSync(page, 'utf8'), { figures }));
