/** Functions as Lambda sees them: new environments after their initialisation, one request at a time, an event in and a stream out. */
import { inTurns, least, lowerQuartile, pause } from '../measure.mjs';
import { start } from '../processes.mjs';
import { HANDLERS, startFunction } from '../targets.mjs';

/** Rows are kept for ten seconds. */
const ROWS_ARE_OLD_MS = 11_000;
/** The table's own process works as hard as the function, and is what takes the time. */
const STORED_REQUESTS = 100;
const WARM = { requests: 1_500, aSlice: 150 };
const SPANS = [
  ['request-1', 'request 1 of a new environment', 0, 1, 1.5],
  ['requests-2-10', 'requests 2 to 10', 1, 10, 2],
  ['requests-11-100', 'requests 11 to 100', 10, 100, undefined],
  ['requests-101-1000', 'requests 101 to 1,000', 100, 1_000, 1.6],
];

export async function measureFunctions({ root, effort, row }) {
  const upstream = await start(root, 'bench/upstream.mjs');
  const store = await start(root, 'dist/bench/store.mjs');
  const open = (name) => startFunction(root, name, upstream, store);
  await measureNew(open, effort, row);
  await measureWarm(open, store, effort, row);
}

async function measureNew(open, { environments }, row) {
  const names = Object.fromEntries(Object.keys(HANDLERS).map((name) => [name, name]));
  const environment = async (name) => {
    const target = await open(name);
    try {
      const micros = await target.run({ count: name === 'stored' ? STORED_REQUESTS : 1_000 });
      const spans = SPANS.map(([id, , from, to]) => [id, meanOf(micros.slice(from, to))]);
      return { ...Object.fromEntries(spans), init: target.init.cpuMs };
    } finally {
      target.stop();
    }
  };
  const found = await inTurns(names, environment, { count: environments, figure: lowerQuartile, isNear: () => true });
  row('init', 'initialisation of an environment, its warm-up included, CPU', 'ms', undefined, found.init);
  for (const [id, what, , , most] of SPANS) {
    const { stored, ...figures } = found[id];
    row(id, `CPU per request, ${what}, its table in memory`, 'us', most && { of: 'reference', most }, figures);
    if (Number.isNaN(stored)) continue;
    row(`${id}-stored`, `CPU per request, ${what}, its table behind a socket`, 'us', undefined, { ...figures, gateway: stored });
  }
}

async function measureWarm(open, store, { slices }, row) {
  const three = { reference: await open('reference'), sketch: await open('sketch'), gateway: await open('gateway') };
  for (const target of Object.values(three)) await target.run({ count: WARM.requests });
  const slice = async (target, order) => meanOf(await target.run({ count: WARM.aSlice, ...order }));
  const event = await inTurns(three, slice, { count: slices });
  row('lambda-event', 'CPU per JSON request, event in and response stream out, one at a time', 'us', undefined, event);

  const { newKeys } = store;
  const mean = async () => slice(three.gateway, { count: undefined, keys: newKeys });
  const fresh = await mean();
  row('plan-new', 'the same of a new key', 'us', undefined, { ...event, gateway: fresh });
  const aged = [];
  for (let round = 0; round < Math.ceil(slices / 4); round++) {
    await pause(ROWS_ARE_OLD_MS);
    aged.push(await mean());
  }
  row('plan-aged', 'the same of a key that was not seen for ten seconds', 'us', undefined, { ...event, gateway: least(aged) });
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
