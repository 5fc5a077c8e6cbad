import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** `llm-gateway` on the npm registry is not ours: what a reader pastes has to name `cdk-llm-gateway`. */

const root = join(__dirname, '../..');
/** Neither ours nor written by hand; the change log may tell what was. */
const SKIPPED = new Set(['node_modules', '.git', 'dist', 'cdk.out', '.llm-gateway', 'package-lock.json', 'CHANGELOG.md']);
const TEXT = /(\.(md|ts|mts|cts|mjs|cjs|js|json|ya?ml|py|sh|toml)|\/[^./]+)$/;

const RUNNERS = '(?:npx|npm (?:exec|x)|pnpx|pnpm (?:dlx|exec)|yarn (?:dlx|exec)|bunx|npm i(?:nstall)?|pip install)';
/** A runner or an installer, any options, then the bare name. */
const STRANGER = new RegExp(String.raw`${RUNNERS} (?:-[-\w=]+ )*(?:-- )?llm-gateway(?![-\w])`);
/** A line to paste that begins with the bare name. */
const BARE_LINE = /^\s*(?:\$ )?llm-gateway [a-z]/m;

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

test('R17 nothing in the repository sends a reader to the package of another', () => {
  const found = files(root).filter((file) => TEXT.test(file) && STRANGER.test(readFileSync(file, 'utf8')));

  expect(found.map((file) => relative(root, file))).toEqual([]);
});

test('R17 no line to paste in the README and the guides begins with the bare name', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((file) => join('docs', file))];
  const blocks = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) => [...readFileSync(join(root, page), 'utf8').matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map((match) => [page, match[1]]));

  expect(blocks.filter(([, block]) => BARE_LINE.test(block as string))).toEqual([]);
});
