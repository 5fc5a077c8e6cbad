// First: what the code under test reports its steps to.
import './steps';
import { parentPort, workerData } from 'node:worker_threads';
import { attempt, fuzz } from './engine';
import { READERS } from './readers';

/** What the thread is to do; see `harness.ts`. */
export interface Orders {
  readonly reader: string;
  readonly runs: number;
  readonly seed: number;
  /** Read this alone. */
  readonly inputBase64?: string;
  /** Where the present input is kept: how many there were, its length, its bytes. */
  readonly shared: SharedArrayBuffer;
}

const { reader: name, runs, seed, inputBase64, shared } = workerData as Orders;
const reader = READERS.find((candidate) => candidate.name === name);
if (reader === undefined) throw new Error(`there is no reader "${name}"`);

const counts = new Int32Array(shared, 0, 2);
const present = Buffer.from(shared, 8);
const before = (input: Buffer): void => {
  counts[1] = input.copy(present);
  Atomics.add(counts, 0, 1);
};

if (inputBase64 === undefined) parentPort?.postMessage(fuzz(reader, { runs, seed, before }));
else {
  const input = Buffer.from(inputBase64, 'base64');
  before(input);
  const { message, steps } = attempt(reader, input);
  const fault = message === undefined ? {} : { fault: { reader: name, run: 1, message, inputBase64 } };
  parentPort?.postMessage({ reader: name, runs: 1, worstStepsPerByte: steps / Math.max(1, input.length), ...fault });
}
