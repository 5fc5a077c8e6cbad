/** The parts of `parts.json` with their files by name. A pattern that fits no file stands for code or tests that nobody runs any more. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each part's `mutate`, `literals` and `tests` as files. */
export function readParts(root, parts = JSON.parse(readFileSync(join(root, 'scripts/mutation/parts.json'), 'utf8'))) {
  return Object.fromEntries(
    Object.entries(parts).map(([name, { mutate, literals, tests, ...rest }]) => [
      name,
      {
        ...rest,
        mutate: filesOf(root, `mutate of ${name} in parts.json`, mutate),
        literals: filesOf(root, `literals of ${name} in parts.json`, literals),
        tests: testsOf(root, `tests of ${name} in parts.json`, tests),
      },
    ]),
  );
}

/** Test files; a folder stands for all below it. */
export function testsOf(root, where, patterns = []) {
  return filesOf(
    root,
    where,
    patterns.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`)),
  );
}

const listings = new Map();

function filesOf(root, where, patterns = []) {
  const all = listings.get(root) ?? ['lambda', 'test'].flatMap((folder) => filesBelow(root, folder));
  listings.set(root, all);
  const found = new Set();
  for (const pattern of patterns.flatMap(withoutBraces)) {
    const fitting = all.filter((file) => fits(pattern.replace(/^!/, ''), file));
    if (fitting.length === 0) throw new Error(`'${pattern}' among the ${where} fits no file`);
    for (const file of fitting) pattern.startsWith('!') ? found.delete(file) : found.add(file);
  }
  return [...found].sort();
}

function filesBelow(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}

/** `a/{b,c}.ts` as `a/b.ts` and `a/c.ts`, so that each of them must fit a file. */
function withoutBraces(pattern) {
  const braces = /\{([^}]*)\}/.exec(pattern);
  if (braces === null) return [pattern];
  return braces[1].split(',').flatMap((one) => withoutBraces(pattern.replace(braces[0], one)));
}

/** `*` is any name, `**` and its slash any folders. */
function fits(pattern, file) {
  const expression = pattern.replace(/\*\*\/|\*|[.+?^$()|[\]\\]/g, (one) =>
    one === '**/' ? '(?:.*/)?' : one === '*' ? '[^/]*' : `\\${one}`,
  );
  return new RegExp(`^${expression}$`).test(file);
}
