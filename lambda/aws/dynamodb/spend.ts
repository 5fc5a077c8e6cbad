import type { SpendStore } from '../../money/ports';
import { bindsModel } from '../../wire/model';
import { bigintOf, type Item } from './attributes';
import type { DynamoDbConnector } from './dynamodb';
import { namesOfSort, partition, spendSpans } from './spend-change';

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

  return {
    async between(level, startMs, endMs, nowMs, model) {
      const sums = await Promise.all(
        spendSpans(startMs, endMs, nowMs).map(async ({ prefix, attributes, less }) => {
          const sum = sumOf(await items(level, prefix, model), attributes);
          return less === true ? -sum : sum;
        }),
      );
      return sums.reduce((all, sum) => all + sum, 0n);
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
