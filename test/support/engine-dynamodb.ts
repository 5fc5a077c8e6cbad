import type { DynamoDbConnector } from '../../lambda/aws/dynamodb/dynamodb';
import { TABLES, type TableIndex } from '../../lib/private/contract';
import { type DynamoDbEngine, openDynamoDb } from '../../local/dynamodb/engine';
import { TABLE_NAMES } from './memory-dynamodb';

/** The gateway's tables as `CreateTable` takes them. */
export const TABLE_DEFINITIONS = Object.entries(TABLES).map(([part, table]) => {
  const indexes = Object.values(table.indexes) as TableIndex[];
  const sortKey = 'sortKey' in table ? table.sortKey : undefined;
  const keys = [table.partitionKey, sortKey, ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])];
  const named = [...new Set(keys.filter((name) => name !== undefined))];
  const globalIndexes = indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: schema(index.partitionKey, index.sortKey),
    Projection: { ProjectionType: index.keysOnly === true ? ('KEYS_ONLY' as const) : ('ALL' as const) },
  }));
  return {
    TableName: TABLE_NAMES[part as keyof typeof TABLE_NAMES],
    KeySchema: schema(table.partitionKey, sortKey),
    AttributeDefinitions: named.map((name) => ({
      AttributeName: name,
      AttributeType: indexes.some((index) => index.sortKey === name && index.isNumeric === true) ? ('N' as const) : ('S' as const),
    })),
    ...(globalIndexes.length === 0 ? {} : { GlobalSecondaryIndexes: globalIndexes }),
  };
});

/** The gateway's tables on the embedded engine, behind the connector that the stores use. */
export async function openEngineDynamoDb(): Promise<{ readonly connector: DynamoDbConnector; readonly engine: DynamoDbEngine }> {
  const engine = await openDynamoDb({ region: 'eu-west-1', account: '123456789012' });
  for (const definition of TABLE_DEFINITIONS) await engine.createTable(definition);

  const operation =
    <Input extends object, Output>(action: string) =>
    async (input: Input): Promise<Output> => {
      try {
        // The stores' inputs are the operations' JSON.
        return (await engine.call(action, JSON.parse(JSON.stringify(input)))) as Output;
      } catch (error) {
        const { body } = error as { body?: object };
        throw body === undefined ? error : Object.assign(error as Error, body);
      }
    };
  const connector: DynamoDbConnector = {
    batchGetItem: operation('BatchGetItem'),
    getItem: operation('GetItem'),
    putItem: operation('PutItem'),
    updateItem: operation('UpdateItem'),
    deleteItem: operation('DeleteItem'),
    query: operation('Query'),
    scan: operation('Scan'),
    transactWriteItems: operation('TransactWriteItems'),
  };
  return { connector, engine };
}

function schema(partitionKey: string, sortKey: string | undefined): { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[] {
  const hash = { AttributeName: partitionKey, KeyType: 'HASH' as const };
  return sortKey === undefined ? [hash] : [hash, { AttributeName: sortKey, KeyType: 'RANGE' as const }];
}
