import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDbConnector } from '../lambda/core/connectors/dynamodb';
import { compileCondition, compileUpdate, type Item, type Scope, serviceError } from '../test/support/dynamodb-expressions';

type Stored = Record<string, AttributeValue>;
type Write = {
  readonly Key?: Stored | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
};

const NO_METADATA = { $metadata: {} } as const;

/**
 * The store connector in memory that the bench measures the gateway with. It costs as little as a table can, because what a table costs
 * has rows of its own: rows and counters are real, conditions and sums included, but changed in place and handed out as they are; records
 * of requests are taken and forgotten; a list finds nothing.
 *
 * @param forgotten name of the table whose writes always succeed and leave nothing
 */
export function createMemoryTable(forgotten: string): DynamoDbConnector {
  const items = new Map<string, Stored>();

  function check(input: Write, item: Stored | undefined, failure = 'ConditionalCheckFailedException'): void {
    if (input.ConditionExpression === undefined || compileCondition(input.ConditionExpression)(scopeOf(input, item))) return;
    throw serviceError(failure, 'The conditional request failed', item === undefined ? {} : { Item: item });
  }

  function update(input: Write, key: string): Stored {
    const item = items.get(key) ?? { ...input.Key };
    const scope = scopeOf(input, item);
    const draft = { item, sole: true };
    for (const change of compileUpdate(input.UpdateExpression as string)) change(scope, draft);
    items.set(key, item);
    return item;
  }

  return {
    getItem: async (input) => {
      const item = items.get(keyOf(input.TableName, input.Key as Item));
      return item === undefined ? NO_METADATA : { $metadata: {}, Item: item };
    },

    putItem: async (input) => {
      if (input.TableName === forgotten) return NO_METADATA;
      const item = input.Item as Stored;
      const key = keyOf(input.TableName, item);
      check(input, items.get(key));
      items.set(key, item);
      return NO_METADATA;
    },

    updateItem: async (input) => {
      if (input.TableName === forgotten) return NO_METADATA;
      const key = keyOf(input.TableName, input.Key as Item);
      check(input, items.get(key));
      const item = update(input, key);
      return input.ReturnValues === 'ALL_NEW' ? { $metadata: {}, Attributes: item } : NO_METADATA;
    },

    deleteItem: async (input) => {
      items.delete(keyOf(input.TableName, input.Key as Item));
      return NO_METADATA;
    },

    query: async () => NO_METADATA,
    scan: async () => NO_METADATA,
    // Of transactions the request path makes updates alone: they move money between a counter and its shards.
    transactWriteItems: async ({ TransactItems: actions = [] }) => {
      const updates = actions.map(({ Update: input }) => ({ ...input, key: keyOf(input?.TableName, input?.Key as Item) }));
      for (const input of updates) check(input, items.get(input.key), 'TransactionCanceledException');
      for (const input of updates) update(input, input.key);
      return NO_METADATA;
    },
  };
}

function scopeOf(input: Write, item: Stored | undefined): Scope {
  return { item, names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues };
}

/** Partition and sort key, of one table. */
function keyOf(table: string | undefined, item: Item): string {
  return `${table} ${item['pk']?.S} ${item['sk']?.S ?? ''}`;
}
