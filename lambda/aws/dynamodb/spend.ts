import type { SpendStore } from '../../money/ports';
import { bindsModel } from '../../wire/model';
import { bigintOf, type Item } from './attributes';
import type { DynamoDbConnector } from './dynamodb';
import { createRollupStore } from './rollups';
import { dayName, MONTHS, monthOf, namesOfSort, partition, QUARTER_MS, quarterOf, TOTAL } from './spend-change';

const DAY_MS = 86_400_000;
/** Spans longer than this are taken from the sums of months. */
const LONGEST_BY_DAYS_MS = 9 * DAY_MS;
const TIMEOUT_MS = 500;

/**
 * @param table name of the records table
 */
export function createSpendStore(connector: DynamoDbConnector, table: string): SpendStore {
  /** The items of a level whose name begins so and whose calls the pattern counts. */
  async function items(level: string, prefix: string, model: string | undefined): Promise<readonly Item[]> {
    const found: Item[] = [];
    let next: Item | undefined;
    do {
      const page = await connector.query(
        {
          TableName: table,
          KeyConditionExpression: 'pk = :level AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':level': { S: partition(level) }, ':prefix': { S: prefix } },
          ConsistentRead: true,
          ...(next === undefined ? {} : { ExclusiveStartKey: next }),
        },
        { timeoutMs: TIMEOUT_MS },
      );
      found.push(...(page.Items ?? []));
      next = page.LastEvaluatedKey;
    } while (next !== undefined);
    return model === undefined ? found : found.filter((item) => counts(model, item));
  }

  async function byDays(level: string, startMs: number, endMs: number, model: string | undefined): Promise<bigint> {
    if (startMs >= endMs) return 0n;
    const days: number[] = [];
    for (let dayMs = startMs - (startMs % DAY_MS); dayMs < endMs; dayMs += DAY_MS) days.push(dayMs);
    const sums = await Promise.all(
      days.map(async (dayMs) => {
        const quarters: string[] = [];
        for (let atMs = Math.max(dayMs, startMs); atMs < Math.min(dayMs + DAY_MS, endMs); atMs += QUARTER_MS)
          quarters.push(quarterOf(atMs));
        return sumOf(await items(level, `${dayName(dayMs)}#`, model), quarters);
      }),
    );
    return sums.reduce((sum, part) => sum + part, 0n);
  }

  async function byMonths(level: string, prefix: string, model: string | undefined): Promise<bigint> {
    return sumOf(await items(level, prefix, model), [TOTAL]);
  }

  const rollups = createRollupStore(connector, table);

  return {
    counted: async (counter) => (await rollups.row({ scope: '', dimension: 'counter', value: counter }, '', 0))?.cost_nano_usd ?? 0n,

    async between(level, startMs, endMs, nowMs, model) {
      if (startMs === 0) return byMonths(level, MONTHS, model);
      const lastMs = Math.min(endMs, nowMs + QUARTER_MS);
      if (lastMs - startMs <= LONGEST_BY_DAYS_MS) return byDays(level, startMs, lastMs, model);
      // The calendar month that the period is about, and what it has more or less at its edges.
      const middle = new Date(startMs + (lastMs - startMs) / 2);
      const monthMs = Date.UTC(middle.getUTCFullYear(), middle.getUTCMonth(), 1);
      const nextMs = Date.UTC(middle.getUTCFullYear(), middle.getUTCMonth() + 1, 1);
      const [month, before, excess, after] = await Promise.all([
        byMonths(level, `${monthOf(monthMs)}#`, model),
        byDays(level, startMs, monthMs, model),
        byDays(level, monthMs, startMs, model),
        byDays(level, nextMs, lastMs, model),
      ]);
      return month + before - excess + after;
    },
  };
}

function counts(model: string, item: Item): boolean {
  const names = namesOfSort(item['sk']?.S ?? '');
  if (names === undefined) return true;
  const [askedFor, ...places] = names;
  return bindsModel(model, askedFor, places);
}

function sumOf(items: readonly Item[], attributes: readonly string[]): bigint {
  let sum = 0n;
  for (const item of items) for (const attribute of attributes) sum += bigintOf(item[attribute]) ?? 0n;
  return sum;
}
