/** How large files and folders may be, by `size-rules.mjs`. Prints each breach as `path:line  rule`, exits 1 when there is one. */
import { fileURLToPath } from 'node:url';
import { sizeBreaches } from './size-rules.mjs';
import { readSources } from './sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const sources = readSources(root, ['lib', 'lambda', 'local', 'bin', 'bench', 'scripts', 'test', 'e2e'], /(?<!\.d)\.(ts|mjs|cjs)$/);
const breaches = sizeBreaches(sources);
for (const breach of breaches) console.error(breach);
console.log(breaches.length === 0 ? 'files and folders are of a size' : `${breaches.length} files or folders are too large`);
process.exitCode = breaches.length === 0 ? 0 : 1;
