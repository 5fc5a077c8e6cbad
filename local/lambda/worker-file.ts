import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LocalRunError } from '../template/failure';

/** The worker's bundle: beside the command's when bundled, in `dist` when run from source. */
export function findWorkerFile(): string {
  const candidates = ['./function-worker.mjs', '../../dist/bin/function-worker.mjs'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) throw new LocalRunError('the bundle of the function worker is missing; run "npm run build" to make it');
  return found;
}
