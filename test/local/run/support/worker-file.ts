import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles the function worker for one test file, so that tests do not depend on what `dist` holds at the moment. */
export async function buildWorkerFile(): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'function-worker-')), 'function-worker.mjs');
  await build({
    entryPoints: [join(__dirname, '../../../../local/lambda/worker.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}
