/**
 * Mistakes that Stryker does not make, put in one at a time and run against the same jest tests: those that stand in `changes.json`, and in
 * a part's `literals` each number and amount one larger, and each clause of a condition of the table's left out.
 */
import { fork } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from '@swc/core';
import { testsOf } from './parts.mjs';

/** A hung test is a noticed change; a machine that is busy is not. */
const TIMEOUT_MS = 120_000;
/** Nothing that a test of a part reads. */
export const NOT_COPIED = ['.git', 'bench', 'cdk.out', 'dist', 'docs', 'e2e', 'node_modules', 'spec'];

/** The kept changes of a part, and those that follow from its sources. */
export function changesOf(root, name, part) {
  const kept = JSON.parse(readFileSync(join(root, 'scripts/mutation/changes.json'), 'utf8')).filter((row) => row.part === name);
  return [...kept.map((row) => keptChange(root, row)), ...part.literals.flatMap((file) => generated(root, file, part))];
}

/** A change in Stryker's words. */
export function locate({ file, source, start, end, replacement }) {
  const place = (index) => {
    const before = source.slice(0, index).split('\n');
    return { line: before.length, column: before.at(-1).length + 1 };
  };
  return { file, location: { start: place(start), end: place(end) }, replacement };
}

function keptChange(root, { name, file, find, replace, tests }) {
  const source = readFileSync(join(root, file), 'utf8');
  const start = source.indexOf(find);
  if (start < 0 || source.indexOf(find, start + 1) >= 0) throw new Error(`the change "${name}" no longer fits ${file}`);
  const named = testsOf(root, `tests of "${name}" in changes.json`, tests);
  return { name, file, start, end: start + find.length, replacement: replace, source, tests: named };
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

/** A copy of the repository into which changes are put, and a process that runs their tests there. */
export class Changes {
  #copy = mkdtempSync(join(tmpdir(), 'changes-'));
  #proved = new Set();
  #worker;

  constructor(root) {
    for (const name of readdirSync(root)) {
      if (!NOT_COPIED.includes(name)) cpSync(join(root, name), join(this.#copy, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.#copy, 'node_modules'));
  }

  /** What came of a change: `noticed`, `hung` or `survived`. */
  async outcome({ file, start, end, replacement, source, tests }) {
    await this.#prove(tests);
    writeFileSync(join(this.#copy, file), source.slice(0, start) + replacement + source.slice(end));
    try {
      return await this.#ask({ tests });
    } finally {
      writeFileSync(join(this.#copy, file), source);
    }
  }

  /** A test that fails without a change would prove nothing about one. */
  async #prove(tests) {
    const unproved = tests.filter((test) => !this.#proved.has(test));
    for (const test of unproved) {
      if ((await this.#ask({ tests: [test] })) !== 'survived') throw new Error(`${test} fails as it is`);
      this.#proved.add(test);
    }
  }

  #ask(question) {
    this.#worker ??= fork(fileURLToPath(new URL('change-worker.mjs', import.meta.url)), {
      cwd: this.#copy,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const worker = this.#worker;
    worker.send(question);
    return new Promise((resolve, reject) => {
      const settle = (settled, value) => {
        clearTimeout(timeout);
        worker.removeAllListeners();
        settled(value);
      };
      const timeout = setTimeout(() => {
        this.#stop();
        settle(resolve, 'hung');
      }, TIMEOUT_MS);
      worker.once('message', (isNoticed) => settle(resolve, isNoticed ? 'noticed' : 'survived'));
      worker.once('exit', (code) => settle(reject, new Error(`tests ended their process with ${code}`)));
    });
  }

  #stop() {
    this.#worker?.removeAllListeners();
    this.#worker?.kill('SIGKILL');
    this.#worker = undefined;
  }

  end() {
    this.#stop();
    rmSync(this.#copy, { recursive: true, force: true });
  }
}
