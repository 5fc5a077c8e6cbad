/**
 * Mistakes that Stryker does not make, put in one at a time and run against the same jest tests: those that stand in `changes.json`, and in
 * a part's `literals` each number and amount one larger, and each clause of a condition of the table's left out.
 */
import { spawnSync } from 'node:child_process';
import fs, { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseSync } from '@swc/core';

/** A hung test is a noticed change; a machine that is busy is not. */
const TIMEOUT_MS = 120_000;

/** The kept changes of a part, and those that follow from its sources. */
export function changesOf(root, name, part, onlyFile) {
  const kept = JSON.parse(readFileSync(join(root, 'scripts/mutation/changes.json'), 'utf8')).filter((row) => row.part === name);
  const files = part.literals === undefined ? [] : fs.globSync(part.literals, { cwd: root }).sort();
  return [...kept.map((row) => keptChange(root, row)), ...files.flatMap((file) => generated(root, file, part))].filter(
    ({ file }) => onlyFile === undefined || file === onlyFile,
  );
}

function keptChange(root, { name, file, find, replace, tests }) {
  const source = readFileSync(join(root, file), 'utf8');
  const start = source.indexOf(find);
  if (start < 0 || source.indexOf(find, start + 1) >= 0) throw new Error(`the change "${name}" no longer fits ${file}`);
  return { name, file, start, end: start + find.length, replacement: replace, source, tests };
}

function generated(root, file, part) {
  const source = readFileSync(join(root, file), 'utf8');
  const changes = [];
  const add = (start, end, replacement) => changes.push({ file, start, end, replacement, source, tests: part.tests });
  for (const { start, end, node } of literals(source)) {
    const text = source.slice(start, end);
    if (node.type === 'NumericLiteral') add(start, end, String(node.value + 1));
    else if (node.type === 'BigIntLiteral') add(start, end, `${BigInt(text.replaceAll('_', '').slice(0, -1)) + 1n}n`);
    else {
      const clauses = text.slice(1, -1).split(' AND ');
      if (clauses.length < 2 || /[\n]| BETWEEN /.test(text)) continue;
      for (const index of clauses.keys())
        add(start, end, text[0] + clauses.filter((_clause, other) => other !== index).join(' AND ') + text[0]);
    }
  }
  return changes;
}

/** Every literal of a source with its place in it. Types are left out, and so is what a module is called. */
function literals(source) {
  const found = [];
  const bytes = Buffer.from(source);
  // Places are counted in bytes of UTF-8, from 1.
  const at = (position) => bytes.subarray(0, position - 1).toString().length;
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (node === null || typeof node !== 'object') return;
    if (
      typeof node.type === 'string' &&
      (node.type.startsWith('Ts') || node.type.startsWith('Import') || node.type === 'ExportAllDeclaration')
    ) {
      if (node.expression !== undefined) visit(node.expression);
      return;
    }
    if (['NumericLiteral', 'BigIntLiteral', 'StringLiteral'].includes(node.type))
      found.push({ start: at(node.span.start), end: at(node.span.end), node });
    Object.values(node).forEach(visit);
  };
  visit(parseSync(source, { syntax: 'typescript' }).body);
  return found;
}

/** Whether the tests notice a change. */
export function isNoticed(root, { file, start, end, replacement, source, tests }) {
  if (readFileSync(join(root, file), 'utf8') !== source) throw new Error(`${file} has changed meanwhile`);
  const config = {
    ...createRequire(import.meta.url)(join(root, 'jest.config.cjs')),
    rootDir: root,
    testMatch: tests.map((path) => `<rootDir>/${path.endsWith('.ts') ? path : `${path}/**/*.test.ts`}`),
  };
  const [[pattern, [, options]]] = Object.entries(config.transform);
  config.transform = { [pattern]: [join(root, 'scripts/mutation/transform.cjs'), options] };
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/jest/bin/jest.js'), '--config', JSON.stringify(config), '--runInBand', '--bail', '--silent'],
    {
      cwd: root,
      timeout: TIMEOUT_MS,
      stdio: 'ignore',
      env: { ...process.env, CHANGE: JSON.stringify({ file: join(root, file), start, end, replacement }) },
    },
  );
  return status !== 0;
}
