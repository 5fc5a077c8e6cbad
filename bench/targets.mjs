/** What is measured, and under which loads. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCaller } from './load.mjs';
import { start } from './processes.mjs';

export const CHUNKS = 200;
export const JSON_SIXTEEN = { width: 16, stream: false };
export const JSON_ONE = { width: 1, stream: false };
/** A prompt as coding agents send them. */
export const LONG_PROMPT = { width: 4, stream: false, bytes: 200_000 };
export const STREAMS = { width: 16, stream: true, directive: `stream:${CHUNKS}` };
/** More in flight would make the table's own process, which shares the machine, the thing that is measured. */
export const WITH_STORE = { width: 4, stream: false };

const MODELS = { openai: 'bench/gpt-4o-mini', anthropic: 'bench/claude-sonnet-4-5' };

/** The gateway of a checkout, its bench being bundled. */
export async function startGateway(root, upstream, kind, connector, store) {
  const target = await start(root, 'dist/bench/gateway.mjs', [upstream.port, kind, connector, ...(store ? [store.url] : [])]);
  return { ...target, caller: createCaller({ ...target, model: MODELS[kind] }) };
}

export async function startPassThrough(root, upstream) {
  const target = await start(root, 'bench/reference.mjs', [upstream.port]);
  return { ...target, caller: createCaller({ ...target, model: MODELS.openai }) };
}

export async function startSketch(root, upstream) {
  const target = await start(root, 'dist/bench/sketch/server.mjs', [upstream.port]);
  return { ...target, caller: createCaller({ ...target, model: MODELS.openai }) };
}

/** The same process, called for another model. */
export function withModel(target, model) {
  return { ...target, caller: createCaller({ ...target, model }) };
}

/** The same process, called with another of its keys. */
export function withKey(target, key) {
  return { ...target, caller: createCaller({ ...target, key, model: MODELS.openai }) };
}

/** Handlers, in processes that stand where Lambda's environments stand. */
export const HANDLERS = {
  reference: 'bench/functions/reference.mjs',
  sketch: 'dist/bench/functions/sketch.mjs',
  /** The proxy as it is deployed, but for its table, which is in memory. */
  gateway: 'dist/bench/proxy/index.mjs',
  /** As it is deployed, with a table behind a socket. */
  stored: 'dist/lambda/proxy/index.mjs',
};

/**
 * A new environment of a function.
 *
 * @returns runs requests one at a time; resolves to the CPU microseconds of each
 */
export async function startFunction(root, name, upstream, store) {
  const environment = {
    PATH: process.env.PATH,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL: store.url,
    GATEWAY_CONFIG_FILE: documentFile(root, upstream, store),
    IDENTITY_TABLE: store.tables.identity,
    COUNTERS_TABLE: store.tables.counters,
    RECORDS_TABLE: store.tables.records,
    PEPPER_SECRET_ARN: store.arns.pepper,
    BENCH_UPSTREAM: String(upstream.port),
  };
  const target = await start(root, 'bench/functions/host.mjs', [join(root, HANDLERS[name]), MODELS.openai], environment);
  const key = name === 'sketch' ? 'sk-sketch' : store.key;
  return {
    ...target,
    async run(order) {
      const { cpuMicros, failed } = await target.ask({ key, ...order });
      if (failed !== undefined) throw new Error(failed);
      return cpuMicros;
    },
  };
}

/** The configuration as the layer brings it: one provider. */
function documentFile(root, upstream, store) {
  const file = join(root, 'dist/bench/gateway.json');
  const provider = {
    id: 'bench',
    kind: 'openai',
    baseUrl: { value: `http://127.0.0.1:${upstream.port}/v1` },
    credential: { secretArn: { value: store.arns.provider } },
    network: 'loopback',
  };
  writeFileSync(file, JSON.stringify({ version: 1, providers: [provider], routes: [], unknownPrice: { policy: 'refuse' } }));
  return file;
}
