import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const bin = mkdtempSync(join(tmpdir(), 'ci-'));
afterAll(() => rmSync(bin, { recursive: true }));
writeFileSync(join(bin, 'npm'), '#!/usr/bin/env bash\necho "ran $*"\n[ "$*" != "$FAILS" ]\n');
chmodSync(join(bin, 'npm'), 0o755);

/** `.ci/long` with an npm that does nothing, and fails at one command. */
function long(fails = ''): { status: number | null; lines: string[] } {
  const { status, stdout } = spawnSync(join(ROOT, '.ci/long'), {
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, FAILS: fails },
    encoding: 'utf8',
  });
  return { status, lines: stdout.trim().split('\n') };
}

test('R15 the long run goes through all its steps and ends with how many passed', () => {
  const { status, lines } = long();
  expect(lines.filter((line) => line.startsWith('ran '))).toEqual([
    'ran ci',
    'ran run spec -- --long',
    'ran run soak',
    'ran run rehearse -- --seconds 300',
    'ran run mutation',
    'ran run schemas',
    'ran run fuzz -- --workers 2',
  ]);
  expect([status, lines.at(-1)]).toEqual([0, '7 passed, 0 failed']);
});

test.each([
  'ci',
  'run spec -- --long',
  'run soak',
  'run rehearse -- --seconds 300',
  'run mutation',
  'run schemas',
  'run fuzz -- --workers 2',
])('R15 the long run fails when %s fails, and goes on', (command) => {
  const { status, lines } = long(command);
  expect(lines.filter((line) => line.startsWith('ran ')).length).toBe(7);
  expect([status, lines.at(-1)]).toEqual([1, '6 passed, 1 failed']);
});
