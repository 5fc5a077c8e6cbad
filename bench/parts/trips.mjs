/**
 * What a request asks of its table: how often it waits for it in sequence before the provider is called and after the answer, how many
 * calls it makes, and what they are billed. The function as it is deployed, and a table that takes its time, so that calls which are made
 * together are seen to be.
 */
import { median, pause } from '../measure.mjs';
import { start } from '../processes.mjs';
import { startFunction } from '../targets.mjs';

/** Of each call; longer than anything else that happens between two calls. */
const DELAY_MS = 40;
/** Rows are kept for ten seconds. */
const ROWS_ARE_OLD_MS = 11_000;
const ROUNDS = 5;

export async function measureTrips({ root, row }) {
  const upstream = await start(root, 'bench/upstream.mjs');
  const store = await start(root, 'dist/bench/store.mjs');
  const open = () => startFunction(root, 'stored', upstream, store);
  let target = await open();
  await store.ask({ tell: true, delayMs: DELAY_MS });

  const ask = async (key) => {
    await store.ask({});
    await target.run({ count: 1, key });
    // What nobody waits for may still be under way.
    await pause(3 * DELAY_MS);
    const { calls } = await store.ask({});
    const { calledMs } = await upstream.ask();
    const groups = [calls.filter(({ startMs }) => startMs < calledMs), calls.filter(({ startMs }) => startMs >= calledMs)];
    const { trips } = await store.ask({ groups });
    return figuresOf(calls, trips);
  };
  const repeated = async (key) => {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await ask(key));
    return (of) => median(rounds.map((figures) => figures[of]));
  };

  const [first, second] = store.newKeys;
  // The environment's own first request reads what all of them need.
  await ask(first);
  const unused = await ask(second);
  await ask(store.key);
  await ask(store.teamKey);
  const alone = await repeated(store.key);
  const member = await repeated(store.teamKey);
  await pause(ROWS_ARE_OLD_MS);
  const aged = await ask(store.teamKey);
  const agedAlone = await ask(store.key);
  target.stop();
  target = await open();
  await ask(first);
  const unseen = await ask(second);

  const told = (id, what, unit, most, figure) => row(id, what, unit, { most }, { gateway: figure });
  told('trips-known', 'round trips in sequence before the provider, a key that was just seen', 'trips', 1, member('before'));
  told(
    'trips-aged',
    'round trips before the provider, a key not seen for ten seconds',
    'trips',
    1,
    Math.max(aged.before, agedAlone.before),
  );
  told('trips-new', 'round trips before the provider, a key that the environment has not seen', 'trips', 2, unseen.before);
  row('trips-first', 'round trips before the provider, a key that has never called', 'trips', undefined, { gateway: unused.before });
  told('trips-after', 'round trips after the answer', 'trips', 2, Math.max(member('after'), alone('after')));
  told('store-calls', 'calls of the table per request, key with a budget and a rate', 'calls', 5, alone('calls'));
  told('store-units', 'write units per request, key with a budget and a rate', 'units', 5, alone('writeUnits'));
  told('store-calls-team', 'calls of the table per request, its team with a budget too', 'calls', 7, member('calls'));
  told('store-units-team', 'write units per request, its team with a budget too', 'units', 7, member('writeUnits'));
  row('store-read-units', 'read units per request, its team with a budget too', 'units', undefined, { gateway: member('readUnits') });
}

/** @param trips before the provider, and after the answer */
function figuresOf(calls, [before, after]) {
  const sum = (of) => calls.reduce((total, call) => total + call[of], 0);
  return {
    before,
    after,
    calls: calls.length,
    writeUnits: sum('writeUnits'),
    readUnits: sum('readUnits'),
  };
}
