import type { BillLine } from './lines';
import { matchModels } from './model-match';

/** What was recorded of one model on one UTC day. */
export interface OwnUsage {
  readonly day: string;
  /** As it was asked of the provider, without the provider's id. */
  readonly model: string;
  /** What the provider's bill is expected to say: without what teams are charged on top. */
  readonly nanoUsd: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
}

type Measured = 'nanoUsd' | 'inputTokens' | 'outputTokens';

/** A model on a day, as the provider says and as was recorded. */
export interface Difference {
  readonly day: string;
  /** What the provider calls it, where it is none that was recorded. */
  readonly model: string;
  readonly measured: Measured;
  readonly billed: bigint;
  readonly recorded: bigint;
  /** Of the larger of the two, in millionths; 0 where they are as good as the same. */
  readonly driftMillionths: bigint;
}

/** 0.5 %. */
export const TOLERATED_MILLIONTHS = 5_000n;
/** Less is no drift, whatever share it is: a cent; some tokens. */
const LEAST: Readonly<Record<Measured, bigint>> = { nanoUsd: 10_000_000n, inputTokens: 1_000n, outputTokens: 1_000n };
const MILLION = 1_000_000n;
const MEASURES: readonly Measured[] = ['nanoUsd', 'inputTokens', 'outputTokens'];

/**
 * Holds a bill against the records, model by model and day by day, in their order. A day that the bill says nothing of is none of its days; a
 * model that was recorded on one of them and not billed is a difference as well as one that was billed and not recorded.
 */
export function differencesOf(lines: readonly BillLine[], own: readonly OwnUsage[]): readonly Difference[] {
  const match = matchModels([...new Set(own.map(({ model }) => model))]);
  const billed = new Map<string, bigint>();
  const recorded = new Map<string, bigint>();
  const days = new Set(lines.map(({ day }) => day));
  const told = new Set<Measured>();
  for (const line of lines) {
    const model = match.of(line.names) ?? line.names[0] ?? 'unnamed';
    for (const measured of MEASURES) {
      const amount = line[measured];
      if (amount === undefined) continue;
      told.add(measured);
      add(billed, [line.day, model, measured], amount);
    }
  }
  for (const usage of own) {
    if (!days.has(usage.day)) continue;
    for (const measured of told) add(recorded, [usage.day, usage.model, measured], usage[measured]);
  }
  return [...new Set([...billed.keys(), ...recorded.keys()])].sort().map((key) => {
    const [day, model, measured] = partsOf(key);
    return differenceOf(day, model, measured, billed.get(key) ?? 0n, recorded.get(key) ?? 0n);
  });
}

function differenceOf(day: string, model: string, measured: Measured, billed: bigint, recorded: bigint): Difference {
  const apart = billed > recorded ? billed - recorded : recorded - billed;
  const larger = magnitude(billed > recorded ? billed : recorded);
  const isDrift = apart >= LEAST[measured];
  return { day, model, measured, billed, recorded, driftMillionths: !isDrift ? 0n : larger === 0n ? MILLION : (apart * MILLION) / larger };
}

function magnitude(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}

type Key = readonly [day: string, model: string, measured: Measured];

function add(sums: Map<string, bigint>, key: Key, amount: bigint): void {
  const name = key.join('\n');
  sums.set(name, (sums.get(name) ?? 0n) + amount);
}

/** No name on a bill has a line's end in it. */
function partsOf(key: string): Key {
  return key.split('\n') as unknown as Key;
}
