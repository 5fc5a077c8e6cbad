/**
 * Who may import whom: the architecture as rules that a build can fail on, in `import-rules.mjs`.
 * Prints each breach as `file:line  rule`, exits 1 when there is one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importBreaches } from './import-rules.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const sources = new Map(
  ['lib', 'lambda', 'local', 'bin'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => [`${folder}/${name.split(sep).join('/')}`, readFileSync(join(root, folder, name), 'utf8')]),
  ),
);

const breaches = importBreaches(sources);
for (const breach of breaches) console.error(breach);
console.log(breaches.length === 0 ? 'imports follow the architecture' : `${breaches.length} breaches of the architecture`);
process.exitCode = breaches.length === 0 ? 0 : 1;
