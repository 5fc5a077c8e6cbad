/** How large a file and a folder may be. `check-sizes.mjs` runs it. */
import { dirname } from 'node:path';

const MOST_LINES = 300;
/** A test is a list of cases. */
const MOST_LINES_OF_A_TEST = 600;
const MOST_FILES_A_FOLDER = 12;

/** Files that are longer, and why. */
const LONG = {
  'test/support/dynamodb-expressions.ts': 'one parser and evaluator, which shares no code with the one that it checks',
  'test/support/ledger-simulation.ts': 'one simulation: what may happen, in one order, from one seed',
  'test/support/memory-dynamodb.ts': 'one table with all its operations',
};

/**
 * Every file that is too long and every folder of the proxy that is too full, as `path:line  rule`.
 *
 * @param sources texts by path from the root
 */
export function sizeBreaches(sources) {
  return [...tooLong(sources), ...needless(sources), ...crowded(sources)];
}

function tooLong(sources) {
  return [...sources].flatMap(([file, text]) => {
    const [lines, most] = [linesIn(text), mostLinesOf(file)];
    return lines <= most || LONG[file] !== undefined
      ? []
      : [`${file}:${most + 1}  ${lines} lines, ${most} at most: split it, or give scripts/size-rules.mjs the reason`];
  });
}

function needless(sources) {
  return Object.keys(LONG)
    .filter((file) => linesIn(sources.get(file) ?? '') <= mostLinesOf(file))
    .map((file) => `${file}:1  it needs no reason any more in scripts/size-rules.mjs`);
}

function crowded(sources) {
  const files = new Map();
  for (const file of sources.keys()) if (file.startsWith('lambda/proxy/')) files.set(dirname(file), (files.get(dirname(file)) ?? 0) + 1);
  return [...files]
    .filter(([, count]) => count > MOST_FILES_A_FOLDER)
    .map(([folder, count]) => `${folder}:1  ${count} files in one folder of the proxy, ${MOST_FILES_A_FOLDER} at most`);
}

function mostLinesOf(file) {
  return /\.test\.ts$/.test(file) ? MOST_LINES_OF_A_TEST : MOST_LINES;
}

function linesIn(text) {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
