/** The processes that are measured: each target is one of its own, so that its CPU and memory are its own. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

const children = [];

/** Starts a process and waits until it says that it is ready. */
export function start(root, file, ...args) {
  const child = fork(join(root, file), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
    child.once('message', (ready) => resolve({ ...ready, ask: () => ask(child), stop: () => stop(child) }));
  });
}

export function stopAll() {
  for (const child of children) stop(child);
}

function stop(child) {
  child.removeAllListeners('exit');
  child.kill();
}

function ask(child) {
  return new Promise((resolve) => {
    child.once('message', resolve);
    child.send('report');
  });
}

/**
 * Bundles entries of a checkout's bench into its `dist/bench`.
 *
 * @param gear the checkout whose table in memory is used: it is part of what measures
 */
export async function buildTargets(root, names, gear = root) {
  // As in scripts/build.mjs: the embedded DynamoDB has a store of its own.
  const absent = join(root, 'local/dynamodb/absent-level.ts');
  await build({
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    splitting: true,
    legalComments: 'none',
    logLevel: 'warning',
    alias: { level: absent, 'memory-level': absent },
    plugins: [
      {
        name: 'gear',
        setup: ({ onResolve }) => onResolve({ filter: /^\.\/memory-table$/ }, () => ({ path: join(gear, 'bench/memory-table.ts') })),
      },
    ],
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    entryPoints: names.map((name) => join(root, 'bench', `${name}.ts`)),
    outdir: join(root, 'dist/bench'),
    outExtension: { '.js': '.mjs' },
  });
}
