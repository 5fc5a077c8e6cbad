/** Requests and streams through servers that have been warm for long. */
import { cpuPerUnit, firstByte, inTurns, lowerQuartile, micros, partOf, quantile, settleDown } from '../measure.mjs';
import { start } from '../processes.mjs';
import { CHUNKS, JSON_ONE, JSON_SIXTEEN, LONG_PROMPT, STREAMS, startGateway, startPassThrough, startSketch, withKey } from '../targets.mjs';

const PACED = { streams: 256, chunks: 100 };
const requests = (done) => done.length;
const chunks = (done) => done.length * CHUNKS;

export async function measureServers({ root, effort, row }) {
  const upstream = await start(root, 'bench/upstream.mjs');
  const reference = await startPassThrough(root, upstream);
  const again = await startPassThrough(root, upstream);
  const sketch = await startSketch(root, upstream);
  const gateway = await startGateway(root, upstream, 'openai', 'memory');
  const translated = await startGateway(root, upstream, 'anthropic', 'memory');
  const three = { reference, sketch, gateway };

  await settleDown([reference, again, sketch, gateway], JSON_SIXTEEN, effort.warmUp);
  const { again: twin, ...json } = await cpuPerUnit({ ...three, again }, effort, JSON_SIXTEEN, requests);
  again.stop();
  row('json-16', 'CPU per JSON request, 16 in flight', 'us', { of: 'sketch', most: 1.5 }, json);
  row('noise', 'the same of a second copy of the reference, which is what the machine makes of nothing', 'us', undefined, {
    reference: json.reference,
    gateway: twin,
    spread: json.spread,
  });

  const member = withKey(gateway, gateway.teamKey);
  await settleDown([member], JSON_SIXTEEN, partOf(effort.warmUp, 10));
  const team = await cpuPerUnit({ reference, sketch, gateway: member }, effort, JSON_SIXTEEN, requests);
  row('team-key', 'CPU per JSON request of a key in a team with a budget, 16 in flight', 'us', undefined, team);
  const one = await cpuPerUnit(three, effort, JSON_ONE, requests);
  row('json-1', 'CPU per JSON request, one at a time', 'us', undefined, one);

  await settleDown(Object.values(three), LONG_PROMPT, partOf(effort.warmUp, 10));
  const long = await cpuPerUnit(three, effort, LONG_PROMPT, requests);
  row('body-200k', 'CPU per request with a prompt of 200 KB', 'us', { of: 'reference', most: 3.3 }, long);

  await settleDown([...Object.values(three), translated], STREAMS, partOf(effort.warmUp, 3));
  const { translated: exchanged, ...passed } = await cpuPerUnit({ ...three, translated }, effort, STREAMS, chunks);
  row('chunk-passed', 'CPU per streamed chunk, passed through', 'us', { of: 'reference', most: 1.1 }, passed);
  const changed = { ...passed, gateway: exchanged };
  row('chunk-translated', 'CPU per streamed chunk, translated', 'us', { of: 'reference', most: 1.35 }, changed);

  await measureFirstBytes(three, upstream, effort, row);
  await measurePaced(three, effort, row);
}

/** What each target adds to calling the provider itself. */
async function measureFirstBytes(three, upstream, effort, row) {
  const direct = withKey({ port: upstream.port, path: '/v1/chat/completions' }, 'none');
  for (const [stream, kind, what, goal] of [
    [false, 'json', 'a JSON answer', undefined],
    [true, 'stream', 'a stream', 1.3],
  ]) {
    const { direct: bare, spread, ...found } = await firstByte({ direct, ...three }, effort.rounds, stream, lowerQuartile);
    row(`first-byte-${kind}`, `first byte of ${what}, lower quartile`, 'us', undefined, { ...found, spread });
    const added = Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value - bare]));
    row(`first-byte-${kind}-added`, `first byte of ${what}, what is added`, 'us', goal && { of: 'reference', most: goal }, added);
  }
}

/** Many streams at the pace of models: nothing is busy, everything is open. */
async function measurePaced(three, { slices }, row) {
  const round = async (target) => {
    const gaps = [];
    const before = await target.ask();
    const directive = `paced:${PACED.chunks}`;
    await Promise.all(Array.from({ length: PACED.streams }, () => target.caller.call({ stream: true, directive, gaps })));
    const { cpu } = await target.ask();
    return {
      cpu: (micros(cpu) - micros(before.cpu)) / (PACED.streams * PACED.chunks),
      gapMs: quantile(gaps, 0.99),
    };
  };
  const { cpu, gapMs } = await inTurns(three, round, { count: Math.ceil(slices / 2), isNear: () => true });
  const many = `${PACED.streams} streams at a pace of 20 ms`;
  row('streams-256', `CPU per chunk, ${many}`, 'us', undefined, cpu);
  row('streams-256-gap', `gap between chunks, p99, ${many}`, 'ms', undefined, gapMs);
}
