/** How each kind of figure is taken. Every figure is the least, or the median where latencies are meant, of many samples. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const least = (values) => Math.min(...values);
export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** CPU time of each target per unit of work, in microseconds; the targets take turns, slice after slice. */
export async function cpuPerUnit(targets, { slices, sliceMs }, load, units) {
  const names = Object.keys(targets);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let slice = 0; slice < slices; slice++) {
    for (const name of slice % 2 === 0 ? names : names.toReversed()) {
      const target = targets[name];
      const before = await target.ask();
      const done = await target.caller.run({ milliseconds: sliceMs, ...load });
      const after = await target.ask();
      samples[name].push((micros(after.cpu) - micros(before.cpu)) / units(done));
    }
  }
  return Object.fromEntries(names.map((name) => [name, least(samples[name])]));
}

const micros = ({ user, system }) => user + system;

/** Runs a load on each target until all are warm: in turns, so that none is warmer than another when time is short. */
export async function settleDown(targets, load, { requests, milliseconds }) {
  const served = targets.map(() => 0);
  const until = performance.now() + milliseconds * targets.length;
  while (performance.now() < until && served.some((count) => count < requests)) {
    for (const [index, target] of targets.entries()) served[index] += (await target.caller.run({ milliseconds: 500, ...load })).length;
  }
}

/**
 * Microseconds until the first byte of an answer, one call at a time.
 *
 * @param typical which of the samples counts
 */
export async function firstByte(targets, rounds, stream, typical) {
  const names = Object.keys(targets);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const { firstByteMs } = await targets[name].caller.call({ stream, directive: 'stream:1' });
      samples[name].push(firstByteMs * 1_000);
    }
  }
  return Object.fromEntries(names.map((name) => [name, typical(samples[name])]));
}

/** Resident memory that each open, silent stream adds, in KB; then how long the provider keeps streams whose callers hung up, in ms. */
export async function idleStreams(target, upstream, count) {
  // One after the other, so that the heap stays small: what a first thousand calls need is compiled code, and no part of a stream.
  for (let warm = 0; warm < 1_000; warm++) await target.caller.call({ stream: true, directive: 'stream:1' });
  const before = await target.ask();
  const hangUps = await Promise.all(Array.from({ length: count }, () => target.caller.hold('idle:1000')));
  await pause(500);
  const after = await target.ask();

  const started = performance.now();
  for (const hangUp of hangUps) hangUp();
  while ((await openStreams(upstream.port)) > 0 && performance.now() - started < 5_000) await pause(10);
  return { perStreamKb: (after.rss - before.rss) / 1_024 / count, freedMs: performance.now() - started };
}

/** Streams that the provider of the bench has open. */
function openStreams(port) {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, method: 'POST', agent: false }, (response) => {
      response.setEncoding('utf8').on('data', (text) => resolve(Number(text)));
    })
      .on('error', reject)
      .end();
  });
}

const LAMBDA_GLOBAL = 'data:text/javascript,globalThis.awslambda={streamifyResponse:(f)=>f,HttpResponseStream:{}}';
const LAMBDA_ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
  GATEWAY_CONFIG_FILE: join(dirname(fileURLToPath(import.meta.url)), 'gateway.json'),
};

/** Milliseconds that importing each module takes in a new process; they take turns. */
export function coldImports(files, times) {
  const names = Object.keys(files);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < times; round++) for (const name of names) samples[name].push(coldImport(files[name]));
  return Object.fromEntries(names.map((name) => [name, least(samples[name])]));
}

function coldImport(file) {
  const code = `const t=performance.now();await import(${JSON.stringify(`file://${file}`)});console.log(performance.now()-t);process.exit(0)`;
  const told = execFileSync(process.execPath, ['--import', LAMBDA_GLOBAL, '--input-type=module', '-e', code], {
    env: { ...process.env, ...LAMBDA_ENVIRONMENT },
  });
  return Number(told.toString());
}

/** A function's bundle in KB: its entry chunk, and all that it may load. */
export function bundleSizes(root, name) {
  const folder = join(root, 'dist/lambda', name);
  const size = (file) => statSync(join(folder, file)).size / 1_000;
  return { entryKb: size('index.mjs'), wholeKb: readdirSync(folder).reduce((sum, file) => sum + size(file), 0) };
}
