/** What an environment of the proxy needs: CPU for its first request and for later ones, and memory, also with the largest body there may be. */
import { median } from '../../bench/measure.mjs';
import { start, stopAll } from '../../bench/processes.mjs';
import { startFunction } from '../../bench/targets.mjs';

const ENVIRONMENTS = 5;
const WARM = 300;
const COUNTED = 200;
/** Of a prompt whose body is just under the four megabytes that the gateway takes. */
const LARGEST_BYTES = 3_400_000;

export async function measureFunction(root) {
  try {
    const upstream = await start(root, 'bench/upstream.mjs');
    const store = await start(root, 'dist/bench/store.mjs');
    const firsts = [];
    for (let environment = 0; environment < ENVIRONMENTS; environment++) {
      const target = await startFunction(root, 'stored', upstream, store);
      firsts.push(...(await target.run({ count: 1 })));
      target.stop();
    }
    const target = await startFunction(root, 'stored', upstream, store);
    await target.run({ count: WARM });
    const later = await target.run({ count: COUNTED });
    const rssMb = await memoryOf(target);
    await target.run({ count: 5, bytes: LARGEST_BYTES });
    return { firstCpuMs: milliseconds(firsts), cpuMs: milliseconds(later), rssMb, largestRssMb: await memoryOf(target) };
  } finally {
    stopAll();
  }
}

function milliseconds(micros) {
  return Math.round(median(micros) / 100) / 10;
}

async function memoryOf(target) {
  return Math.round((await target.ask()).rss / 1_048_576);
}
