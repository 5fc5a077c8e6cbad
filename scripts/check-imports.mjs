/**
 * Who may import whom: the architecture as rules that a build can fail on, in `import-rules.mjs`.
 * Prints each breach as `file:line  rule`, exits 1 when there is one.
 */
import { fileURLToPath } from 'node:url';
import { importBreaches } from './import-rules.mjs';
import { readSources } from './sources.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const breaches = importBreaches(readSources(root, ['lib', 'lambda', 'local', 'bin']));
for (const breach of breaches) console.error(breach);
console.log(breaches.length === 0 ? 'imports follow the architecture' : `${breaches.length} breaches of the architecture`);
process.exitCode = breaches.length === 0 ? 0 : 1;
