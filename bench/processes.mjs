/** The processes that are measured: each target is one of its own, so that its CPU and memory are its own. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling, FUNCTION_ALIASES, LOCAL_ALIASES } from '../scripts/build/bundling.mjs';

const children = new Set();

/** Starts a process and waits until it says that it is ready. What it writes to its output goes nowhere. */
export function start(root, file, args = [], env = process.env) {
  const child = fork(join(root, file), args.map(String), { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  children.add(child);
  return answerOf(child, file).then((ready) => ({ ...ready, ask: (what) => ask(child, file, what), stop: () => stop(child) }));
}

export function stopAll() {
  for (const child of children) stop(child);
}

function stop(child) {
  children.delete(child);
  child.kill();
}

function ask(child, file, what = 'report') {
  const answer = answerOf(child, file);
  child.send(what);
  return answer;
}

/** Its next message; an end in its stead is an error. */
function answerOf(child, file) {
  return new Promise((resolve, reject) => {
    const settle = (end) => (value) => {
      child.off('message', answered).off('error', failed).off('exit', ended);
      end(value);
    };
    const answered = settle(resolve);
    const failed = settle(reject);
    const ended = settle((code) => reject(new Error(`${file} ended with ${code}`)));
    child.on('message', answered).on('error', failed).on('exit', ended);
  });
}

/** Bundles entries of a checkout's bench into its `dist/bench`, each with the table in memory that speaks its own ledger. */
export async function buildTargets(root, names) {
  await build({
    ...bundling(LOCAL_ALIASES),
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map((name) => [name.replace(/\.\w+$/, ''), join(root, 'bench', name)])),
    outdir: join(root, 'dist/bench'),
  });
}

/** The proxy function as it is deployed, but for its table, which is in memory. */
export async function buildFunction(root) {
  const { plugins, ...options } = bundling(FUNCTION_ALIASES);
  const table = {
    name: 'table-in-memory',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.\/aws\/dynamodb$/ }, ({ importer }) =>
        importer.endsWith('/lambda/proxy/open-gateway.ts') ? { path: join(root, 'bench/functions/table.ts') } : undefined,
      );
    },
  };
  await build({
    ...options,
    absWorkingDir: root,
    plugins: [table, ...plugins],
    entryPoints: { index: join(root, 'lambda/proxy/index.ts') },
    outdir: join(root, 'dist/bench/proxy'),
  });
}
