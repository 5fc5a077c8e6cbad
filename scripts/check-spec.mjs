/**
 * Checks the ledger's protocol: the explicit-state search with all its mutants, then the Quint model by simulation.
 * `--verify` adds Quint's exhaustive check when Java and an installed Apalache are there; it downloads nothing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const spec = 'spec/ledger.qnt';

function run(...args) {
  console.log(`> ${args.join(' ')}`);
  execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
}

function quint(...args) {
  run('node_modules/@informalsystems/quint/dist/src/cli.js', ...args);
}

// Another seed each time, printed with the command that replays it: SEED=n.
const seed = process.env.SEED ?? String(Date.now() % 1_000_000_007);
console.log(`specification: SEED=${seed}`);
run('spec/search.mjs');

if (!existsSync(join(root, 'node_modules/@informalsystems/quint'))) {
  console.log('skipped: Quint is not installed, so only the explicit-state search has run');
} else {
  quint('typecheck', spec);
  quint('test', spec, '--backend', 'typescript', '--max-samples', '20', '--seed', seed);
  quint(
    'run',
    spec,
    '--backend',
    'typescript',
    '--invariant',
    'safe',
    '--max-samples',
    '200',
    '--max-steps',
    '40',
    '--verbosity',
    '1',
    '--seed',
    seed,
  );
}

if (process.argv.includes('--verify')) {
  const tools = join(homedir(), '.quint');
  const installed = existsSync(tools) && readdirSync(tools).some((name) => name.startsWith('apalache'));
  const java = spawnSync('java', ['-version']).status === 0;
  if (java && installed) quint('verify', spec, '--invariant', 'safe', '--max-steps', '12');
  else
    console.log(
      `skipped: quint verify needs Java (${java ? 'found' : 'missing'}) and Apalache under ${tools} (${installed ? 'found' : 'missing'})`,
    );
}
