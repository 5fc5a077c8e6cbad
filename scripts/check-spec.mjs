/** Searches the ledger's protocol with all its known mistakes. `--long`: the large models, too. */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

for (const args of process.argv.includes('--long') ? [[], ['--long']] : [[]]) {
  execFileSync(process.execPath, ['--max-old-space-size=8192', 'spec/search.mjs', ...args], { cwd: root, stdio: 'inherit' });
}
