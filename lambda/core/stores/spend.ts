import type { DynamoDbConnector } from '../connectors/dynamodb';
import { bigintOf, type Item } from './attributes';

/** Adds to one item of what a level has spent. */
export interface SpendChange {
  readonly pk: string;
  readonly sk: string;
  /** Nano-USD by attribute. */
  readonly adds: Readonly<Record<string, bigint>>;
  /** Absent: it is kept for ever. */
  readonly ttl?: number;
}

/** What levels have spent, by request's arrival; where a budget starts from whose counter is younger than its period. Seconds behind. */
export interface SpendStore {
  /**
   * Nano-USD that a level spent from one moment to another, quarter hours whole. Few reads, whatever the span.
   *
   * @param level `key#k1`; a tag's is `tag#name=value`
   * @param endMs may be infinite
   */
  between(level: string, startMs: number, endMs: number, nowMs: number): Promise<bigint>;
}

export const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
/** Spans longer than this are taken from the sums of months. */
const LONGEST_BY_DAYS_MS = 9 * DAY_MS;
const TIMEOUT_MS = 500;
/** The items of days correct the edges of periods that have not ended: months, at the longest. */
const DAYS_KEPT = 40;
const TOTALS = 'totals';
const TOTAL = 'total';

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

/**
 * @param table name of the records table
 */
export function createSpendStore(connector: DynamoDbConnector, table: string): SpendStore {
  async function item(level: string, sk: string): Promise<Item> {
    const key = { pk: { S: partition(level) }, sk: { S: sk } };
    return ((await connector.getItem({ TableName: table, Key: key, ConsistentRead: true }, { timeoutMs: TIMEOUT_MS })).Item ?? {}) as Item;
  }

  async function byDays(level: string, startMs: number, endMs: number): Promise<bigint> {
    if (startMs >= endMs) return 0n;
    const days: number[] = [];
    for (let dayMs = startMs - (startMs % DAY_MS); dayMs < endMs; dayMs += DAY_MS) days.push(dayMs);
    const sums = await Promise.all(
      days.map(async (dayMs) => {
        const found = await item(level, dayName(dayMs));
        let sum = 0n;
        for (let atMs = Math.max(dayMs, startMs); atMs < Math.min(dayMs + DAY_MS, endMs); atMs += QUARTER_MS) {
          sum += bigintOf(found[quarterOf(atMs)]) ?? 0n;
        }
        return sum;
      }),
    );
    return sums.reduce((sum, part) => sum + part, 0n);
  }

  return {
    async between(level, startMs, endMs, nowMs) {
      if (startMs === 0) return bigintOf((await item(level, TOTALS))[TOTAL]) ?? 0n;
      const lastMs = Math.min(endMs, nowMs + QUARTER_MS);
      if (lastMs - startMs <= LONGEST_BY_DAYS_MS) return byDays(level, startMs, lastMs);
      // The calendar month that the period is about, and what it has more or less at its edges.
      const middle = new Date(startMs + (lastMs - startMs) / 2);
      const monthMs = Date.UTC(middle.getUTCFullYear(), middle.getUTCMonth(), 1);
      const nextMs = Date.UTC(middle.getUTCFullYear(), middle.getUTCMonth() + 1, 1);
      const [totals, before, excess, after] = await Promise.all([
        item(level, TOTALS),
        byDays(level, startMs, monthMs),
        byDays(level, monthMs, startMs),
        byDays(level, nextMs, lastMs),
      ]);
      return (bigintOf(totals[monthOf(monthMs)]) ?? 0n) + before - excess + after;
    },
  };
}

function partition(level: string): string {
  return `spend#${level}`;
}

function dayName(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function monthOf(atMs: number): string {
  return `m${dayName(atMs).slice(0, 7)}`;
}

function quarterOf(atMs: number): string {
  return `q${Math.floor((atMs % DAY_MS) / QUARTER_MS)}`;
}
