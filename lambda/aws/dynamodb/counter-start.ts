import type { CounterStart } from '../../money/ports';
import { bigintOf } from './attributes';
import { conditionalUpdate } from './conditional';
import type { DynamoDbConnector } from './dynamodb';

const TIMEOUT_MS = 5_000;

export function createCounterStart(connector: DynamoDbConnector, table: string): CounterStart {
  return async function startFrom(key, startNanoUsd): Promise<void> {
    const place = { TableName: table, Key: { pk: { S: key } } };
    const { Item: item } = await connector.getItem({ ...place, ConsistentRead: true }, { timeoutMs: TIMEOUT_MS });
    const before = bigintOf(item?.['spent_before']);
    if (before === undefined || before >= startNanoUsd) return;
    const result = await conditionalUpdate(
      connector,
      {
        ...place,
        UpdateExpression: 'SET remaining = remaining - :more, spent_before = :start',
        ConditionExpression: 'spent_before = :before',
        ExpressionAttributeValues: {
          ':more': { N: String(startNanoUsd - before) },
          ':start': { N: String(startNanoUsd) },
          ':before': { N: String(before) },
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
      TIMEOUT_MS,
    );
    // Somebody else charged some of it in between.
    if (!('done' in result)) await startFrom(key, startNanoUsd);
  };
}

/** What had been spent before a counter existed, as far as it is charged to it; none where there is no counter. Eventually consistent. */
export function createSpentBefore(connector: Pick<DynamoDbConnector, 'getItem'>, table: string): (key: string) => Promise<bigint> {
  return async (key) => {
    const { Item: item } = await connector.getItem(
      { TableName: table, Key: { pk: { S: key } }, ProjectionExpression: 'spent_before' },
      { timeoutMs: TIMEOUT_MS },
    );
    return bigintOf(item?.['spent_before']) ?? 0n;
  };
}
