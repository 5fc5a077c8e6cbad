import type { Usage } from '../../wire/model';
import type { CountedTokens } from '../record';
import { RESULT_FIELDS, shown, USAGE_FIELDS } from '../record';
import { classOf, percentileMs } from './sketch';

export const COST = RESULT_FIELDS.costNanoUsd.attribute;
/** Parts of the cost beside what list prices make: below zero where something is cheaper. */
export const PROVIDER_ADJUSTMENT = RESULT_FIELDS.providerAdjustmentNanoUsd.attribute;
export const TEAM_ADJUSTMENT = RESULT_FIELDS.teamAdjustmentNanoUsd.attribute;
const COUNTED = shown(USAGE_FIELDS, 'measure').map(({ name, api }) => ({ name: name as TokenCount, measure: api as CountedTokens }));
type TokenCount = { [Name in keyof Usage]: NonNullable<Usage[Name]> extends number ? Name : never }[keyof Usage] & string;

/** What usage counts, by attribute name. Exact integers; money in nano-USD. */
export type Measure = 'requests' | 'errors' | 'estimated' | 'attempts' | 'failed_attempts' | 'refused' | CountedTokens | typeof COST;
export const MEASURES: readonly Measure[] = [
  'requests',
  'errors',
  'estimated',
  ...COUNTED.map(({ measure }) => measure),
  COST,
  'attempts',
  'failed_attempts',
  'refused',
];

/** Sums by measure, and counts by class of duration. What is not named is zero. */
export type Sums = Readonly<Record<string, bigint>>;
export const NOTHING: Sums = {};

/** Durations that are sketched, and how the names of their counts begin. */
const SKETCHES = { latency: 'l', timeToFirstChunk: 'f' } as const;
export type Sketch = keyof typeof SKETCHES;

export function sumsOf(entries: readonly (readonly [name: string, value: number | bigint])[]): Sums {
  const sums: Record<string, bigint> = {};
  for (const [name, value] of entries) {
    const exact = BigInt(value);
    if (exact !== 0n) sums[name] = (sums[name] ?? 0n) + exact;
  }
  return sums;
}

/** The name under which one such duration is counted. */
export function sketched(sketch: Sketch, ms: number): string {
  return `${SKETCHES[sketch]}${classOf(ms)}`;
}

/** Durations that shares of all requests did not exceed, in ms; undefined where there are none. */
export function percentiles(sums: Sums, sketch: Sketch, shares: readonly number[]): readonly number[] | undefined {
  const counts = new Map<number, bigint>();
  const begin = SKETCHES[sketch];
  for (const name in sums) if (name[0] === begin && /^\d+$/.test(name.slice(1))) counts.set(Number(name.slice(1)), sums[name] as bigint);
  const found = shares.map((share) => percentileMs(counts, share));
  return found[0] === undefined ? undefined : (found as number[]);
}

/** Tokens of a usage by class. */
export function tokensOf(usage: Usage): readonly (readonly [name: string, value: number])[] {
  return COUNTED.map(({ name, measure }) => [measure, Math.max(0, Math.trunc(usage[name] ?? 0))] as const);
}

export function add(left: Sums, right: Sums): Sums {
  return combined(left, right, 1n);
}

export function subtract(left: Sums, right: Sums): Sums {
  return combined(left, right, -1n);
}

function combined(left: Sums, right: Sums, sign: 1n | -1n): Sums {
  const sums: Record<string, bigint> = { ...left };
  for (const name in right) {
    const sum = (sums[name] ?? 0n) + sign * (right[name] as bigint);
    if (sum === 0n) delete sums[name];
    else sums[name] = sum;
  }
  return sums;
}

export function isNothing(sums: Sums): boolean {
  for (const _name in sums) return false;
  return true;
}
