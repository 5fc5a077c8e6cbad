/** What writes a call asks the catalogue what its model takes: a version in a pattern would be wrong with the next model, and no override could mend it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { families } from '../../../lambda/wire/models/families.json';

const WIRE = join(__dirname, '../../../lambda/wire');
/** Prices have the names of models. */
const PRICED = join('dialects', 'openai-responses', 'billed-units.ts');

const files = ['dialects', 'protocols', 'fitting', 'operations'].flatMap((folder) =>
  readdirSync(join(WIRE, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);
/** What stands before the version in the names of a family's models. */
const names = [...new Set(families.flatMap(({ models }) => models.map((glob) => glob.replace(/[-*\d].*$/, ''))))].filter(
  (name) => name.length > 1,
);
const VERSION = new RegExp(`(?:\\b(?:${names.join('|')})[a-z.:_-]*|\\bo)(?:\\(\\?:)?[\\d[]`, 'i');

/** Texts and patterns, without comments. */
function literalsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...code.matchAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?![*/])(?:[^/\\\n[]|\\.|\[[^\]]*\])+\/[a-z]*/g)].map(
    ([literal]) => literal,
  );
}

test.each([
  "'gpt-5.4'",
  '/^claude-opus-4/',
  '/gemini-[23]/',
  "'o3'",
  '`nova-2-lite`',
  '/^kimi-k(?:2|3)/',
  "'us.anthropic.claude-sonnet-4-5'",
])('a version is seen in %s', (literal) => {
  expect(literalsOf(`const A = ${literal};`).some((one) => VERSION.test(one))).toBe(true);
});

test.each(files)('%s names no version of a model', (file) => {
  const found = literalsOf(readFileSync(join(WIRE, file), 'utf8')).filter((literal) => VERSION.test(literal));

  expect(file.split(sep).join('/') === PRICED.split(sep).join('/') ? [] : found).toEqual([]);
});
