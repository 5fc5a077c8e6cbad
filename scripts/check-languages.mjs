/** Generates the Python package's code from the jsii assembly: proof that the construct's API exists in another language. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const output = mkdtempSync(join(tmpdir(), 'jsii-'));
try {
  for (const language of ['python', 'java', 'dotnet', 'go']) {
    execFileSync(process.execPath, ['node_modules/jsii-pacmak/bin/jsii-pacmak', '--code-only', '--target', language, '--outdir', output], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    console.log(`${language}: generated`);
  }
} finally {
  rmSync(output, { recursive: true, force: true });
}
