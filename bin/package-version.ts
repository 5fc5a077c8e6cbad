import { readFileSync } from 'node:fs';

/** Of the package that the command came with: bundles lie two folders below its manifest. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
