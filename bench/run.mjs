/**
 * `npm run bench`: the gateway beside a raw `node:http` pass-through, in one run. Prints a table, writes bench/results/latest.json.
 *
 * Every target is a process of its own; the provider another; this process makes the load. The targets take turns, slice after
 * slice; the figure of a row is the least over its slices, because whatever else the machine does only adds.
 * Read the ratios: the absolute figures belong to the machine.
 */
import { execFileSync, fork } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createCaller } from './load.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const quick = process.argv.includes('--quick');
const SLICES = quick ? 3 : 8;
const SLICE_MS = quick ? 400 : 1_000;
const IDLE_STREAMS = quick ? 100 : 500;
const CHUNKS = 200;

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
const banner = { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" };

async function buildTargets() {
  await build({
    ...esm,
    banner,
    splitting: true,
    entryPoints: [join(here, 'gateway.ts'), join(here, 'three-clients.ts')],
    outdir: join(root, 'dist/bench'),
  });
}

/** Starts a child and waits for its first message. */
function start(file, ...args) {
  const child = fork(file, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
    child.once('message', (ready) => resolve({ child, ...ready, ask: () => ask(child) }));
  });
}

function ask(child) {
  return new Promise((resolve) => {
    child.once('message', resolve);
    child.send('report');
  });
}

const micros = ({ user, system }) => user + system;
const least = (values) => Math.min(...values);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** CPU of the target per unit of work, microseconds. */
async function cpuPer(target, options, units) {
  const before = micros((await target.ask()).cpu);
  const done = await target.caller.run({ milliseconds: SLICE_MS, ...options });
  const after = micros((await target.ask()).cpu);
  return (after - before) / units(done);
}

async function compare(targets, options, units) {
  const samples = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  for (let slice = 0; slice < SLICES; slice++) {
    for (const name of slice % 2 === 0 ? Object.keys(targets) : Object.keys(targets).reverse()) {
      samples[name].push(await cpuPer(targets[name], options, units));
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, least(values)]));
}

async function firstBytes(targets, stream) {
  const samples = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  for (let round = 0; round < (quick ? 60 : 300); round++) {
    for (const name of Object.keys(targets))
      samples[name].push((await targets[name].caller.call({ stream, directive: 'stream:1' })).firstByteMs * 1_000);
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]));
}

/** Resident memory that each open, silent stream adds, in KB; then how long the provider keeps streams whose callers have hung up. */
async function idleStreams(target, upstream) {
  for (let warm = 0; warm < 50; warm++) await target.caller.call({ stream: true, directive: 'stream:1' });
  const before = (await target.ask()).rss;
  const hangUps = await Promise.all(Array.from({ length: IDLE_STREAMS }, () => target.caller.hold('idle:1000')));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const after = (await target.ask()).rss;
  const started = performance.now();
  for (const hangUp of hangUps) hangUp();
  while ((await openStreams(upstream)) > 0 && performance.now() - started < 5_000) await new Promise((resolve) => setTimeout(resolve, 20));
  return { perStreamKb: (after - before) / 1_024 / IDLE_STREAMS, freedMs: performance.now() - started };
}

async function openStreams(upstream) {
  const { request } = await import('node:http');
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port: upstream.port, method: 'POST', agent: false }, (response) => {
      response.setEncoding('utf8').on('data', (text) => resolve(Number(text)));
    }).end();
  });
}

/** Milliseconds that importing a module takes in a new process, least of several. */
function coldImport(file) {
  const code = `const t=performance.now();await import(${JSON.stringify(`file://${file}`)});console.log(performance.now()-t);process.exit(0)`;
  const env = {
    ...process.env,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    GATEWAY_CONFIG_FILE: join(root, 'bench/gateway.json'),
  };
  return least(
    Array.from({ length: quick ? 3 : 9 }, () =>
      Number(
        execFileSync(
          process.execPath,
          [
            '--import',
            'data:text/javascript,globalThis.awslambda={streamifyResponse:(f)=>f,HttpResponseStream:{}}',
            '--input-type=module',
            '-e',
            code,
          ],
          { env },
        ).toString(),
      ),
    ),
  );
}

function sizeOf(folder) {
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

const rows = [];
function row(what, unit, goal, reference, gateway) {
  rows.push({ what, unit, goal, reference, gateway, ratio: reference === undefined ? undefined : gateway / reference });
}

await buildTargets();
const upstream = await start(join(here, 'upstream.mjs'));
const [reference, gateway, translated, stored] = await Promise.all([
  start(join(here, 'reference.mjs'), String(upstream.port)),
  start(join(root, 'dist/bench/gateway.mjs'), String(upstream.port), 'memory'),
  start(join(root, 'dist/bench/gateway.mjs'), String(upstream.port), 'memory', 'messages'),
  start(join(root, 'dist/bench/gateway.mjs'), String(upstream.port), 'sdk'),
]);
for (const target of [reference, gateway, translated, stored]) target.caller = createCaller(target);
const pair = { reference, gateway };

try {
  for (const target of [reference, gateway, translated, stored])
    await target.caller.run({ milliseconds: SLICE_MS, width: 16, stream: false });

  const json16 = await compare({ ...pair, stored }, { width: 16, stream: false }, (done) => done.length);
  row('CPU per JSON request, 16 in flight', 'us', 1.8, json16.reference, json16.gateway);
  const json1 = await compare(pair, { width: 1, stream: false }, (done) => done.length);
  row('CPU per JSON request, one at a time', 'us', undefined, json1.reference, json1.gateway);

  const chunkUnits = (done) => done.length * (CHUNKS + 2);
  const chunk = await compare({ ...pair, translated }, { width: 16, stream: true, directive: `stream:${CHUNKS}` }, chunkUnits);
  row('CPU per streamed chunk, passed through', 'us', 1.2, chunk.reference, chunk.gateway);
  row('CPU per streamed chunk, translated', 'us', 2, chunk.gateway, chunk.translated);

  const firstJson = await firstBytes(pair, false);
  row('first byte of a JSON answer, p50', 'us', undefined, firstJson.reference, firstJson.gateway);
  const firstChunk = await firstBytes(pair, true);
  row('first byte of a stream, p50', 'us', undefined, firstChunk.reference, firstChunk.gateway);

  const idle = { reference: await idleStreams(reference, upstream), gateway: await idleStreams(gateway, upstream) };
  row(`memory per idle stream, ${IDLE_STREAMS} open`, 'KB', 2, idle.reference.perStreamKb, idle.gateway.perStreamKb);
  row('provider freed after the callers hung up', 'ms', undefined, idle.reference.freedMs, idle.gateway.freedMs);

  const calls = (await stored.ask()).calls;
  row('what the store adds: CPU per request, SDK connector', 'us', undefined, json16.gateway, json16.stored);
  row('what the store adds: DynamoDB calls per request', 'calls', undefined, undefined, calls.perRequest);

  row(
    'cold import',
    'ms',
    1.3,
    coldImport(join(root, 'dist/bench/three-clients.mjs')),
    coldImport(join(root, 'dist/lambda/proxy/index.mjs')),
  );
  row(
    'entry chunk of the proxy bundle (limit 700 KB)',
    'KB',
    undefined,
    undefined,
    statSync(join(root, 'dist/lambda/proxy/index.mjs')).size / 1_000,
  );
  row('whole proxy bundle, lazily loaded parts included', 'KB', undefined, undefined, sizeOf(join(root, 'dist/lambda/proxy')) / 1_000);
} finally {
  for (const { child, caller } of [reference, gateway, translated, stored, { child: upstream.child }]) {
    caller?.close();
    child.removeAllListeners('exit');
    child.kill();
  }
}

const number = (value) => (value === undefined ? '' : value >= 100 ? value.toFixed(0) : value.toFixed(1));
console.log(`\nNode ${process.version}; least of ${SLICES} slices of ${SLICE_MS} ms\n`);
console.log('| what | unit | reference | gateway | ratio | goal |\n|---|---|--:|--:|--:|--:|');
for (const { what, unit, reference: ref, gateway: own, ratio, goal } of rows) {
  console.log(
    `| ${what} | ${unit} | ${number(ref)} | ${number(own)} | ${ratio === undefined ? '' : ratio.toFixed(2)} | ${goal === undefined ? '' : `<= ${goal}`} |`,
  );
}
mkdirSync(join(here, 'results'), { recursive: true });
writeFileSync(
  join(here, 'results/latest.json'),
  `${JSON.stringify({ node: process.version, slices: SLICES, sliceMs: SLICE_MS, rows }, null, 2)}\n`,
);
