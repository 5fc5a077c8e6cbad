import { crc32 } from 'node:zlib';
import { nextInput } from './mutate';
import { Random } from './random';
import type { Reader } from './reader';
import { allowSteps, isOverBudget, StepLimitError, stepsLeft } from './steps';

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** Told of each input before it is read, for whoever must end a run that native code holds. */
  before?(input: Buffer): void;
}

export interface Fault {
  readonly reader: string;
  readonly run: number;
  readonly message: string;
  readonly inputBase64: string;
}

export interface FuzzReport {
  readonly reader: string;
  readonly runs: number;
  /** The most steps that one byte of an input of some length took. */
  readonly worstStepsPerByte: number;
  readonly fault?: Fault;
}

/** What native code may take of the processor, in microseconds: patterns that begin again at every place are not counted in steps. */
const BASE_MICROSECONDS = 150_000;
const MICROSECONDS_PER_BYTE = 5;
/** A collector or a compiler may take its time once, not each time. */
const TIMINGS = 3;
const SLOW = 'native code took';

/** What an input may take however short it is. */
const BASE_STEPS = 50_000;
const STEPS_PER_BYTE = 40;
/** Shorter inputs say little about the cost of a byte. */
const TELLING_BYTES = 1_024;
const SHRINK_TRIES = 400;

/** Gives a reader inputs until one is read wrongly. */
export function fuzz(reader: Reader, options: FuzzOptions): FuzzReport {
  // Most inputs are refused: where in the code is of interest for those alone that are not refused well.
  Error.stackTraceLimit = 0;
  const samples = reader.samples().map((sample) => (typeof sample === 'string' ? Buffer.from(sample) : sample));
  let worst = 0;
  for (let run = 1; run <= options.runs; run += 1) {
    const input = nextInput(reader, samples, new Random(options.seed, reader.name, run));
    options.before?.(input);
    const { message, steps } = attempt(reader, input);
    if (input.length >= TELLING_BYTES) worst = Math.max(worst, steps / input.length);
    if (message === undefined) continue;
    const least = message.startsWith(SLOW) ? input : shrink(reader, input, message, options.before);
    Error.stackTraceLimit = 10;
    const fault = { reader: reader.name, run, message: attempt(reader, least).message ?? message, inputBase64: least.toString('base64') };
    return { reader: reader.name, runs: run, worstStepsPerByte: worst, fault };
  }
  return { reader: reader.name, runs: options.runs, worstStepsPerByte: worst };
}

/** Reads one input within its steps; `message` says what is wrong. */
export function attempt(reader: Reader, input: Buffer): { readonly message: string | undefined; readonly steps: number } {
  const first = read(reader, input);
  if (first.message !== undefined || first.microseconds <= microsecondsFor(input)) return first;
  const others = Array.from({ length: TIMINGS }, () => read(reader, input));
  if (others.some(({ microseconds }) => microseconds <= microsecondsFor(input))) return first;
  return { ...first, message: `${SLOW} ${Math.round(first.microseconds / 1_000)} ms of the processor for ${input.length} bytes` };
}

function microsecondsFor(input: Buffer): number {
  return BASE_MICROSECONDS + MICROSECONDS_PER_BYTE * input.length;
}

function read(
  reader: Reader,
  input: Buffer,
): { readonly message: string | undefined; readonly steps: number; readonly microseconds: number } {
  const begun = process.cpuUsage();
  const budget = BASE_STEPS + (reader.stepsPerByte ?? STEPS_PER_BYTE) * input.length;
  let message: string | undefined;
  allowSteps(budget);
  try {
    reader.read(input, new Random(crc32(input)));
  } catch (error) {
    message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  if (isOverBudget()) message = new StepLimitError().message;
  const steps = budget - stepsLeft();
  allowSteps(Number.POSITIVE_INFINITY);
  const { user, system } = process.cpuUsage(begun);
  return { message, steps, microseconds: user + system };
}

/** A shorter input with the same fault. */
function shrink(reader: Reader, input: Buffer, message: string, before: FuzzOptions['before']): Buffer {
  const kind = (text: string | undefined): string | undefined => text?.split('\n', 1)[0];
  let least = input;
  let size = Math.ceil(least.length / 2);
  for (let tries = 0; tries < SHRINK_TRIES && size >= 1; ) {
    let shorter: Buffer | undefined;
    for (let at = 0; at < least.length && tries < SHRINK_TRIES && shorter === undefined; at += size) {
      tries += 1;
      const candidate = Buffer.concat([least.subarray(0, at), least.subarray(at + size)]);
      before?.(candidate);
      if (kind(attempt(reader, candidate).message) === kind(message)) shorter = candidate;
    }
    if (shorter === undefined) size = size === 1 ? 0 : Math.ceil(size / 2);
    else least = shorter;
  }
  return least;
}
