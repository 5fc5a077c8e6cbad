import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** What stands in the clients' own prompts and is what it looks like, by type: labelled by hand. */
const LABELS = JSON.parse(readFileSync(new URL('./default-set-labels.json', import.meta.url), 'utf8'));

/**
 * What the default set of guardrails finds in bodies: those that the labels know, and those that they do not.
 *
 * @param root of the repository
 * @param work a folder for what is built
 */
export async function openDefaultSet(root, work) {
  const outfile = join(work, 'guardrails.mjs');
  await build({
    entryPoints: [join(root, 'lambda/guardrails/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const { createScanner } = await import(pathToFileURL(outfile));
  const scanner = createScanner([{ id: 'default', name: 'default', action: 'flag', detect: ['default'] }]);
  return (bodies) => {
    const found = bodies
      .map((body) => JSON.stringify(body))
      .flatMap((text) => scanner.scan(text, 'json').map(({ type, start, end }) => [type, text.slice(start, end)]));
    const isKnown = ([type, value]) => LABELS[type]?.includes(value) === true;
    return { known: found.filter(isKnown).length, denied: [...new Set(found.filter((one) => !isKnown(one)).map((one) => one.join(': ')))] };
  };
}
