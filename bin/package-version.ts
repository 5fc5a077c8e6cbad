import { existsSync, readFileSync } from 'node:fs';

/** Where the package's manifest is, seen from the sources and from the bundles. */
const PLACES = ['../package.json', '../../package.json'];

/** Of the package that the command came with. */
export function packageVersion(): string {
  const file = PLACES.map((place) => new URL(place, import.meta.url)).find((place) => existsSync(place));
  if (file === undefined) throw new Error('the package.json of this command is missing: install cdk-llm-gateway again');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
