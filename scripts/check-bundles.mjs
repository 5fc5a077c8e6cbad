/**
 * What may be inside the shipped bundles. A package that is new in one fails until it has an entry, with its reason,
 * in `scripts/approved-packages.json`; so does code from strings, and a proxy entry chunk that outgrows its limit.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ENTRY_LIMIT_BYTES = 700_000;
const FORBIDDEN = [/\bnew Function\(/, /(?<![.\w$])eval\(/, /["']node:vm["']/, /["'](?:node:)?child_process["']/];
/** Generated bundles of the functions only: the command may start a user's CDK app. */
const FUNCTIONS = ['proxy', 'admin', 'usage', 'sweeper'];

const approved = JSON.parse(readFileSync('scripts/approved-packages.json', 'utf8'));
const breaches = [];

for (const name of FUNCTIONS) {
  const meta = JSON.parse(readFileSync(`dist/meta/lambda-${name}.json`, 'utf8'));
  const packages = new Set(Object.keys(meta.inputs).flatMap((input) => input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []));
  for (const packageName of packages) {
    const scope = Object.keys(approved[name] ?? {}).some(
      (pattern) => pattern === packageName || (pattern.endsWith('/*') && packageName.startsWith(pattern.slice(0, -1))),
    );
    if (!scope) breaches.push(`${packageName} is new in the ${name} bundle: approve it with a reason in scripts/approved-packages.json`);
  }
  for (const file of readdirSync(`dist/lambda/${name}`)) {
    const text = readFileSync(join('dist/lambda', name, file), 'utf8');
    for (const pattern of FORBIDDEN) {
      if (pattern.test(text)) breaches.push(`dist/lambda/${name}/${file} matches ${pattern}`);
    }
  }
}

const entry = statSync('dist/lambda/proxy/index.mjs').size;
if (entry > ENTRY_LIMIT_BYTES) breaches.push(`the proxy's entry chunk has ${entry} bytes, more than ${ENTRY_LIMIT_BYTES}`);

for (const breach of breaches) console.error(breach);
console.log(breaches.length === 0 ? `bundles are in order; the proxy's entry chunk has ${entry} bytes` : `${breaches.length} breaches`);
process.exitCode = breaches.length === 0 ? 0 : 1;
