import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equivalentOf, Findings } from '../../scripts/mutation/findings.mjs';
import { readParts } from '../../scripts/mutation/parts.mjs';

const ROOT = join(__dirname, '../..');
const LEAST = { leastKilledPercent: 90 };

test('R15 the parts name their files, folders and patterns as well, each file once', () => {
  const { all } = readParts(ROOT, {
    all: {
      mutate: ['lambda/identity/**/*.ts', '!lambda/identity/**/index.ts', 'lambda/identity/{tags,base62}.ts'],
      tests: ['test/lambda/identity', 'test/lambda/identity/tags.test.ts'],
      ...LEAST,
    },
  });
  expect(all?.mutate).toEqual(expect.arrayContaining(['lambda/identity/base62.ts', 'lambda/identity/tags.ts']));
  expect(all?.mutate).not.toContain('lambda/identity/index.ts');
  expect(all?.tests.filter((file) => file.endsWith('/tags.test.ts'))).toEqual(['test/lambda/identity/tags.test.ts']);
  expect(all?.literals).toEqual([]);
});

test.each([
  ['mutate', 'lambda/identity/{tags,gone}.ts', 'lambda/identity/gone.ts'],
  ['mutate', 'lambda/gone/**/*.ts', 'lambda/gone/**/*.ts'],
  ['mutate', '!lambda/identity/gone.ts', '!lambda/identity/gone.ts'],
  ['literals', 'lambda/identity/tag.ts', 'lambda/identity/tag.ts'],
  ['tests', 'test/lambda/gone', 'test/lambda/gone/**/*.test.ts'],
  ['tests', 'test/lambda/identity/gone.test.ts', 'test/lambda/identity/gone.test.ts'],
])('R15 %s %s stops the run by name when it fits no file', (list, pattern, named) => {
  expect(() => readParts(ROOT, { some: { [list]: [pattern], ...LEAST } })).toThrow(
    `'${named}' among the ${list} of some in parts.json fits no file`,
  );
});

test('R15 a reason about a line that is gone stops the run by the line', () => {
  const row = { file: 'lambda/identity/tags.ts', line: 'nobody wrote this;', mutant: '', reason: '' };
  expect(() => equivalentOf(ROOT, [row])).toThrow('lambda/identity/tags.ts has no line `nobody wrote this;`');
  expect(() => equivalentOf(ROOT, [{ ...row, file: 'lambda/gone.ts' }])).toThrow('lambda/gone.ts has no line');
  expect(equivalentOf(ROOT).length).toBeGreaterThan(0);
});

describe('findings', () => {
  const root = mkdtempSync(join(tmpdir(), 'findings-'));
  afterAll(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'a.ts'), 'const one = 1;\n  if (one > 0) go();\n');
  const mutant = (status: string, replacement: string) => ({
    fileName: join(root, 'a.ts'),
    status,
    location: { start: { line: 2, column: 7 }, end: { line: 2, column: 14 } },
    replacement,
  });

  test('R15 a survivor is told as it is found, and a file when it is through', () => {
    const said: string[] = [];
    const row = { file: 'a.ts', line: 'if (one > 0) go();', mutant: 'if (one >= 0) go();', reason: 'one is one' };
    const stale = { ...row, mutant: 'if (true) go();' };
    const findings = new Findings(root, [row, stale], (text) => said.push(text));
    const mutants = [
      mutant('Survived', 'one < 0'),
      mutant('Survived', 'one >= 0'),
      mutant('Killed', 'false'),
      mutant('Timeout', 'one'),
      mutant('Ignored', '2'),
    ];
    findings.planned(mutants);
    for (const [index, one] of mutants.entries()) {
      findings.tested(one);
      expect(said.length).toBe(index < 4 ? 2 : 3);
    }
    expect(said[1]).toBe('a.ts:2  no test notices\n  - if (one > 0) go();\n  + if (one < 0) go();');
    expect(said[2]).toBe('  a.ts: 66.6 %, 2 of 4 noticed (1 hung), 1 survived, 1 equivalent');
    expect(findings.unused(['a.ts'])).toEqual([stale]);
    expect(findings.unused(['b.ts'])).toEqual([]);
    const change = { file: 'a.ts', location: mutant('', '').location, replacement: 'one < 0' };
    expect([findings.found(change, 'noticed'), findings.found(change, 'uncovered')]).toEqual([false, true]);
    expect(said.at(-1)).toMatch(/^a\.ts:2 {2}no test runs this\n/);
    expect(findings.sum('all', 90)).toBe(60);
    expect(said.at(-1)).toBe('all: 60 %, 3 of 6 noticed (1 hung), 2 survived, 1 equivalent (at least 90 %)');
  });
});
