import { join, posix } from 'node:path';
import { importBreaches } from '../../scripts/import-rules.mjs';
import { readSources } from '../../scripts/sources.mjs';

const ROOT = join(__dirname, '../..');
const ROOMS = ['platform', 'wire', 'money', 'identity', 'routing', 'guardrails', 'archive', 'aws', 'simulated'];
const FUNCTIONS = ['proxy', 'admin', 'usage', 'sweeper', 'archiver'];

const sources = readSources(ROOT, ['lib', 'lambda', 'local', 'bin']);

/** Breaches once `from` imports `to` too. */
function breachesWith(...arrows: readonly (readonly [from: string, to: string])[]): string[] {
  const planted = new Map(sources);
  for (const [from, to] of arrows) {
    const specifier = posix.relative(posix.dirname(from), to).replace(/\.ts$/, '');
    const line = `import type { Planted } from '${specifier.startsWith('.') ? specifier : `./${specifier}`}';\n`;
    planted.set(from, line + (planted.get(from) ?? ''));
    if (!planted.has(to)) planted.set(to, 'export type Planted = string;\n');
  }
  return importBreaches(planted);
}

/** Every file of a room that lies behind its face. */
function behindFaceOf(room: string): readonly string[] {
  const oneFace = sources.has(`lambda/${room}/index.ts`);
  return [...sources.keys()].filter((path) => {
    const [, name, ...rest] = path.split('/');
    if (!path.startsWith('lambda/') || name !== room) return false;
    return oneFace ? rest.join('/') !== 'index.ts' : rest.length > 1 && rest.slice(1).join('/') !== 'index.ts';
  });
}

const pairs = [...ROOMS, ...FUNCTIONS].flatMap((from) =>
  [...ROOMS, ...FUNCTIONS].filter((to) => to !== from).map((to) => [from, to] as const),
);

test('the sources keep the rules', () => {
  expect(importBreaches(sources)).toEqual([]);
});

test.each(pairs)('a circle between %s and %s is found, of types too', (one, other) => {
  const [left, right] = [`lambda/${one}/planted.ts`, `lambda/${other}/planted.ts`];

  expect(breachesWith([left, right], [right, left])).toContainEqual(expect.stringMatching(/a circle: .*planted\.ts -> .*planted\.ts/));
});

test.each(['lib', 'local', 'bin', ...[...ROOMS, ...FUNCTIONS].map((room) => `lambda/${room}`)])('a circle inside %s is found', (folder) => {
  const [one, other] = [`${folder}/planted.ts`, `${folder}/planted-too.ts`];

  expect(breachesWith([one, other], [other, one])).toEqual([expect.stringMatching(/a circle: .*planted.* -> .*planted/)]);
});

test.each(pairs)('a reach from %s past the face of %s is found', (from, to) => {
  const file = `lambda/${from}/planted.ts`;
  const hidden = FUNCTIONS.includes(to) ? [`lambda/${to}/index.ts`] : behindFaceOf(to);
  expect(hidden.length).toBeGreaterThan(0);

  for (const target of hidden.slice(0, 3)) expect(breachesWith([file, target])).toEqual([expect.stringContaining(`${file}:1  `)]);
});

test.each(ROOMS)('a reach from the local run past the face of %s is found', (room) => {
  const target = behindFaceOf(room)[0] as string;

  expect(breachesWith(['local/planted.ts', target])).toEqual([expect.stringContaining('past the face')]);
});

test.each(pairs.filter(([from, to]) => ROOMS.includes(to) && (FUNCTIONS.includes(from) || ROOMS.indexOf(to) < ROOMS.indexOf(from))))(
  '%s may enter %s by its face',
  (from, to) => {
    const face = [...sources.keys()].find((path) => path.startsWith(`lambda/${to}/`) && path.endsWith('/index.ts')) as string;

    expect(breachesWith([`lambda/${from}/planted.ts`, face])).toEqual([]);
  },
);

test.each([
  "import {\n  one, // it's the admin's\n} from '../admin/services';",
  "/** Of the admin. */ import { one } from '../admin/services';",
  "import { one } from './gateway'; import { other } from '../admin/services';",
  'export const later = () => import(`../admin/services`);',
  "export type One = import('../admin/services').One;",
  "export * from '../admin/services';",
  "const any = '*/*'; const two = '//'; export const later = import('../admin/services');",
])('an import is found however it is written: %s', (line) => {
  const planted = new Map([...sources, ['lambda/proxy/planted.ts', `${line}\n`]]);

  expect(importBreaches(planted)).toContainEqual(expect.stringMatching(/planted\.ts:\d+ {2}only lambda\/admin imports lambda\/admin/));
});

test.each(['lambda/planted.ts', 'lambda/cache/planted.ts'])('a file outside of every room is found: %s', (file) => {
  expect(importBreaches(new Map([...sources, [file, '']]))).toEqual([
    `${file}:1  no room of the architecture: give it a place in the order`,
  ]);
});

test.each([
  ['the proxy', 'lambda/proxy/planted.ts', "if (provider.kind === 'groq') return;", true],
  ['the administration', 'lambda/admin/planted.ts', "switch (kind) {\n  case 'vertex-ai':\n}", true],
  ['a dialect', 'lambda/wire/dialects/openai-chat/planted.ts', "const is = 'mistral' !== kind;", true],
  ['its own file', 'lambda/wire/providers/planted.ts', "if (kind === 'groq') return;", false],
  ['prices', 'lambda/money/pricing/planted.ts', "if (kind === 'perplexity') return;", false],
  ['a comment', 'lambda/proxy/planted.ts', "// kind === 'groq'", false],
])('a provider told apart in %s is found where only what it declares may be asked', (_where, file, line, isBreach) => {
  const breaches = importBreaches(new Map([...sources, [file, `${line}\n`]]));

  expect(breaches).toEqual(isBreach ? [expect.stringContaining('ask what the provider declares, not which one it is')] : []);
});

test.each([
  ['an arrow against the order', 'lambda/money/planted.ts', 'lambda/aws/dynamodb/index.ts', 'lambda/money may not import lambda/aws'],
  [
    'a dialect reached from another',
    'lambda/wire/dialects/openai-chat/planted.ts',
    'lambda/wire/dialects/openai-responses/encode-items.ts',
    'index.ts alone',
  ],
  ['a protocol reached from a provider', 'lambda/wire/providers/planted.ts', 'lambda/wire/protocols/gemini/usage.ts', 'index.ts alone'],
  ['the runtime in the library', 'lib/planted.ts', 'lambda/platform/error.ts', 'lib imports'],
  ['the runtime in the command', 'bin/planted.ts', 'lambda/platform/error.ts', 'the local run'],
  ['another file of the runtime in the command', 'bin/commands/planted.ts', 'lambda/money/record/fields.ts', 'the local run'],
  ['the usage record outside the commands', 'bin/planted.ts', 'lambda/money/record/index.ts', 'the local run'],
  ['the usage record in the library', 'lib/planted.ts', 'lambda/money/record/index.ts', 'lib imports'],
  ['the command in the local run', 'local/planted.ts', 'bin/command.ts', 'the local run imports'],
  ['the local run in the runtime', 'lambda/proxy/planted.ts', 'local/run.ts', 'lambda imports neither'],
  ['the library in the runtime', 'lambda/proxy/planted.ts', 'lib/proxy.ts', 'contract only'],
  ['the library in the contract', 'lib/private/contract/planted.ts', 'lib/proxy.ts', 'the contract imports nothing'],
  ['a part of the contract in the runtime', 'lambda/proxy/planted.ts', 'lib/private/contract/tables.ts', 'index.ts alone'],
  ['a part of the contract in the library', 'lib/planted.ts', 'lib/private/contract/tables.ts', 'index.ts alone'],
])('%s is found', (_what, from, to, breach) => {
  expect(breachesWith([from, to])).toContainEqual(expect.stringContaining(breach));
});

test.each([
  ['the proxy', 'lambda/proxy/after/planted.ts', "if (dialect === 'openai-chat') throw dialect;", true],
  ['money', 'lambda/money/ledger/planted.ts', 'const dear = "anthropic-messages";', true],
  ['another dialect', 'lambda/wire/dialects/openai-chat/planted.ts', 'export const other = `openai-responses`;', true],
  ['the common model', 'lambda/wire/model/planted.ts', "export const one = 'openai-responses';", true],
  ['its own folder', 'lambda/wire/dialects/openai-chat/planted.ts', "export const own = 'openai-chat';", false],
  ['a provider that speaks it', 'lambda/wire/providers/planted.ts', "export const protocols = ['openai-chat'];", false],
  ['a comment', 'lambda/proxy/after/planted.ts', "// As 'openai-chat' does it.", false],
])('a dialect named in %s is found where only its folder may name it', (_where, file, line, isBreach) => {
  const breaches = importBreaches(new Map([...sources, [file, `\n${line}\n`]]));

  expect(breaches).toEqual(isBreach ? [expect.stringMatching(/planted\.ts:2 {2}the dialect .* is named outside of its folder/)] : []);
});

test('a dialect that is not in the list of dialects is found', () => {
  const planted = new Map([...sources, ['lambda/wire/dialects/planted/declaration.ts', '']]);

  expect(importBreaches(planted)).toEqual([expect.stringContaining('the dialect planted has no line in lambda/wire/dialects/index.ts')]);
});

test('a declaration is reached from the list of dialects alone', () => {
  const declaration = 'lambda/wire/dialects/openai-chat/declaration.ts';

  expect(breachesWith(['lambda/wire/protocols/planted.ts', declaration])).toEqual([expect.stringContaining('index.ts alone')]);
});

const OPERATIONS = [...sources.keys()].flatMap((path) => /^lambda\/wire\/operations\/([^/]+)\/index\.ts$/.exec(path)?.[1] ?? []);

test.each(
  OPERATIONS.flatMap((name) => [
    [name, `if (call.operation === '${name}') return 1;`],
    [name, `const is = '${name}' !== operation;`],
    [name, `switch (operation) {\n  case "${name}": return 1;\n}`],
    [name, `const cap = call.operation.name == '${name}' ? 1 : 0;`],
    [name, `const cap = ['other', '${name}'].includes(operation) ? 1 : 0;`],
    [name, `const cap = new Set(['${name}']).has(operation) ? 1 : 0;`],
  ]),
)('who tells %s apart outside the folder of operations is found: %s', (name, line) => {
  const planted = (file: string) => importBreaches(new Map(sources).set(file, `${sources.get(file) ?? ''}\n${line}\n`));

  expect(planted('lambda/proxy/before/bound.ts')).toEqual([expect.stringMatching(/^lambda\/proxy\/before\/bound\.ts:\d+ {2}ask what the/)]);
  expect(planted(`lambda/wire/operations/${name}/index.ts`)).toEqual([]);
});

test('every operation is among those that are looked for, and a word of it is no comparison', () => {
  expect(OPERATIONS).toEqual(expect.arrayContaining(['chat', 'count-tokens', 'embeddings']));
  const line =
    "// operation === 'chat'\nconst names = ['chat', 'embeddings'];\nawait protocols.dialect(name, 'chat');\nconst is = path === '/chat';";
  expect(importBreaches(new Map(sources).set('lambda/proxy/planted.ts', line))).toEqual([]);
});

test('the commands may read how the usage record is defined', () => {
  expect(breachesWith(['bin/commands/planted.ts', 'lambda/money/record/index.ts'])).toEqual([]);
});

test.each([
  ['a string in an encoder', 'lambda/wire/dialects/openai-chat/planted.ts', "const old = model.startsWith('gpt-4o');", true],
  ['a pattern in a protocol', 'lambda/wire/protocols/gemini/planted.ts', 'const old = /gemini-(?:1|2)/.test(model);', true],
  ['a class of digits', 'lambda/wire/fitting/planted.ts', 'const newer = /claude-opus-\\d/;', true],
  ['a template', 'lambda/proxy/upstream/planted.ts', 'const name = `grok-4.3`;', true],
  ['a short name', 'lambda/wire/protocols/planted.ts', "const thinks = ['o3-mini'];", true],
  ['a family', 'lambda/wire/protocols/planted.ts', "const claude = model.startsWith('claude-');", false],
  ['the catalogue', 'lambda/wire/models/planted.ts', "const old = 'gpt-4o';", false],
  ['what a provider declares', 'lambda/wire/providers/planted.ts', "const models = ['gpt-5*'];", false],
  ['prices', 'lambda/money/pricing/planted.ts', 'const dear = /gpt-5-pro/;', false],
  ['a comment', 'lambda/wire/protocols/planted.ts', '// As gpt-4o does.', false],
])("%s with a model's version", (_where, file, line, isBreach) => {
  const breaches = importBreaches(new Map([...sources, [file, `\n${line}\n`]]));

  expect(breaches).toEqual(isBreach ? [expect.stringMatching(/planted\.ts:2 {2}a model's version .*: ask lambda\/wire\/models/)] : []);
});
