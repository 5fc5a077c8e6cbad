import type { DynamoDbConnector } from '../connectors/dynamodb';
import { bigintOf, type Item } from './attributes';
import { createRollupStore } from './rollups';
import { dayName, monthOf, partition, QUARTER_MS, quarterOf, TOTAL, TOTALS } from './spend-change';

/** What levels have spent, by request's arrival; where a budget starts from whose counter is younger than its period. Seconds behind. */
export interface SpendStore {
  /**
   * Nano-USD that a level spent from one moment to another, quarter hours whole. Few reads, whatever the span.
   *
   * @param level `key#k1`; a tag's is `tag#name=value`
   * @param endMs may be infinite
   */
  between(level: string, startMs: number, endMs: number, nowMs: number): Promise<bigint>;
  /** Nano-USD of that which was set aside on a counter, as far as it is added up. */
  counted(counter: string): Promise<bigint>;
}

const DAY_MS = 86_400_000;
/** Spans longer than this are taken from the sums of months. */
const LONGEST_BY_DAYS_MS = 9 * DAY_MS;
const TIMEOUT_MS = 500;

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

  const rollups = createRollupStore(connector, table);

  return {
    counted: async (counter) => (await rollups.row({ scope: '', dimension: 'counter', value: counter }, '', 0))?.cost_nano_usd ?? 0n,

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
