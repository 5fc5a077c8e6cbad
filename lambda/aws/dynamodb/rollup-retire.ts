import { type Item, toItem } from './attributes';
import type { DynamoDbConnector } from './dynamodb';
import { listOfRows, ROW_LISTS } from './rollup-row';

const TIMEOUT_MS = 5_000;

/** The rows of a day that are below the epoch which is read. */
export interface OldRows {
  readonly day: string;
  readonly epoch: number;
  readonly nowMs: number;
}

/**
 * Empties the rows of a day that a rebuild has put others in the place of: nobody reads them, and whom they are about may have been deleted. What
 * is left of a row expires.
 *
 * @returns whether that is all
 */
export async function retireRows(connector: DynamoDbConnector, table: string, old: OldRows, stop: () => boolean): Promise<boolean> {
  const lists = Array.from({ length: ROW_LISTS }, (_unused, list) => emptyList(connector, table, list, old, stop));
  return (await Promise.all(lists)).every((isAll) => isAll);
}

async function emptyList(connector: DynamoDbConnector, table: string, list: number, old: OldRows, stop: () => boolean): Promise<boolean> {
  const { day, epoch, nowMs } = old;
  let next: Item | undefined;
  do {
    const page = await connector.query(
      {
        TableName: table,
        KeyConditionExpression: 'pk = :list AND sk BETWEEN :first AND :last',
        // What is empty already has nothing but its keys.
        FilterExpression: 'attribute_exists(#t)',
        ExpressionAttributeNames: { '#t': 'tuple' },
        ExpressionAttributeValues: toItem({ ':list': listOfRows(day.slice(0, 7), list), ':first': `${day}T00`, ':last': `${day}T23$` }),
        ...(next === undefined ? {} : { ExclusiveStartKey: next }),
      },
      { timeoutMs: TIMEOUT_MS },
    );
    for (const item of page.Items ?? []) {
      if (Number((item['sk']?.S ?? '').split('#')[1]) < epoch) await empty(connector, table, item, nowMs);
    }
    next = page.LastEvaluatedKey;
    if (next !== undefined && stop()) return false;
  } while (next !== undefined);
  return true;
}

async function empty(connector: DynamoDbConnector, table: string, { pk, sk }: Item, nowMs: number): Promise<void> {
  const item = { pk, sk, ...toItem({ ttl: Math.floor(nowMs / 1_000) }) } as Item;
  await connector.putItem({ TableName: table, Item: item }, { timeoutMs: TIMEOUT_MS });
}
