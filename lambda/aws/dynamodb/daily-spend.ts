import { bigintOf, type Item } from './attributes';
import type { DynamoDbConnector } from './dynamodb';
import { isQuarter, partition } from './spend-change';

/** What levels spent, day by day. */
export interface DailySpend {
  /**
   * Nano-USD by UTC day, such as `2026-11-24`, of the days that a level spent something on. Of the last 40 days.
   *
   * @param level `key#k1`; a tag's is `tag#name=value`
   * @param first and last day
   */
  daily(level: string, first: string, last: string): Promise<ReadonlyMap<string, bigint>>;
}

const TIMEOUT_MS = 5_000;

/** @param table name of the records table */
export function createDailySpend(connector: DynamoDbConnector, table: string): DailySpend {
  return {
    async daily(level, first, last) {
      const days = new Map<string, bigint>();
      let next: Item | undefined;
      do {
        const page = await connector.query(
          {
            TableName: table,
            KeyConditionExpression: 'pk = :level AND sk BETWEEN :first AND :last',
            ExpressionAttributeValues: {
              ':level': { S: partition(level) },
              ':first': { S: `${first}#` },
              // Behind all that begins with the day.
              ':last': { S: `${last}$` },
            },
            ConsistentRead: true,
            ...(next === undefined ? {} : { ExclusiveStartKey: next }),
          },
          { timeoutMs: TIMEOUT_MS },
        );
        for (const item of page.Items ?? []) {
          const day = (item['sk']?.S ?? '').slice(0, first.length);
          days.set(day, (days.get(day) ?? 0n) + quartersOf(item));
        }
        next = page.LastEvaluatedKey;
      } while (next !== undefined);
      return days;
    },
  };
}

function quartersOf(item: Item): bigint {
  let sum = 0n;
  for (const name in item) if (isQuarter(name)) sum += bigintOf(item[name]) ?? 0n;
  return sum;
}
