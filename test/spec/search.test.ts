import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../..');

test('the protocol holds in every reachable state of its models, and each known mistake would be found', () => {
  const output = execFileSync(process.execPath, ['spec/search.mjs'], { cwd: root, encoding: 'utf8' });

  expect(output).toContain('requests: ');
  expect(output).not.toContain('NOT NOTICED');
  expect(output.match(/noticed: /g)?.length).toBe(15);
}, 60_000);

test('the Quint model is well-formed and its runs hold', () => {
  const quint = ['node_modules/@informalsystems/quint/dist/src/cli.js'];
  const output = execFileSync(process.execPath, [...quint, 'test', 'spec/ledger.qnt', '--backend', 'typescript', '--max-samples', '5'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(output).toContain('4 passing');
}, 60_000);
