/** What is measured, and under which loads. */
import { createCaller } from './load.mjs';
import { idleStreams, median } from './measure.mjs';
import { start } from './processes.mjs';

export const CHUNKS = 200;
export const JSON_SIXTEEN = { width: 16, stream: false };
export const JSON_ONE = { width: 1, stream: false };
export const STREAMS = { width: 16, stream: true, directive: `stream:${CHUNKS}` };
/** More in flight would make the table's own process, which shares the machine, the thing that is measured. */
export const WITH_STORE = { width: 4, stream: false };

const MODELS = { openai: 'bench/gpt-4o-mini', anthropic: 'bench/claude-sonnet-4-5' };

/** The gateway of a checkout, its bench being bundled. */
export async function startGateway(root, upstream, kind, connector, store) {
  const target = await start(root, 'dist/bench/gateway.mjs', String(upstream.port), kind, connector, ...(store ? [store.url] : []));
  return { ...target, caller: createCaller({ ...target, model: MODELS[kind] }) };
}

export async function startPassThrough(root, upstream) {
  const target = await start(root, 'bench/reference.mjs', String(upstream.port));
  return { ...target, caller: createCaller({ ...target, model: MODELS.openai }) };
}

/** Idle streams in fresh processes: one that has worked hard holds memory enough for the streams, and shows no growth. */
export async function idleFigures(starters, upstream, { idleRounds, idleStreams: count }) {
  const names = Object.keys(starters);
  const found = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < idleRounds; round++) {
    for (const name of names) {
      const target = await starters[name]();
      found[name].push(await idleStreams(target, upstream, count));
      target.stop();
    }
  }
  const figure = (name, of) => median(found[name].map((round) => round[of]));
  return Object.fromEntries(names.map((name) => [name, { perStreamKb: figure(name, 'perStreamKb'), freedMs: figure(name, 'freedMs') }]));
}
