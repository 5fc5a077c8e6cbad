import { Worker } from 'node:worker_threads';
import type { FuzzReport } from './engine';
import { ROOT } from './instrument';

export interface RunOptions {
  readonly reader: string;
  readonly runs: number;
  readonly seed: number;
  /** Read this alone. */
  readonly inputBase64?: string;
  /** A thread that stays with one input this long is ended: native code that does not come back. Default: 20 s. */
  readonly hangMs?: number;
}

const LARGEST_INPUT = 1024 * 1024;
const HANG_MS = 20_000;
const LOOK_MS = 500;

/**
 * Runs one reader in a thread of its own: a step too many ends the run, and so does an input that native code does not come back from.
 *
 * @param script of `bundleWorker`
 */
export function runReader(script: string, { reader, runs, seed, inputBase64, hangMs = HANG_MS }: RunOptions): Promise<FuzzReport> {
  const shared = new SharedArrayBuffer(8 + LARGEST_INPUT);
  const counts = new Int32Array(shared, 0, 2);
  return new Promise((fulfil, reject) => {
    const worker = new Worker(script, { eval: true, workerData: { reader, runs, seed, inputBase64, shared, root: ROOT } });
    let seen = 0;
    let since = Date.now();
    const watch = setInterval(() => {
      const run = Atomics.load(counts, 0);
      if (run !== seen || run === 0) {
        seen = run;
        since = Date.now();
      } else if (Date.now() - since > hangMs) {
        end();
        const input = Buffer.from(Buffer.from(shared, 8, counts[1]));
        const fault = { reader, run, message: `no answer within ${hangMs} ms`, inputBase64: input.toString('base64') };
        void worker.terminate().then(() => fulfil({ reader, runs: run, worstStepsPerByte: 0, fault }));
      }
    }, LOOK_MS);
    const end = () => clearInterval(watch);
    worker.once('message', (report: FuzzReport) => {
      end();
      fulfil(report);
    });
    worker.once('error', (error) => {
      end();
      reject(error);
    });
  });
}
