/**
 * The gateway beside an older one, each as its own checkout's bench starts it, with a table in memory that speaks its own ledger; provider, table behind a socket and load are the
 * new checkout's for both.
 * The older checkout must be built (`node scripts/build.mjs --fast` in it).
 */
import { join } from 'node:path';
import { bundleSizes, coldImports, cpuPerUnit, firstByte, least, settleDown } from './measure.mjs';
import { idleFigures } from './parts/open-streams.mjs';
import { buildTargets, start } from './processes.mjs';
import { CHUNKS, JSON_ONE, JSON_SIXTEEN, STREAMS, startGateway, WITH_STORE } from './targets.mjs';

const GOAL = { of: 'old', most: 1.05 };
const FUNCTIONS = ['proxy', 'admin', 'usage', 'sweeper', 'archiver'];

/** Names of the parts, and what measures each. */
export function againstParts(oldRoot, newRoot, effort, row) {
  return [['against', () => measureAgainst(oldRoot, newRoot, effort, row)]];
}

async function measureAgainst(oldRoot, newRoot, effort, row) {
  await buildTargets(oldRoot, ['gateway.ts']);
  await buildTargets(newRoot, ['gateway.ts', 'store.ts']);
  const upstream = await start(newRoot, 'bench/upstream.mjs');
  const both = async (...args) => ({ old: await startGateway(oldRoot, ...args), new: await startGateway(newRoot, ...args) });
  const compare = (id, what, unit, figures) => row(id, what, unit, GOAL, figures);
  const requests = (done) => done.length;

  const passed = await both(upstream, 'openai', 'memory');
  await settleDown(Object.values(passed), JSON_SIXTEEN, effort.warmUp);
  compare('json-16', 'CPU per JSON request, 16 in flight', 'us', await cpuPerUnit(passed, effort, JSON_SIXTEEN, requests));
  compare('json-1', 'CPU per JSON request, one at a time', 'us', await cpuPerUnit(passed, effort, JSON_ONE, requests));
  compare('first-byte-json', 'first byte of a JSON answer, least', 'us', await firstByte(passed, effort.rounds, false, least));

  const streams = { ...effort.warmUp, milliseconds: effort.warmUp.milliseconds / 3 };
  const chunks = (done) => done.length * CHUNKS;
  await settleDown(Object.values(passed), STREAMS, streams);
  compare('chunk-passed', 'CPU per streamed chunk, passed through', 'us', await cpuPerUnit(passed, effort, STREAMS, chunks));
  compare('first-byte-stream', 'first byte of a stream, least', 'us', await firstByte(passed, effort.rounds, true, least));

  const translated = await both(upstream, 'anthropic', 'memory');
  await settleDown(Object.values(translated), JSON_SIXTEEN, streams);
  compare('json-translated', 'CPU per translated JSON request', 'us', await cpuPerUnit(translated, effort, JSON_SIXTEEN, requests));
  await settleDown(Object.values(translated), STREAMS, streams);
  compare('chunk-translated', 'CPU per streamed chunk, translated', 'us', await cpuPerUnit(translated, effort, STREAMS, chunks));

  // Each has a table of its own: two versions do not keep keys alike.
  const stored = async (root, connector) => startGateway(root, upstream, 'openai', connector, await start(newRoot, 'dist/bench/store.mjs'));
  const lean = { old: await stored(oldRoot, 'lean'), new: await stored(newRoot, 'lean') };
  await settleDown(Object.values(lean), WITH_STORE, effort.warmUp);
  compare('store-lean', 'CPU per request with a table, lean connector', 'us', await cpuPerUnit(lean, effort, WITH_STORE, requests));
  const calls = { old: (await lean.old.ask()).callsPerRequest, new: (await lean.new.ask()).callsPerRequest };
  compare('store-calls', 'DynamoDB calls per request', 'calls', calls);
  const sdk = { old: await stored(oldRoot, 'sdk'), new: await stored(newRoot, 'sdk') };
  await settleDown(Object.values(sdk), WITH_STORE, effort.warmUp);
  compare('store-sdk', 'CPU per request with a table, SDK connector', 'us', await cpuPerUnit(sdk, effort, WITH_STORE, requests));
  for (const target of [passed, translated, lean, sdk].flatMap(Object.values)) target.stop();

  const fresh = (root) => () => startGateway(root, upstream, 'openai', 'memory');
  const { perStreamKb, rssMb, freedMs } = await idleFigures({ old: fresh(oldRoot), new: fresh(newRoot) }, upstream, effort);
  compare('idle-stream', `memory per idle stream, ${effort.idleStreams} open`, 'KB', perStreamKb);
  compare('memory-500', `memory of the process, ${effort.idleStreams} streams open`, 'MB', rssMb);
  row('hang-up', 'provider freed after the callers hung up', 'ms', undefined, freedMs);

  const entry = (root) => join(root, 'dist/lambda/proxy/index.mjs');
  compare('cold-import', 'cold import of the proxy', 'ms', await coldImports({ old: entry(oldRoot), new: entry(newRoot) }, effort.imports));
  for (const name of FUNCTIONS) {
    const sizes = { old: bundleSizes(oldRoot, name), new: bundleSizes(newRoot, name) };
    compare(`bundle-${name}-entry`, `${name} bundle: what is loaded with its entry`, 'KB', {
      old: sizes.old.entryKb,
      new: sizes.new.entryKb,
    });
    compare(`bundle-${name}`, `whole ${name} bundle`, 'KB', { old: sizes.old.wholeKb, new: sizes.new.wholeKb });
  }
}
