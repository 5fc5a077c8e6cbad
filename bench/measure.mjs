/**
 * How figures are taken. Whatever else the machine does only adds to a figure of CPU or time, so the least of many samples counts; the
 * targets take turns, sample by sample, and a sample with an error is taken again.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The three least samples of a target lie so near to each other, or more are taken: at most as many again. */
const NEAR = 0.1;

export const least = (values) => Math.min(...values);
export const median = (values) => quantile(values, 0.5);
/** Of latencies and of fresh processes: most of what is above it is the machine. */
export const lowerQuartile = (values) => quantile(values, 0.25);
export const quantile = (values, part) => values.toSorted((a, b) => a - b)[Math.floor(values.length * part)];
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
export const micros = ({ user, system }) => user + system;

/** What went wrong and was taken again, over the whole run. */
export const retaken = new Map();

/**
 * Samples of each target in turns.
 *
 * @param sample takes one of a target; resolves to a number, or to an object of numbers
 * @param options `count` of samples; `isNear` tells from a target's samples whether they are enough; `figure` makes the figure of them
 * @returns figures by target, and `spread`: by how much the third least sample of a target is above the least, at the most
 */
export async function inTurns(targets, sample, { count, figure = least, isNear = areNear }) {
  const names = Object.keys(targets);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  let errors = count;
  const isEnough = (name) => samples[name].length >= count && isNear(samples[name]);
  for (let round = 0; round < 2 * count; round++) {
    const open = names.filter((name) => !isEnough(name));
    for (const name of round % 2 === 0 ? open : open.toReversed()) {
      try {
        samples[name].push(await sample(targets[name], name));
      } catch (error) {
        const reason = `${name}: ${error.message.slice(0, 160)}`;
        retaken.set(reason, (retaken.get(reason) ?? 0) + 1);
        errors -= 1;
        if (errors < 0) throw error;
      }
    }
  }
  return figuresOf(samples, figure);
}

function figuresOf(samples, figure) {
  const names = Object.keys(samples);
  const [first] = Object.values(samples).flat();
  if (typeof first !== 'object') {
    return {
      ...Object.fromEntries(names.map((name) => [name, figure(samples[name])])),
      spread: Math.max(...names.map((name) => spreadOf(samples[name])).filter(Number.isFinite)),
    };
  }
  return Object.fromEntries(
    Object.keys(first).map((part) => [
      part,
      figuresOf(Object.fromEntries(names.map((name) => [name, samples[name].map((values) => values[part])])), figure),
    ]),
  );
}

function spreadOf(samples) {
  const [first, ...rest] = samples.toSorted((a, b) => a - b);
  return (rest[Math.min(1, rest.length - 1)] ?? first) / first - 1;
}

function areNear(samples) {
  return samples.length >= 3 && spreadOf(samples) <= NEAR;
}

/** CPU time of each target per unit of work, in microseconds. */
export function cpuPerUnit(targets, { slices, sliceMs }, load, units) {
  const slice = async (target) => {
    const before = await target.ask();
    const done = await target.caller.run({ milliseconds: sliceMs, ...load });
    const after = await target.ask();
    if (done.length === 0) throw new Error('no call was answered in a slice');
    return (micros(after.cpu) - micros(before.cpu)) / units(done);
  };
  return inTurns(targets, slice, { count: slices });
}

/** Runs a load on each target until all are warm: in turns, so that none is warmer than another when time is short. */
export async function settleDown(targets, load, { requests, milliseconds }) {
  const served = targets.map(() => 0);
  const until = performance.now() + milliseconds * targets.length;
  while (performance.now() < until && served.some((count) => count < requests)) {
    for (const [index, target] of targets.entries()) {
      const done = await target.caller.run({ milliseconds: 500, ...load }).catch(() => []);
      served[index] += done.length;
    }
  }
}

/** A shorter warm-up, for what shares most of its code with what is warm already. */
export function partOf({ requests, milliseconds }, of) {
  return { requests: requests / of, milliseconds: milliseconds / of };
}

/** Microseconds until the first byte of an answer, one call at a time. */
export function firstByte(targets, rounds, stream, figure) {
  const call = async ({ caller }) => (await caller.call({ stream, directive: 'stream:1' })).firstByteMs * 1_000;
  return inTurns(targets, call, { count: rounds, figure, isNear: () => true });
}

const LAMBDA_GLOBAL = 'data:text/javascript,globalThis.awslambda={streamifyResponse:(f)=>f,HttpResponseStream:{}}';
const LAMBDA_ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
  GATEWAY_CONFIG_FILE: join(dirname(fileURLToPath(import.meta.url)), 'gateway.json'),
};

/** Milliseconds that importing each module takes in a new process. */
export function coldImports(files, count) {
  return inTurns(files, coldImport, { count });
}

function coldImport(file) {
  const code = `const t=performance.now();await import(${JSON.stringify(`file://${file}`)});console.log(performance.now()-t);process.exit(0)`;
  const told = execFileSync(process.execPath, ['--import', LAMBDA_GLOBAL, '--input-type=module', '-e', code], {
    env: { ...process.env, ...LAMBDA_ENVIRONMENT },
  });
  return Number(told.toString());
}

/** A function's bundle in KB: what is loaded with its entry, and all that it may load. */
export function bundleSizes(root, name) {
  const folder = join(root, 'dist/lambda', name);
  const sizeOf = (files) => [...files].reduce((sum, file) => sum + statSync(join(folder, file)).size / 1_000, 0);
  return { entryKb: sizeOf(loadedWith(folder, 'index.mjs')), wholeKb: sizeOf(readdirSync(folder)) };
}

/** A module and those that it imports at once. */
function loadedWith(folder, file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, next] of readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g))
    loadedWith(folder, next, found);
  return found;
}
