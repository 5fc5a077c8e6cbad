/** The lock file names no registry host, every version is exact, and the published package has no dependency but its peers. */
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const breaches = [];

for (const [path, entry] of Object.entries(lock.packages)) {
  if (/^https?:/.test(entry.resolved ?? '')) breaches.push(`${path} names a registry host`);
}
for (const [name, version] of Object.entries(manifest.devDependencies ?? {})) {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) breaches.push(`${name} is not pinned to one version: ${version}`);
}
for (const field of ['dependencies', 'optionalDependencies', 'bundledDependencies']) {
  if (Object.keys(manifest[field] ?? {}).length > 0) breaches.push(`the package may have no ${field}: its bundles hold what they need`);
}
for (const script of ['preinstall', 'install', 'postinstall', 'prepare', 'prestart', 'pretest']) {
  if (manifest.scripts?.[script] !== undefined) breaches.push(`the package may have no ${script} script`);
}

for (const breach of breaches) console.error(breach);
console.log(breaches.length === 0 ? 'lock file and manifest are in order' : `${breaches.length} breaches`);
process.exitCode = breaches.length === 0 ? 0 : 1;
