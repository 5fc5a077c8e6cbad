/** The gateway beside the yardstick. */
import { join } from 'node:path';
import { bundleSizes, coldImports, cpuPerUnit, firstByte, median, settleDown } from './measure.mjs';
import { buildTargets, start } from './processes.mjs';
import { CHUNKS, idleFigures, JSON_ONE, JSON_SIXTEEN, STREAMS, startGateway, startPassThrough, WITH_STORE } from './targets.mjs';

export async function measureBeside(root, effort, row) {
  await buildTargets(root, ['gateway', 'store', 'three-clients']);
  const upstream = await start(root, 'bench/upstream.mjs');
  const store = await start(root, 'dist/bench/store.mjs');
  const reference = await startPassThrough(root, upstream);
  const gateway = await startGateway(root, upstream, 'openai', 'memory');
  const translated = await startGateway(root, upstream, 'anthropic', 'memory');
  const lean = await startGateway(root, upstream, 'openai', 'lean', store);
  const sdk = await startGateway(root, upstream, 'openai', 'sdk', store);
  await settleDown([reference, gateway], JSON_SIXTEEN, effort.warmUp);
  for (const target of [reference, gateway, translated])
    await target.caller.run({ milliseconds: effort.warmUp.milliseconds / 3, ...STREAMS });
  await settleDown([lean, sdk], WITH_STORE, effort.warmUp);

  const requests = (done) => done.length;
  const json16 = await cpuPerUnit({ reference, gateway }, effort, JSON_SIXTEEN, requests);
  row('json-16', 'CPU per JSON request, 16 in flight', 'us', 1.8, json16.reference, json16.gateway);
  const json1 = await cpuPerUnit({ reference, gateway }, effort, JSON_ONE, requests);
  row('json-1', 'CPU per JSON request, one at a time', 'us', undefined, json1.reference, json1.gateway);

  const stored = await cpuPerUnit({ gateway, lean, sdk }, effort, WITH_STORE, requests);
  const chunk = await cpuPerUnit({ reference, gateway, translated }, effort, STREAMS, (done) => done.length * CHUNKS);
  row('chunk-passed', 'CPU per streamed chunk, passed through', 'us', 1.2, chunk.reference, chunk.gateway);
  row('chunk-translated', 'CPU per streamed chunk, translated, against passed through', 'us', 2, chunk.gateway, chunk.translated);

  const json = await firstByte({ reference, gateway }, effort.rounds, false, median);
  row('first-byte-json', 'first byte of a JSON answer, p50', 'us', undefined, json.reference, json.gateway);
  const stream = await firstByte({ reference, gateway }, effort.rounds, true, median);
  row('first-byte-stream', 'first byte of a stream, p50', 'us', undefined, stream.reference, stream.gateway);

  const idle = await idleFigures(
    { reference: () => startPassThrough(root, upstream), gateway: () => startGateway(root, upstream, 'openai', 'memory') },
    upstream,
    effort,
  );
  const { idleStreams } = effort;
  row('idle-stream', `memory per idle stream, ${idleStreams} open`, 'KB', 2, idle.reference.perStreamKb, idle.gateway.perStreamKb);
  row('hang-up', 'provider freed after the callers hung up', 'ms', undefined, idle.reference.freedMs, idle.gateway.freedMs);

  const { callsPerRequest } = await lean.ask();
  row('store-calls', 'what the store costs: DynamoDB calls per request', 'calls', undefined, undefined, callsPerRequest);
  const leanUs = stored.lean - stored.gateway;
  row('store-lean', 'what the store costs: CPU per request, lean connector', 'us', undefined, undefined, leanUs);
  row('store-sdk', 'what the store costs: CPU per request, SDK connector', 'us', undefined, undefined, stored.sdk - stored.gateway);

  const imported = coldImports(
    { reference: join(root, 'dist/bench/three-clients.mjs'), gateway: join(root, 'dist/lambda/proxy/index.mjs') },
    effort.imports,
  );
  row('cold-import', 'cold import, against the three SDK clients alone', 'ms', 1.3, imported.reference, imported.gateway);
  const { entryKb, wholeKb } = bundleSizes(root, 'proxy');
  row('bundle-proxy-entry', 'entry chunk of the proxy bundle (at most 700 KB)', 'KB', undefined, undefined, entryKb);
  row('bundle-proxy', 'whole proxy bundle, lazily loaded parts included', 'KB', undefined, undefined, wholeKb);
}
