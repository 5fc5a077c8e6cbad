import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDbConnector } from '../../lambda/aws/dynamodb/dynamodb';
import { createSdkDynamoDb } from '../../lambda/aws/dynamodb-sdk';
import { oracleIsThere, startOracle } from '../local/dynamodb/support/oracle';
import { TABLE_DEFINITIONS } from './engine-dynamodb';

/** Whether an independent DynamoDB is at hand: what is proven on it is proven of the protocol, not of one emulator. */
export const secondEngineIsThere = oracleIsThere;

/** The gateway's tables on the independent engine, through the AWS SDK. */
export async function openSecondEngine(): Promise<{ readonly connector: DynamoDbConnector; close(): void }> {
  const engine = await startOracle();
  for (const definition of TABLE_DEFINITIONS) {
    const made = await engine.call('CreateTable', { ...definition, BillingMode: 'PAY_PER_REQUEST' });
    if (made.status !== 200) throw new Error(`the second engine does not make ${definition.TableName}: ${JSON.stringify(made.body)}`);
  }
  const credentials = { accessKeyId: 'A', secretAccessKey: 'B' };
  const client = new DynamoDBClient({ endpoint: engine.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  return {
    connector: patient(createSdkDynamoDb(client)),
    close() {
      client.destroy();
      engine.stop();
    },
  };
}

/** On a busy machine an engine in another process may be slow, which is not what is tested on it: calls get all the time they need. */
function patient(connector: DynamoDbConnector): DynamoDbConnector {
  const options = { timeoutMs: 60_000 };
  return {
    batchGetItem: (input) => connector.batchGetItem(input, options),
    getItem: (input) => connector.getItem(input, options),
    putItem: (input) => connector.putItem(input, options),
    updateItem: (input) => connector.updateItem(input, options),
    deleteItem: (input) => connector.deleteItem(input, options),
    query: (input) => connector.query(input, options),
    scan: (input) => connector.scan(input, options),
    transactWriteItems: (input) => connector.transactWriteItems(input, options),
  };
}
