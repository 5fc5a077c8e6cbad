import type { TransactWriteItem, UpdateItemCommandInput, UpdateItemCommandOutput } from '@aws-sdk/client-dynamodb';
import type { WriteResult } from '../../platform/stored';
import { conditionFailure, type Item } from './attributes';
import type { CallOptions, DynamoDbConnector } from './dynamodb';

/** Runs a conditional write; everything but a failed condition is thrown on. */
export async function conditional(write: () => Promise<unknown>): Promise<WriteResult> {
  try {
    await write();
    return 'done';
  } catch (error) {
    if (conditionFailure(error) === undefined) throw error;
    return 'conflict';
  }
}

/**
 * Runs writes all or nothing; `conflict`: a condition did not hold.
 *
 * @throws a throttle when it met another transaction
 */
export async function conditionalTransaction(
  connector: Pick<DynamoDbConnector, 'transactWriteItems'>,
  items: TransactWriteItem[],
  timeoutMs: number,
): Promise<WriteResult> {
  try {
    await connector.transactWriteItems({ TransactItems: items }, { timeoutMs });
    return 'done';
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') throw error;
    const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
    if (reasons.some((reason) => reason.Code === 'ConditionalCheckFailed')) return 'conflict';
    throw Object.assign(new Error('the transaction met another one', { cause: error }), { name: 'TransactionConflictException' });
  }
}

/** The new item of a conditional write, or the old one that failed its condition. */
export type UpdateResult = { readonly done: Item } | { readonly failed: Item | undefined };

/** Runs one conditional update whose input asks for the old item on failure; everything but a failed condition is thrown on. */
export function conditionalUpdate(
  connector: DynamoDbConnector,
  input: UpdateItemCommandInput & { readonly ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
  options: CallOptions,
): Promise<UpdateResult> {
  return connector.updateItem(input, options).then(updated, failed);
}

function updated({ Attributes: attributes }: UpdateItemCommandOutput): UpdateResult {
  return { done: attributes as Item };
}

/** Puts an item where there is none; everything but a failed condition is thrown on. */
export function create(connector: DynamoDbConnector, table: string, item: Item, options: CallOptions): Promise<UpdateResult> {
  const input = {
    TableName: table,
    Item: item,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;
  return connector.putItem(input, options).then(() => ({ done: item }), failed);
}

function failed(error: unknown): UpdateResult {
  const failure = conditionFailure(error);
  if (failure === undefined) throw error;
  return { failed: failure.item };
}
