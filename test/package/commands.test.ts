import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

function run(script: string, ...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', script), ...args], { cwd: ROOT, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

test.each([
  ['mutation.mjs', ['--frob'], /^mutation: Unknown option '--frob'; .+\n$/],
  ['mutation.mjs', ['nosuch'], /^mutation: there is no part 'nosuch'; there are pricing, .+\n$/],
  ['mutation.mjs', ['--file', 'nosuch.ts'], /^mutation: --file nosuch\.ts is of no part; .+\n$/],
  ['fuzz.mjs', ['--frob'], /^fuzz: Unknown option '--frob'; .+\n$/],
  ['fuzz.mjs', ['--reader', 'nosuch'], /^fuzz: there is no reader 'nosuch'; .+\n$/],
  ['fuzz.mjs', ['--workers', 'many'], /^fuzz: --runs, --workers and --seed take whole numbers; .+\n$/],
])('R15 %s %j ends in one line that says what is wrong', (script, args, message) => {
  const { status, err } = run(script, ...args);

  expect(status).toBe(2);
  expect(err).toMatch(message);
});

test('R15 --help names the options', () => {
  expect(run('mutation.mjs', '--help')).toMatchObject({ status: 0, out: expect.stringContaining('--file PATH') });
  expect(run('fuzz.mjs', '--help')).toMatchObject({ status: 0, out: expect.stringContaining('--mutant NAME') });
});
