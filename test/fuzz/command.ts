import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { FuzzReport } from './engine';
import { runReader } from './harness';
import { bundleWorker } from './instrument';
import { MUTANTS } from './mutants';
import { READERS } from './readers';

const READER_NAMES = READERS.map(({ name }) => name);

const HELP = `npm run fuzz -- [options]

  --reader NAME     this reader alone; may be repeated
  --runs N          inputs for each reader; default: 1000000
  --seed N          default: a random one, which is printed
  --workers N       readers at the same time; default: 1
  --input BASE64    read this one input (with --reader)
  --mutant NAME     put this mistake into the code first; the fault that it makes is expected
  --list            the readers and the mistakes
`;

/** `npm run fuzz`. */
export async function main(): Promise<number> {
  const values = readOptions();
  if (typeof values === 'string') return refuse(values);
  if (values.help === true) return print(HELP, 0);
  if (values.list === true) return print(`${[...READER_NAMES, ...MUTANTS.map(({ name }) => `mutant: ${name}`)].join('\n')}\n`, 0);
  const runs = Number(values.runs);
  const seed = Number(values.seed);
  const unknown = (values.reader ?? []).find((name) => !READER_NAMES.includes(name));
  if (unknown !== undefined) return refuse(`there is no reader '${unknown}'; --list names them`);
  const workers = Number(values.workers);
  if (![runs, workers].every((count) => Number.isSafeInteger(count) && count >= 1) || !Number.isSafeInteger(seed))
    return refuse('--runs, --workers and --seed take whole numbers');
  const mutant = MUTANTS.find(({ name }) => name === values.mutant);
  if (values.mutant !== undefined && mutant === undefined) return refuse(`there is no mutant '${values.mutant}'; --list names them`);

  print(`seed ${seed}\n`, 0);
  const script = await bundleWorker(mutant);
  const readers = values.reader ?? (mutant === undefined ? READER_NAMES : [mutant.reader]);
  const waiting = [...readers];
  let faults = 0;
  const work = async (): Promise<void> => {
    for (let reader = waiting.shift(); reader !== undefined; reader = waiting.shift()) {
      const begun = Date.now();
      const inputBase64 = values.input === undefined ? {} : { inputBase64: values.input };
      const report = await runReader(script, { reader, runs, seed, ...inputBase64 });
      if (report.fault !== undefined) faults += 1;
      print(told(report, Date.now() - begun), 0);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return print(`${readers.length - faults} readers held, ${faults} failed\n`, faults === 0 ? 0 : 1);
}

/** What was typed; a text says what is wrong with it. */
function readOptions() {
  try {
    return parseArgs({
      options: {
        reader: { type: 'string', multiple: true },
        runs: { type: 'string', default: '1000000' },
        seed: { type: 'string', default: String(randomInt(2 ** 31)) },
        workers: { type: 'string', default: '1' },
        input: { type: 'string' },
        mutant: { type: 'string' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return (error as Error).message.split('. ')[0] as string;
  }
}

function refuse(message: string): number {
  process.stderr.write(`fuzz: ${message}; --help shows the options\n`);
  return 2;
}

function told({ reader, runs, worstStepsPerByte, fault }: FuzzReport, tookMs: number): string {
  const steps = `${worstStepsPerByte.toFixed(1)} steps a byte at the most`;
  const line = `${reader.padEnd(26)} ${String(runs).padStart(8)} inputs ${(tookMs / 1_000).toFixed(1).padStart(8)} s  ${steps}\n`;
  if (fault === undefined) return line;
  const { run, message, inputBase64 } = fault;
  return `${line}${reader} FAILED at input ${run}: ${message}\nagain with: npm run fuzz -- --reader ${reader} --input ${inputBase64}\n`;
}

function print(text: string, status: number): number {
  process.stdout.write(text);
  return status;
}
