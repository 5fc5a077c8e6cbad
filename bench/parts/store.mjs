/** What calling the table costs the gateway's process, beyond the table itself. */
import { cpuPerUnit, partOf, settleDown } from '../measure.mjs';
import { start } from '../processes.mjs';
import { startGateway, WITH_STORE } from '../targets.mjs';

export async function measureStore({ root, effort, row }) {
  const upstream = await start(root, 'bench/upstream.mjs');
  const store = await start(root, 'dist/bench/store.mjs');
  const targets = {
    memory: await startGateway(root, upstream, 'openai', 'memory'),
    lean: await startGateway(root, upstream, 'openai', 'lean', store),
    sdk: await startGateway(root, upstream, 'openai', 'sdk', store),
  };
  await settleDown(Object.values(targets), WITH_STORE, partOf(effort.warmUp, 3));
  const { memory, lean, sdk, spread } = await cpuPerUnit(targets, effort, WITH_STORE, (done) => done.length);
  const told = (id, what, figure) => row(id, what, 'us', undefined, { gateway: figure - memory, spread });
  told('store-lean', 'what the table costs: CPU per request, our own connector', lean);
  told('store-sdk', 'what the table costs: CPU per request, AWS SDK', sdk);
}
