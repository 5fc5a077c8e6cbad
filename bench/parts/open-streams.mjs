/** Idle streams in fresh processes: one that has worked hard holds memory enough for the streams, and shows no growth. */
import { inTurns, median, pause } from '../measure.mjs';
import { start } from '../processes.mjs';
import { startGateway, startPassThrough, startSketch } from '../targets.mjs';

export async function measureOpenStreams({ root, effort, row }) {
  const upstream = await start(root, 'bench/upstream.mjs');
  const { perStreamKb, rssMb, freedMs } = await idleFigures(
    {
      reference: () => startPassThrough(root, upstream),
      sketch: () => startSketch(root, upstream),
      gateway: () => startGateway(root, upstream, 'openai', 'memory'),
    },
    upstream,
    effort,
  );
  const { idleStreams } = effort;
  row('idle-stream', `memory per idle stream, ${idleStreams} open`, 'KB', { of: 'reference', most: 2 }, perStreamKb);
  row('memory-500', `memory of the process, ${idleStreams} streams open`, 'MB', { most: 120 }, rssMb);
  row('hang-up', `provider freed after ${idleStreams} callers hung up`, 'ms', { most: 200 }, freedMs);
}

/** @param starters start a process of each target */
export function idleFigures(starters, upstream, { idleRounds, idleStreams }) {
  const round = async (starter) => {
    const target = await starter();
    try {
      return await idleStreamsOf(target, upstream, idleStreams);
    } finally {
      target.stop();
    }
  };
  return inTurns(starters, round, { count: idleRounds, figure: median, isNear: () => true });
}

/** Resident memory that each open, silent stream adds and of the whole; then how long the provider keeps streams whose callers hung up. */
async function idleStreamsOf(target, upstream, count) {
  // One after the other, so that the heap stays small: what a first thousand calls need is compiled code, and no part of a stream.
  for (let warm = 0; warm < 1_000; warm++) await target.caller.call({ stream: true, directive: 'stream:1' });
  const before = await target.ask();
  const hangUps = await Promise.all(Array.from({ length: count }, () => target.caller.hold('idle:1000')));
  await pause(500);
  const after = await target.ask();

  const started = performance.now();
  for (const hangUp of hangUps) hangUp();
  while ((await upstream.ask()).open > 0 && performance.now() - started < 5_000) await pause(10);
  return {
    perStreamKb: (after.rss - before.rss) / 1_024 / count,
    rssMb: after.rss / 1_048_576,
    freedMs: performance.now() - started,
  };
}
