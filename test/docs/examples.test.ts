import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const command = join(root, 'dist/bin/llm-gateway.mjs');
const output = join(root, 'dist/docs-examples');

/** Markdown files whose TypeScript a reader would copy. */
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

const fromPages = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match, index) => ({
    name: `${page.replace(/\W+/g, '-')}-${index + 1}`,
    code: match[1] as string,
  })),
);

/** What `llm-gateway init` prints is an example like those of the guides. */
const examples = [
  ...fromPages,
  { name: 'init', code: execFileSync(process.execPath, [command, 'init'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }) },
];

test('every TypeScript example of the README, the guides and `init` compiles against the library', () => {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  for (const { name, code } of examples) writeFileSync(join(output, `${name}.ts`), `${code}\nexport {};\n`);
  const configuration = {
    extends: '../../tsconfig.json',
    compilerOptions: { rootDir: '../..', paths: { 'cdk-llm-gateway': ['../../lib/index.ts'] }, noUnusedLocals: false },
    include: ['*.ts'],
  };
  writeFileSync(join(output, 'tsconfig.json'), JSON.stringify(configuration));

  const compile = (): string =>
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', output], { cwd: root, encoding: 'utf8' });

  expect(examples.length).toBeGreaterThanOrEqual(3);
  expect(compile()).toBe('');
});

test('every local link of the README and the guides leads to a file of the repository', () => {
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(((?!https?:|#)[^)#]+)(?:#[^)]*)?\)/g)]
      .map((match) => join(page, '..', match[1] as string))
      .filter((target) => !exists(target))
      .map((target) => `${page} -> ${target}`),
  );

  expect(broken).toEqual([]);
});

function exists(path: string): boolean {
  try {
    readFileSync(join(root, path));
    return true;
  } catch {
    return false;
  }
}
