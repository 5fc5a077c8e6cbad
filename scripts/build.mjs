/**
 * Builds everything under dist/. `--fast` transpiles the library without jsii's checks and declarations:
 * the same JavaScript, enough to start and to synthesize. `--into FOLDER` builds somewhere else than dist/.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { LEAN } from './build/lean.mjs';
import { bundledPackages, LICENCES_FILE, licenceDocument } from './licences.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const { fast, into } = parseArgs({
  options: { fast: { type: 'boolean', default: false }, into: { type: 'string', default: 'dist' } },
}).values;

const unused = join(root, 'scripts/build/unused-module.cjs');
const without = (...names) => Object.fromEntries(names.map((name) => [name, unused]));

/** Nothing of ours runs in a browser. */
const browserAliases = without('bowser');

/** A function's credentials are in its environment: whatever starts a program, asks a browser or another service for them stays out. */
const functionAliases = {
  ...browserAliases,
  ...without(
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-login',
    '@aws-sdk/credential-provider-web-identity',
  ),
};

/** A process that is no function may have its credentials from elsewhere, but starts no program either. */
const processAliases = {
  ...browserAliases,
  ...Object.fromEntries(
    ['ini', 'process', 'sso', 'login'].map((kind) => [
      `@aws-sdk/credential-provider-${kind}`,
      join(root, 'scripts/build/absent-credentials.mjs'),
    ]),
  ),
};

/** What aws-lambda-stream would load although no pipeline of ours uses it, and a promise library that makes functions from strings. */
const usageAliases = {
  ...functionAliases,
  ...without(
    '@aws-sdk/client-s3',
    '@aws-sdk/s3-request-presigner',
    '@aws-sdk/client-kms',
    '@aws-sdk/client-eventbridge',
    'aws-kms-ee',
    '@smithy/node-http-handler',
    '@smithy/util-retry',
  ),
  bluebird: join(root, 'scripts/build/native-promise.cjs'),
};

/** The local DynamoDB has a store of its own: no level database, whose addon is native, gets into the package. */
const localAliases = {
  level: join(root, 'local/dynamodb/absent-level.ts'),
  'memory-level': join(root, 'local/dynamodb/absent-level.ts'),
};

await Promise.all([
  bundle('lambda/proxy', { index: 'lambda/proxy/index.ts' }, functionAliases),
  bundle('lambda/proxy-node', { index: 'lambda/proxy/node.ts' }, processAliases),
  bundle('lambda/admin', { index: 'lambda/admin/index.ts' }, functionAliases),
  bundle('lambda/usage', { index: 'lambda/usage/index.ts' }, usageAliases),
  bundle('lambda/sweeper', { index: 'lambda/sweeper/index.ts' }, functionAliases),
  bundle('bin', { 'llm-gateway': 'bin/llm-gateway.ts', 'function-worker': 'local/lambda/worker.ts' }, localAliases).then(buildApp),
  fast ? transpileLibrary() : compileLibrary(),
]);
writeFileSync(`${into}/${LICENCES_FILE}`, licenceDocument(bundledPackages(into)));

/** Makes one folder of minified ES modules; what is loaded lazily is a chunk of its own. Notes what went in under meta/. */
async function bundle(folder, entryPoints, alias) {
  const { metafile } = await build({
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    splitting: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    entryPoints,
    outdir: `${into}/${folder}`,
    chunkNames: '[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    alias,
    plugins: LEAN,
    // CommonJS packages inside an ES module still call `require`.
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  });
  const made = new Set(Object.keys(metafile.outputs).map((output) => basename(output)));
  // Chunks of earlier builds go last, so that whoever runs the old bundle meanwhile still finds them.
  for (const file of readdirSync(`${into}/${folder}`)) if (file.endsWith('.mjs') && !made.has(file)) rmSync(`${into}/${folder}/${file}`);
  mkdirSync(`${into}/meta`, { recursive: true });
  writeFileSync(`${into}/meta/${folder.replace('/', '-')}.json`, JSON.stringify(metafile));
}

/** The CDK app, with the library left outside, as a user's app would have it. */
async function buildApp() {
  await build({
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
    entryPoints: { app: 'bin/app.ts' },
    outdir: `${into}/bin`,
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

function compileLibrary() {
  clearLibrary();
  const compiler = ['node_modules/jsii/bin/jsii', '--generate-tsconfig', 'tsconfig.lib.json', '--silence-warnings', 'reserved-word'];
  execFileSync(process.execPath, compiler, { stdio: 'inherit', env: { ...process.env, JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1' } });
}

async function transpileLibrary() {
  clearLibrary();
  const files = readdirSync('lib', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(root, entry.parentPath ?? entry.path, entry.name)));
  await build({
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    entryPoints: files,
    outbase: 'lib',
    outdir: `${into}/lib`,
  });
}

/** What a file was compiled to that is a folder now would be found before the folder. */
function clearLibrary() {
  rmSync(`${into}/lib`, { recursive: true, force: true });
}
