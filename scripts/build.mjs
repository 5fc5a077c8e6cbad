/**
 * Builds everything under dist/. `--fast` transpiles the library without jsii's checks and declarations:
 * the same JavaScript, enough to start and to test.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const fast = process.argv.includes('--fast');

/** CommonJS packages inside an ES module bundle still call `require`. */
const requireBanner = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** What aws-lambda-stream would load although nothing of ours uses it, and a promise library that makes functions from strings. */
const usageAliases = {
  ...Object.fromEntries(
    [
      '@aws-sdk/client-s3',
      '@aws-sdk/s3-request-presigner',
      '@aws-sdk/client-kms',
      '@aws-sdk/client-eventbridge',
      'aws-kms-ee',
      '@smithy/node-http-handler',
      '@smithy/util-retry',
    ].map((name) => [name, join(root, 'lambda/usage/unused-client.cjs')]),
  ),
  bluebird: join(root, 'lambda/usage/native-promise.cjs'),
};

const esm = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
};

async function buildFunctions() {
  for (const name of ['proxy', 'admin', 'usage', 'sweeper']) {
    const entry = `lambda/${name}/index.ts`;
    if (!existsSync(entry)) continue;
    rmSync(`dist/lambda/${name}`, { recursive: true, force: true });
    const result = await build({
      ...esm,
      entryPoints: { index: entry },
      outdir: `dist/lambda/${name}`,
      splitting: true,
      chunkNames: '[name]-[hash]',
      metafile: true,
      banner: { js: requireBanner },
      ...(name === 'usage' ? { alias: usageAliases } : {}),
    });
    writeMeta(`lambda-${name}`, result.metafile);
  }
}

async function buildCommand() {
  const entries = Object.fromEntries(
    [
      ['llm-gateway', 'bin/llm-gateway.ts'],
      ['function-worker', 'local/lambda/worker.ts'],
    ].filter(([, file]) => existsSync(file)),
  );
  if (Object.keys(entries).length === 0) return;
  rmSync('dist/bin', { recursive: true, force: true });
  const result = await build({
    ...esm,
    entryPoints: entries,
    outdir: 'dist/bin',
    // The local DynamoDB has a store of its own: no level database, whose addon is native, gets into the package.
    alias: { level: './local/dynamodb/absent-level.ts', 'memory-level': './local/dynamodb/absent-level.ts' },
    splitting: true,
    chunkNames: '[name]-[hash]',
    metafile: true,
    banner: { js: requireBanner },
  });
  writeMeta('bin', result.metafile);
}

/** The CDK app, with the library left outside, as a user's app would have it. */
async function buildApp() {
  if (!existsSync('bin/app.ts')) return;
  await build({
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
    entryPoints: { app: 'bin/app.ts' },
    outdir: 'dist/bin',
    outExtension: { '.js': '.cjs' },
    plugins: [
      {
        name: 'library-outside',
        setup(builder) {
          builder.onResolve({ filter: /^\.\.\/lib(\/index)?$/ }, () => ({ path: '../lib/index.js', external: true }));
        },
      },
    ],
  });
}

async function buildLibrary() {
  if (!existsSync('lib/index.ts')) return;
  if (!fast) {
    execFileSync(
      process.execPath,
      ['node_modules/jsii/bin/jsii', '--generate-tsconfig', 'tsconfig.lib.json', '--silence-warnings', 'reserved-word'],
      {
        stdio: 'inherit',
      },
    );
    return;
  }
  await build({
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    entryPoints: typescriptFiles('lib'),
    outbase: 'lib',
    outdir: 'dist/lib',
  });
}

function typescriptFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(root, entry.parentPath ?? entry.path, entry.name)));
}

/** What each bundle holds, for the supply-chain check and the bench. */
function writeMeta(name, metafile) {
  mkdirSync('dist/meta', { recursive: true });
  // Written next to the bundles, not into the package.
  writeFileSync(`dist/meta/${name}.json`, JSON.stringify(metafile));
}

await Promise.all([buildFunctions(), buildCommand().then(buildApp), buildLibrary()]);
if (existsSync('local/assets')) cpSync('local/assets', 'dist/bin/assets', { recursive: true });
