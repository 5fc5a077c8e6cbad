/**
 * What may be inside the shipped bundles. A package that is new in one fails until it has an entry, with its reason,
 * in `scripts/approved-packages.json`; so does a package without its licence text in what is shipped, code from strings, and a proxy
 * entry chunk that outgrows its limit.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licenceBreaches } from './licences.mjs';

const ENTRY_LIMIT_BYTES = 700_000;
const FORBIDDEN = [/\bnew Function\(/, /(?<![.\w$])eval\(/, /["']node:vm["']/, /["'](?:node:)?child_process["']/];
/** Bundles of the runtime only: the command may start a user's CDK app. */
const RUNTIME = ['proxy', 'proxy-node', 'admin', 'usage', 'sweeper', 'archiver', 'exporter', 'reconciler'];
/** The proxy as a process of its own is made of what the function is made of. */
const APPROVED_AS = { 'proxy-node': 'proxy' };
const APPROVED_FILE = fileURLToPath(new URL('approved-packages.json', import.meta.url));

/**
 * @param {string} dist folder with `lambda/<name>/` and the build's own notes in `meta/lambda-<name>.json`
 * @param {Record<string, Record<string, string>>} [approved] packages by function, each with its reason; `scope/*` is a whole scope
 * @returns {string[]} what is wrong, one sentence each
 */
export function bundleBreaches(dist, approved = JSON.parse(readFileSync(APPROVED_FILE, 'utf8'))) {
  const breaches = RUNTIME.flatMap((name) => [
    ...newPackages(dist, name, approved[APPROVED_AS[name] ?? name] ?? {}),
    ...forbiddenCode(dist, name),
  ]);
  breaches.push(...licenceBreaches(dist));
  const entry = entryBytes(dist);
  if (entry > ENTRY_LIMIT_BYTES) breaches.push(`the proxy's entry chunk has ${entry} bytes, more than ${ENTRY_LIMIT_BYTES}`);
  return breaches;
}

function newPackages(dist, name, approved) {
  const { inputs } = JSON.parse(readFileSync(join(dist, 'meta', `lambda-${name}.json`), 'utf8'));
  const packages = new Set(Object.keys(inputs).flatMap((input) => input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []));
  const covers = (pattern, packageName) =>
    pattern === packageName || (pattern.endsWith('/*') && packageName.startsWith(pattern.slice(0, -1)));
  return [...packages]
    .filter((packageName) => !Object.keys(approved).some((pattern) => covers(pattern, packageName)))
    .map((packageName) => `${packageName} is new in the ${name} bundle: approve it with a reason in scripts/approved-packages.json`);
}

function forbiddenCode(dist, name) {
  const folder = join(dist, 'lambda', name);
  return readdirSync(folder).flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return FORBIDDEN.filter((pattern) => pattern.test(text)).map((pattern) => `${name}/${file} matches ${pattern}`);
  });
}

function entryBytes(dist) {
  return statSync(join(dist, 'lambda/proxy/index.mjs')).size;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const breaches = bundleBreaches('dist');
  for (const breach of breaches) console.error(breach);
  console.log(
    breaches.length === 0 ? `bundles are in order; the proxy's entry chunk has ${entryBytes('dist')} bytes` : `${breaches.length} breaches`,
  );
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
