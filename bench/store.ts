/** DynamoDB for the rows about the store: the embedded engine behind its loopback endpoint, in a process of its own. */

import { TABLES } from '../lib/private/contract';
import { startAwsEndpoint } from '../local/aws/endpoint';
import { openDynamoDb } from '../local/dynamodb/engine';
import { TABLE_NAMES } from '../test/support/memory-dynamodb';

const place = { region: 'us-east-1', account: '000000000000' };
const dynamodb = await openDynamoDb(place);
for (const [part, table] of Object.entries(TABLES)) {
  const schemas = [table, ...Object.values(table.indexes)] as { name?: string; partitionKey: string; sortKey?: string }[];
  const [own, ...indexes] = schemas.map(({ name, partitionKey, sortKey }) => ({
    IndexName: name,
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' as const },
      ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' as const }]),
    ],
    Projection: { ProjectionType: 'ALL' as const },
  }));
  const names = new Set(schemas.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey ?? partitionKey]));
  await dynamodb.createTable({
    TableName: TABLE_NAMES[part as keyof typeof TABLE_NAMES],
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: own?.KeySchema ?? [],
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
  } as Parameters<typeof dynamodb.createTable>[0]);
}
const principal = {
  id: 'bench',
  arn: 'arn:aws:iam::000000000000:role/bench',
  statements: [{ Effect: 'Allow' as const, Action: ['dynamodb:*'], Resource: ['*'] }],
};
const endpoint = await startAwsEndpoint({ ...place, dynamodb, principals: () => principal });
process.send?.({ url: endpoint.url });
