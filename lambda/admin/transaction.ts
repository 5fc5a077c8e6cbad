import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { DynamoDbConnector } from '../aws/dynamodb';
import { pause } from '../platform/runtime';
import type { WriteResult } from '../platform/stored';
import { isPassing } from './table-fault';

const TIMEOUT_MS = 3_000;
/** Sent again under the same token, so a repetition changes nothing. */
const ATTEMPTS = 3;
const PAUSE_MS = 50;

/** Gathers what stores put, delete and check, to commit all of it or nothing. */
export interface Transaction {
  /** Give it to a store in place of the real one. Writes succeed at once and are only gathered; reads are refused. */
  readonly connector: DynamoDbConnector;
  /** `conflict`: a condition did not hold, nothing was written. */
  commit(): Promise<WriteResult>;
}

/**
 * Begins a transaction.
 *
 * @param token makes repetitions of the commit harmless; at most 36 characters
 */
export function beginTransaction(connector: DynamoDbConnector, token: string): Transaction {
  const items: TransactWriteItem[] = [];
  const refuse = () => Promise.reject(new Error('a transaction only gathers puts, deletes and checks'));
  return {
    connector: {
      async putItem(input) {
        items.push({ Put: { TableName: input.TableName, Item: input.Item, ...condition(input) } });
        return { $metadata: {} };
      },
      async deleteItem(input) {
        items.push({ Delete: { TableName: input.TableName, Key: input.Key, ...condition(input) } });
        return { $metadata: {} };
      },
      async transactWriteItems(input) {
        items.push(...(input.TransactItems ?? []));
        return { $metadata: {} };
      },
      batchGetItem: refuse,
      getItem: refuse,
      updateItem: refuse,
      query: refuse,
      scan: refuse,
    },
    commit: () => commit(connector, items, token),
  };
}

type Conditional = Pick<
  Parameters<DynamoDbConnector['putItem']>[0],
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

function condition(input: Conditional): Conditional {
  return {
    ...(input.ConditionExpression === undefined ? {} : { ConditionExpression: input.ConditionExpression }),
    ...(input.ExpressionAttributeNames === undefined ? {} : { ExpressionAttributeNames: input.ExpressionAttributeNames }),
    ...(input.ExpressionAttributeValues === undefined ? {} : { ExpressionAttributeValues: input.ExpressionAttributeValues }),
  };
}

async function commit(connector: DynamoDbConnector, items: TransactWriteItem[], token: string): Promise<WriteResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connector.transactWriteItems({ TransactItems: items, ClientRequestToken: token }, { timeoutMs: TIMEOUT_MS });
      return 'done';
    } catch (error) {
      const reasons = cancellationReasons(error);
      if (reasons.includes('ConditionalCheckFailed')) return 'conflict';
      if (attempt >= ATTEMPTS || !(isPassing(error) || reasons.some((reason) => reason !== 'None'))) throw passing(error, reasons);
      await pause(PAUSE_MS * attempt);
    }
  }
}

function cancellationReasons(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return [];
  const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
  return reasons.map((reason) => reason.Code ?? 'None');
}

/** A transaction cancelled by contention is the table's trouble, not the caller's: it is named like any throttle. */
function passing(error: unknown, reasons: readonly string[]): unknown {
  return reasons.length === 0
    ? error
    : Object.assign(new Error('the transaction met another one', { cause: error }), { name: 'ThrottlingException' });
}
