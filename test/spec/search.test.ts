import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../..');

test('the protocol holds in every state of a small model', () => {
  const output = execFileSync(process.execPath, ['spec/search.mjs', 'a second send'], { cwd: root, encoding: 'utf8' });

  expect(output).toMatch(/a second send: \d{3,} states, nothing broken/);
}, 60_000);

test('a search that finds something shows the shortest way to it, and fails', () => {
  const script = `
    import { explore } from './spec/explore.mjs';
    import { pageModel } from './spec/page.mjs';
    const { wrong, trace } = explore(pageModel({ rows: [[2]], deletes: true, mistake: 'a page is deleted while current' }));
    console.log(wrong, trace.length);
  `;

  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' });

  expect(output).toMatch(/^period 0 holds 3 of 2 \d+$/m);
}, 60_000);
