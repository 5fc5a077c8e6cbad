/** What it costs to choose among targets, and what is gained where a conversation keeps its target. */
import { cpuPerUnit, settleDown } from '../measure.mjs';
import { start } from '../processes.mjs';
import { JSON_SIXTEEN, startGateway, withModel } from '../targets.mjs';

export async function measureRouting({ root, effort, row }) {
  const upstream = await start(root, 'bench/upstream.mjs');
  const gateway = await startGateway(root, upstream, 'openai', 'memory');
  // One process, so that nothing but the choice differs.
  const routed = withModel(gateway, 'routed');
  await settleDown([gateway, routed], JSON_SIXTEEN, effort.warmUp);
  const {
    reference,
    gateway: chosen,
    spread,
  } = await cpuPerUnit({ reference: gateway, gateway: routed }, effort, JSON_SIXTEEN, (done) => done.length);
  const what = 'CPU per JSON request to one of 10 targets under 4 conditions, by weight, against a name that leads to one';
  row('routing', what, 'us', { of: 'reference', most: 1.05 }, { reference, gateway: chosen, spread });
  gateway.stop();

  const { byChance, byAffinity } = await start(root, 'dist/bench/agents.mjs');
  const missed = { reference: (1 - byChance) * 100, gateway: (1 - byAffinity) * 100 };
  row(
    'affinity',
    "of agents' prompts at 4 accounts: what no cache had, with affinity and by chance",
    '%',
    { of: 'reference', most: 0.3 },
    missed,
  );
}
