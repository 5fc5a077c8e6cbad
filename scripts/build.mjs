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
import { bundling, FUNCTION_ALIASES, LOCAL_ALIASES, PROCESS_ALIASES, USAGE_ALIASES } from './build/bundling.mjs';
import { bundledPackages, LICENCES_FILE, licenceDocument } from './licences.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const { fast, into } = parseArgs({
  options: { fast: { type: 'boolean', default: false }, into: { type: 'string', default: 'dist' } },
}).values;

await Promise.all([
  bundle('lambda/proxy', { index: 'lambda/proxy/index.ts' }, FUNCTION_ALIASES),
  bundle('lambda/proxy-node', { index: 'lambda/proxy/node.ts' }, PROCESS_ALIASES),
  bundle('lambda/admin', { index: 'lambda/admin/index.ts' }, FUNCTION_ALIASES),
  bundle('lambda/usage', { index: 'lambda/usage/index.ts' }, USAGE_ALIASES),
  bundle('lambda/sweeper', { index: 'lambda/sweeper/index.ts' }, FUNCTION_ALIASES),
  bundle('lambda/archiver', { index: 'lambda/archiver/index.ts' }, FUNCTION_ALIASES),
  bundle('lambda/exporter', { index: 'lambda/exporter/index.ts' }, FUNCTION_ALIASES),
  bundle('lambda/reconciler', { index: 'lambda/reconciler/index.ts' }, FUNCTION_ALIASES),
  bundle('bin', { 'llm-gateway': 'bin/llm-gateway.ts', 'function-worker': 'local/lambda/worker.ts' }, LOCAL_ALIASES).then(buildApp),
  fast ? transpileLibrary() : compileLibrary(),
]);
writeFileSync(`${into}/${LICENCES_FILE}`, licenceDocument(bundledPackages(into)));

/** Makes one folder of a bundle's modules. Notes what went in under meta/. */
async function bundle(folder, entryPoints, alias) {
  const { metafile } = await build({ ...bundling(alias), metafile: true, entryPoints, outdir: `${into}/${folder}` });
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
