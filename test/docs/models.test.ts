import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPriceBook } from '../../lambda/money/deployed-book';
import type { ProviderKind } from '../../lib/private/contract';
import lives from './model-lives.json';

/** What a newcomer pastes has to be priced (the gateway refuses what it cannot price) and has to live for a year. */

const root = join(__dirname, '../..');
const YEAR_MS = 365 * 86_400_000;
/** Ids that examples give to providers, which are the names of their kinds. */
const KINDS: ProviderKind[] = ['anthropic', 'bedrock', 'openai', 'google-ai-studio', 'mistral', 'azure-openai', 'vertex-ai', 'groq', 'xai'];
const NAMES = new RegExp(String.raw`(?<![\w@/.-])(${KINDS.join('|')})/([a-z0-9][\w.:-]*\w)`, 'g');
/** Secrets, packages and addresses that look like models. */
const OTHERS = /^(api-key|v1|sdk)$/;

const pages = [
  'README.md',
  'API.md',
  'bin/app.ts',
  'docs/openapi.json',
  ...listed('docs', '.md'),
  ...listed('lib', '.ts'),
  ...listed('lambda/admin/schemas', '.ts'),
];
const printed = (['typescript', 'python'] as const).map((language) => ({
  place: `init --language ${language}`,
  text: execFileSync(process.execPath, [join(root, 'dist/bin/llm-gateway.mjs'), 'init', '--language', language], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
}));
/** What agents were run with is a report, and tells of old models too. */
const REPORTED = /^\| (?:claude-code|codex|opencode) .*$/gm;
const examples = [
  ...pages.map((place) => ({ place, text: readFileSync(join(root, place), 'utf8').replace(REPORTED, '') })),
  ...printed,
].flatMap(({ place, text }) =>
  [...text.matchAll(NAMES)]
    .map(([model = '', kind = '', name = '']) => ({ place, model, kind: kind as ProviderKind, name }))
    .filter(({ name }) => !OTHERS.test(name)),
);

function listed(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`);
}

test('R18 the examples are where newcomers look', () => {
  const places = new Set(examples.map(({ place }) => place));

  expect([...places]).toEqual(
    expect.arrayContaining([
      'README.md',
      'API.md',
      'bin/app.ts',
      'docs/guide.md',
      'docs/administration.md',
      'init --language typescript',
      'init --language python',
    ]),
  );
});

test('R18 every model of an example has a price', async () => {
  const book = await loadPriceBook();

  const unpriced = examples.filter(({ kind, name }) => book.lookup({ provider: kind, kind, model: name }, Date.now()) === undefined);

  expect(unpriced).toEqual([]);
});

test('R18 no model of an example ends within a year', () => {
  const soon = new Date(Date.now() + YEAR_MS).toISOString().slice(0, 10);
  const ending = lives.ends.filter(({ ends }) => ends <= soon).map(({ match }) => new RegExp(match));

  expect(examples.filter(({ model }) => ending.some((match) => match.test(model)))).toEqual([]);
});

test('R18 the vendor was asked about every model of an example', () => {
  const known = new Set(lives.examples.map(({ model }) => model));

  expect(examples.filter(({ model }) => !known.has(model))).toEqual([]);
});

test.each(['claude-sonnet-4-5', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'gpt-5', 'gpt-4o-mini', 'gemini-2.5-pro'])(
  'R18 the list of ends knows %s',
  (name) => {
    expect(lives.ends.some(({ match }) => new RegExp(match).test(`x/${name}`))).toBe(true);
  },
);

test('R18 Bedrock in `init` asks for a model that needs no subscription', () => {
  for (const { text } of printed) expect(text).toContain('bedrock/us.amazon.nova-');
});
