import type { Item } from './attributes';

/** Adds to one item of what a level has spent. */
export interface SpendChange {
  readonly pk: string;
  readonly sk: string;
  /** Nano-USD by attribute. */
  readonly adds: Readonly<Record<string, bigint>>;
  /** Absent: it is kept for ever. */
  readonly ttl?: number;
}

/** As fine as any time zone's edge. */
export const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
/** The items of days correct the edges of periods that have not ended: months, at the longest. */
const DAYS_KEPT = 40;
/** The item of a level's sums. */
export const TOTALS = 'totals';
export const TOTAL = 'total';

/** What one request adds to its levels' spend. */
export function spendChanges(levels: readonly string[], atMs: number, nanoUsd: bigint, nowMs: number): readonly SpendChange[] {
  if (nanoUsd === 0n) return [];
  const ttl = Math.floor(nowMs / 1_000) + DAYS_KEPT * 86_400;
  return levels.flatMap((level) => [
    { pk: partition(level), sk: TOTALS, adds: { [TOTAL]: nanoUsd, [monthOf(atMs)]: nanoUsd } },
    { pk: partition(level), sk: dayName(atMs), adds: { [quarterOf(atMs)]: nanoUsd }, ttl },
  ]);
}

/** Changes of the same item made one. */
export function mergeSpend(changes: readonly SpendChange[]): readonly SpendChange[] {
  const merged = new Map<string, SpendChange>();
  for (const change of changes) {
    const name = `${change.pk}\n${change.sk}`;
    const adds: Record<string, bigint> = { ...merged.get(name)?.adds };
    for (const [attribute, nanoUsd] of Object.entries(change.adds)) adds[attribute] = (adds[attribute] ?? 0n) + nanoUsd;
    merged.set(name, { ...change, adds });
  }
  return [...merged.values()];
}

export function writeSpend({ pk, sk, adds, ttl }: SpendChange) {
  const names: Record<string, string> = {};
  const values: Item = {};
  const additions = Object.entries(adds).map(([attribute, nanoUsd], index) => {
    names[`#a${index}`] = attribute;
    values[`:a${index}`] = { N: String(nanoUsd) };
    return `#a${index} :a${index}`;
  });
  if (ttl !== undefined) {
    names['#ttl'] = 'ttl';
    values[':ttl'] = { N: String(ttl) };
  }
  return {
    Key: { pk: { S: pk }, sk: { S: sk } },
    UpdateExpression: `${ttl === undefined ? '' : 'SET #ttl = :ttl '}ADD ${additions.join(', ')}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

export function partition(level: string): string {
  return `spend#${level}`;
}

export function dayName(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

export function monthOf(atMs: number): string {
  return `m${dayName(atMs).slice(0, 7)}`;
}

export function quarterOf(atMs: number): string {
  return `q${Math.floor((atMs % DAY_MS) / QUARTER_MS)}`;
}
