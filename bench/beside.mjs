/** The gateway beside the yardstick and the control: what is measured, in order. */
import { join } from 'node:path';
import { bundleSizes, coldImports } from './measure.mjs';
import { measureCatalogue } from './parts/catalogue.mjs';
import { measureFunctions } from './parts/functions.mjs';
import { measureGuards } from './parts/guards.mjs';
import { measureOpenStreams } from './parts/open-streams.mjs';
import { measureRouting } from './parts/routing.mjs';
import { measureServers } from './parts/servers.mjs';
import { measureStore } from './parts/store.mjs';
import { measureTrips } from './parts/trips.mjs';
import { buildFunction, buildTargets } from './processes.mjs';

/** Names of the parts, and what measures each; a part can be measured again when it failed. */
export function besideParts(root, effort, row) {
  const bench = { root, effort, row };
  return [
    ['build', () => build(root)],
    ['sizes', () => measureSizes(bench)],
    ['trips', () => measureTrips(bench)],
    ['functions', () => measureFunctions(bench)],
    ['servers', () => measureServers(bench)],
    ['routing', () => measureRouting(bench)],
    ['catalogue', () => measureCatalogue(bench)],
    ['guards', () => measureGuards(bench)],
    ['open streams', () => measureOpenStreams(bench)],
    ['store', () => measureStore(bench)],
  ];
}

async function build(root) {
  await buildTargets(root, [
    'gateway.ts',
    'agents.ts',
    'catalogue.ts',
    'guards.ts',
    'store.ts',
    'three-clients.ts',
    'sketch/server.mjs',
    'functions/sketch.mjs',
  ]);
  await buildFunction(root);
}

async function measureSizes({ root, effort, row }) {
  const imported = await coldImports(
    { reference: join(root, 'dist/bench/three-clients.mjs'), gateway: join(root, 'dist/lambda/proxy/index.mjs') },
    effort.imports,
  );
  row('cold-import', 'cold import, against the three SDK clients alone', 'ms', { of: 'reference', most: 1.3 }, imported);
  const { entryKb, wholeKb } = bundleSizes(root, 'proxy');
  row('bundle-proxy-entry', 'proxy bundle: what is loaded with its entry', 'KB', { most: 700 }, { gateway: entryKb });
  row('bundle-proxy', 'whole proxy bundle, lazily loaded parts included', 'KB', undefined, { gateway: wholeKb });
}
