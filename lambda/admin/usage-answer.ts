import type { LevelKind } from '../money/ledger';
import { formatUsd } from '../money/pricing';
import { COST, MEASURES, PROVIDER_ADJUSTMENT, percentiles, type Sketch, type Sums, TEAM_ADJUSTMENT } from '../money/rollup';
import type { JsonObject } from '../platform/json';
import { type CsvCell, csvText } from './csv';
import type { Services } from './services';
import type { UsageGroup } from './usage-report';

/** Dimensions whose values are ids of entries that have names. */
export const NAMED_DIMENSIONS = ['team', 'project', 'user', 'key'] as const;
/** Shares of the requests, and what the durations are called that they did not exceed. */
const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
const SKETCHES: readonly (readonly [field: string, sketch: Sketch])[] = [
  ['latency_ms', 'latency'],
  ['time_to_first_chunk_ms', 'timeToFirstChunk'],
];
const DIGITS = 10_000n;
/** What it came to, and what that is made of. */
const AMOUNTS: readonly { readonly field: string; ofSums(sums: Sums): bigint }[] = [
  { field: 'cost_usd', ofSums: (sums) => sums[COST] ?? 0n },
  { field: 'list_usd', ofSums: (sums) => (sums[COST] ?? 0n) - (sums[PROVIDER_ADJUSTMENT] ?? 0n) - (sums[TEAM_ADJUSTMENT] ?? 0n) },
  { field: 'provider_adjustment_usd', ofSums: (sums) => sums[PROVIDER_ADJUSTMENT] ?? 0n },
  { field: 'team_adjustment_usd', ofSums: (sums) => sums[TEAM_ADJUSTMENT] ?? 0n },
];
/** Entries of an answer that are named; more are told by their ids alone. */
const MOST_NAMED = 1_000;

/** Names of the entries that rows are grouped by, by kind and id. */
export type Names = ReadonlyMap<string, string>;

export async function namesOf({ identity }: Services, groupBy: readonly string[], groups: readonly UsageGroup[]): Promise<Names> {
  const wanted = new Set<string>();
  for (const [index, kind] of groupBy.entries()) {
    if (!isNamed(kind)) continue;
    for (const { values } of groups) if (typeof values[index] === 'string') wanted.add(`${kind} ${values[index]}`);
  }
  const found = await Promise.all(
    [...wanted].slice(0, MOST_NAMED).map(async (entry) => {
      const [kind = '', id = ''] = entry.split(' ');
      return [entry, (await identity.get(kind as LevelKind, id))?.name] as const;
    }),
  );
  return new Map(found.flatMap(([entry, name]) => (name === undefined ? [] : [[entry, name]])));
}

/** One row of the answer. */
export function usageRow(groupBy: readonly string[], { values, sums, lastHour, forecastNanoUsd }: UsageGroup, names: Names): JsonObject {
  const row: JsonObject = {};
  const pairs: Record<'tag' | 'label', JsonObject> = { tag: {}, label: {} };
  groupBy.forEach((name, index) => {
    const value = values[index] ?? null;
    const at = name.indexOf(':');
    if (at > 0) pairs[name.slice(0, at) as 'tag' | 'label'][name.slice(at + 1)] = value;
    else row[fieldOf(name)] = value;
    const known = names.get(`${name} ${value}`);
    if (known !== undefined) row[`${name}_name`] = known;
  });
  if (Object.keys(pairs.tag).length > 0) row['tags'] = pairs.tag;
  if (Object.keys(pairs.label).length > 0) row['labels'] = pairs.label;
  for (const measure of MEASURES) {
    if (measure === COST) for (const { field, ofSums } of AMOUNTS) row[field] = formatUsd(ofSums(sums));
    else row[measure] = Number(sums[measure] ?? 0n);
  }
  const share = cacheShare(sums);
  if (share !== undefined) row['cache_read_share'] = share;
  for (const [field, sketch] of SKETCHES) {
    const found = percentiles(sums, sketch, Object.values(SHARES));
    if (found !== undefined) row[field] = Object.fromEntries(Object.keys(SHARES).map((name, index) => [name, found[index] as number]));
  }
  row['last_hour'] = `${lastHour}:00:00Z`;
  if (forecastNanoUsd !== undefined) row['forecast_usd'] = formatUsd(forecastNanoUsd);
  return row;
}

/** Of all input tokens, those that a cache held; four digits. */
function cacheShare(sums: Sums): number | undefined {
  const input = sums['input_tokens'] ?? 0n;
  return input <= 0n ? undefined : Number(((sums['cache_read_input_tokens'] ?? 0n) * DIGITS) / input) / Number(DIGITS);
}

export function fieldOf(dimension: string): string {
  return isNamed(dimension) ? `${dimension}_id` : dimension;
}

function isNamed(dimension: string): boolean {
  return (NAMED_DIMENSIONS as readonly string[]).includes(dimension);
}

/** The rows as a table for a spreadsheet; see `csvText`. */
export function usageCsv(groupBy: readonly string[], groups: readonly UsageGroup[], names: Names): string {
  const measures = MEASURES.flatMap((measure) => (measure === COST ? AMOUNTS.map(({ field }) => field) : [measure]));
  const durations = SKETCHES.flatMap(([field]) => Object.keys(SHARES).map((share) => `${share}_${field}`));
  const named = groupBy.filter(isNamed);
  const forecast = groups.some(({ forecastNanoUsd }) => forecastNanoUsd !== undefined) ? ['forecast_usd'] : [];
  const head = [...groupBy.map(fieldOf), ...measures, ...durations, ...named.map((name) => `${name}_name`), ...forecast];
  const rows = groups.map(({ values, sums, forecastNanoUsd }) => [
    ...values.map((value) => value ?? ''),
    ...MEASURES.flatMap((measure) => (measure === COST ? amountCells(sums) : [sums[measure] ?? 0n])),
    ...SKETCHES.flatMap(([, sketch]) => durationCells(sums, sketch)),
    ...named.map((name) => names.get(`${name} ${values[groupBy.indexOf(name)]}`) ?? ''),
    ...(forecastNanoUsd === undefined ? [] : [{ decimal: formatUsd(forecastNanoUsd) }]),
  ]);
  return csvText([head, ...rows]);
}

function amountCells(sums: Sums): readonly CsvCell[] {
  return AMOUNTS.map(({ ofSums }) => ({ decimal: formatUsd(ofSums(sums)) }));
}

function durationCells(sums: Sums, sketch: Sketch): readonly CsvCell[] {
  const found = percentiles(sums, sketch, Object.values(SHARES));
  return Object.keys(SHARES).map((_name, index) => (found === undefined ? '' : BigInt(found[index] as number)));
}
