import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync } from '@swc/core';
import { scrub } from '../../../lambda/wire/model/scrub';

/** Every pattern that a request or an answer may meet, against texts made to slow it down. */

const LAMBDA = join(__dirname, '../../../lambda');
const SKIPPED = new Set(['admin', 'usage', 'sweeper', 'simulated']);
const MEGABYTE = 1_000_000;
/** Generous: a linear pattern takes a few milliseconds for a megabyte, one that backtracks takes minutes. */
const LIMIT_MS = 1_500;

/** Where texts are known to be short, in characters: what is cut before it is looked at, and addresses that configuration gives. */
const SHORT: Readonly<Record<string, number>> = {
  'wire/model/scrub.ts': 2_000,
};

interface Pattern {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

function patternsOf(file: string): Pattern[] {
  const found: Pattern[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const part of node) visit(part);
    } else if (typeof node === 'object' && node !== null) {
      const { type, pattern, flags } = node as { type?: string; pattern?: string; flags?: string };
      if (type === 'RegExpLiteral' && pattern !== undefined)
        found.push({ where: relative(LAMBDA, file), source: pattern, flags: flags ?? '' });
      for (const part of Object.values(node)) visit(part);
    }
  };
  visit(parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript' }).body);
  return found;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sources(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

/** Repetitions of what the pattern itself is made of, and of what most patterns are about, that fail at the very end. */
function adversaries({ source }: Pattern, length: number): string[] {
  const literal = source.replace(/\\[bBdDsSwW]|[\\^$.*+?()[\]{}|]/g, '').slice(0, 40);
  const pieces = ['a', '0', ' ', '\t', '\n', '-', '.', '/', '"', '\\', '=', ':', 'a ', 'a.', 'a-', '0.', 'ab', '{"', '\u00e9', literal];
  return [...new Set(pieces.filter((piece) => piece !== ''))].map((piece) => {
    const run = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    return `${literal}${run}\u0000!`;
  });
}

/** Steps cannot be counted from outside, so the time is taken, at sizes that end early where the growth is not linear. */
function slowest(pattern: Pattern, length: number): number {
  let most = 0;
  for (const text of adversaries(pattern, length)) {
    const regex = new RegExp(pattern.source, pattern.flags.replace('y', ''));
    const began = performance.now();
    if (regex.global) text.replace(regex, '');
    else regex.test(text);
    most = Math.max(most, performance.now() - began);
    if (most > LIMIT_MS) break;
  }
  return most;
}

const patterns = sources(LAMBDA).flatMap(patternsOf);

test('D14 no pattern of the request path takes longer than linear time over a megabyte', () => {
  const slow: string[] = [];
  for (const pattern of patterns) {
    for (const size of [26, 20_000, 100_000, MEGABYTE]) {
      const length = Math.min(size, SHORT[pattern.where] ?? size);
      const ms = slowest(pattern, length);
      if (ms <= LIMIT_MS) continue;
      slow.push(`${pattern.where}: /${pattern.source}/${pattern.flags} took ${Math.round(ms)} ms for ${length} characters`);
      break;
    }
  }

  expect(patterns.length).toBeGreaterThan(40);
  expect(slow).toEqual([]);
}, 120_000);

test('D14 a provider’s error text is cut before it is looked at', () => {
  const began = performance.now();

  for (const piece of ['a.', 'a-', 'a@', '0.', 'Bearer ']) scrub(piece.repeat(MEGABYTE / piece.length));

  expect(performance.now() - began).toBeLessThan(LIMIT_MS);
});
