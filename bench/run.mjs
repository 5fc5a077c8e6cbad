/**
 * `npm run bench`: the gateway beside a raw `node:http` pass-through, in one run. Prints a table, writes bench/results/latest.json.
 *
 * Every target is a process of its own, so is the provider; this process makes the load. Read the ratios: whatever else the machine
 * does only adds, and the absolute figures belong to the machine. `--quick` takes fewer samples.
 */
import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createCaller } from './load.mjs';
import { coldImport, cpuPerUnit, firstByte, idleStreams, median } from './measure.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const quick = process.argv.includes('--quick');
const sampling = quick ? { slices: 3, sliceMs: 400 } : { slices: 8, sliceMs: 1_000 };
const rounds = quick ? 60 : 300;
const idleCount = quick ? 100 : 500;
/** The heap grows in steps, and one process more or less makes a difference. */
const idleRounds = quick ? 1 : 5;
const chunks = 200;
/** Requests, or milliseconds, until the compiler is as good as done with a target: what it takes is no part of a request. */
const warmUp = quick ? { requests: 4_000, milliseconds: 6_000 } : { requests: 60_000, milliseconds: 20_000 };

const children = [];
const rows = [];

await buildTargets();
try {
  await measure();
} finally {
  for (const child of children) stop(child);
}
report();

async function measure() {
  const upstream = await start(join(here, 'upstream.mjs'));
  const store = await start(join(root, 'dist/bench/store.mjs'));
  const gatewayOf = (kind, connector) => start(join(root, 'dist/bench/gateway.mjs'), String(upstream.port), kind, connector, store.url);
  const reference = await start(join(here, 'reference.mjs'), String(upstream.port));
  const gateway = await gatewayOf('openai', 'memory');
  const translated = await gatewayOf('anthropic', 'memory');
  const lean = await gatewayOf('openai', 'lean');
  const sdk = await gatewayOf('openai', 'sdk');
  for (const target of [reference, gateway, lean, sdk]) target.caller = createCaller({ ...target, model: 'bench/gpt-4o-mini' });
  translated.caller = createCaller({ ...translated, model: 'bench/claude-sonnet-4-5' });
  const streams = { width: 16, stream: true, directive: `stream:${chunks}` };
  // More in flight would make the table's own process, which shares the machine, the thing that is measured.
  const withStore = { width: 4, stream: false };
  for (const target of [reference, gateway]) await warm(target, { width: 16, stream: false });
  for (const target of [reference, gateway, translated]) await target.caller.run({ milliseconds: warmUp.milliseconds / 3, ...streams });
  for (const target of [lean, sdk]) await warm(target, withStore);

  const requests = (done) => done.length;
  const json16 = await cpuPerUnit({ reference, gateway }, sampling, { width: 16, stream: false }, requests);
  row('CPU per JSON request, 16 in flight', 'us', 1.8, json16.reference, json16.gateway);
  const json1 = await cpuPerUnit({ reference, gateway }, sampling, { width: 1, stream: false }, requests);
  row('CPU per JSON request, one at a time', 'us', undefined, json1.reference, json1.gateway);

  const stored = await cpuPerUnit({ gateway, lean, sdk }, sampling, withStore, requests);
  const chunk = await cpuPerUnit({ reference, gateway, translated }, sampling, streams, (done) => done.length * chunks);
  row('CPU per streamed chunk, passed through', 'us', 1.2, chunk.reference, chunk.gateway);
  row('CPU per streamed chunk, translated, against passed through', 'us', 2, chunk.gateway, chunk.translated);

  const json = await firstByte({ reference, gateway }, rounds, false);
  row('first byte of a JSON answer, p50', 'us', undefined, json.reference, json.gateway);
  const stream = await firstByte({ reference, gateway }, rounds, true);
  row('first byte of a stream, p50', 'us', undefined, stream.reference, stream.gateway);

  const idle = { reference: [], gateway: [] };
  for (let round = 0; round < idleRounds; round++) {
    // In fresh processes: one that has worked hard holds memory enough for the streams, and shows no growth.
    const fresh = {
      reference: await start(join(here, 'reference.mjs'), String(upstream.port)),
      gateway: await gatewayOf('openai', 'memory'),
    };
    for (const [name, target] of Object.entries(fresh)) {
      target.caller = createCaller({ ...target, model: 'bench/gpt-4o-mini' });
      idle[name].push(await idleStreams(target, upstream, idleCount));
      target.stop();
    }
  }
  const idleMedian = (name, figure) => median(idle[name].map((round) => round[figure]));
  row(`memory per idle stream, ${idleCount} open`, 'KB', 2, idleMedian('reference', 'perStreamKb'), idleMedian('gateway', 'perStreamKb'));
  row('provider freed after the callers hung up', 'ms', undefined, idleMedian('reference', 'freedMs'), idleMedian('gateway', 'freedMs'));

  row('what the store costs: DynamoDB calls per request', 'calls', undefined, undefined, (await lean.ask()).callsPerRequest);
  row('what the store costs: CPU per request, lean connector', 'us', undefined, undefined, stored.lean - stored.gateway);
  row('what the store costs: CPU per request, SDK connector', 'us', undefined, undefined, stored.sdk - stored.gateway);

  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    GATEWAY_CONFIG_FILE: join(here, 'gateway.json'),
  };
  const imported = (file) => coldImport(join(root, file), environment, quick ? 3 : 9);
  row(
    'cold import, against the three SDK clients alone',
    'ms',
    1.3,
    imported('dist/bench/three-clients.mjs'),
    imported('dist/lambda/proxy/index.mjs'),
  );
  const proxy = join(root, 'dist/lambda/proxy');
  row('entry chunk of the proxy bundle (at most 700 KB)', 'KB', undefined, undefined, statSync(join(proxy, 'index.mjs')).size / 1_000);
  row('whole proxy bundle, lazily loaded parts included', 'KB', undefined, undefined, sizeOf(proxy) / 1_000);
}

async function warm(target, load) {
  const started = performance.now();
  for (let served = 0; served < warmUp.requests && performance.now() - started < warmUp.milliseconds; ) {
    served += (await target.caller.run({ milliseconds: 500, ...load })).length;
  }
}

async function buildTargets() {
  // As in scripts/build.mjs: the embedded DynamoDB has a store of its own.
  const absent = join(root, 'local/dynamodb/absent-level.ts');
  await build({
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    splitting: true,
    legalComments: 'none',
    logLevel: 'warning',
    alias: { level: absent, 'memory-level': absent },
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    entryPoints: ['gateway', 'store', 'three-clients'].map((name) => join(here, `${name}.ts`)),
    outdir: join(root, 'dist/bench'),
    outExtension: { '.js': '.mjs' },
  });
}

/** Starts a process and waits until it says that it is ready. */
function start(file, ...args) {
  const child = fork(file, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
    child.once('message', (ready) => resolve({ ...ready, ask: () => ask(child), stop: () => stop(child) }));
  });
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

function row(what, unit, goal, reference, gateway) {
  rows.push({ what, unit, goal, reference, gateway, ratio: reference === undefined ? undefined : gateway / reference });
}

function sizeOf(folder) {
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

function report() {
  const number = (value) => (value === undefined ? '' : value.toFixed(value >= 100 ? 0 : 1));
  console.log(`\nNode ${process.version}; CPU and memory: the least of ${sampling.slices} slices of ${sampling.sliceMs} ms\n`);
  console.log('| what | unit | reference | gateway | ratio | goal |\n|---|---|--:|--:|--:|--:|');
  for (const { what, unit, reference, gateway, ratio, goal } of rows) {
    const cells = [what, unit, number(reference), number(gateway), ratio?.toFixed(2) ?? '', goal === undefined ? '' : `<= ${goal}`];
    console.log(`| ${cells.join(' | ')} |`);
  }
  mkdirSync(join(here, 'results'), { recursive: true });
  writeFileSync(join(here, 'results/latest.json'), `${JSON.stringify({ node: process.version, ...sampling, rows }, null, 2)}\n`);
}
