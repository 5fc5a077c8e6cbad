import type { AwsJsonCall, AwsJsonService } from '../aws-json';
import type { CallOptions, DynamoDbConnector } from './dynamodb';

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * DynamoDB over our own signed calls, without the SDK. Attribute values of type binary are not supported; no table of ours has any.
 *
 * @param endpoint where calls go instead of the Region's endpoint
 */
export function createLeanDynamoDb(call: AwsJsonCall, endpoint?: string): DynamoDbConnector {
  const service: AwsJsonService = {
    name: 'dynamodb',
    version: '1.0',
    target: 'DynamoDB_20120810',
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  // Requests and answers are the SDK's own shapes: it sends the same JSON.
  const operation =
    <Input extends object, Output>(name: string) =>
    async (input: Input, options?: CallOptions): Promise<Output> =>
      (await call(service, name, input, options?.timeoutMs ?? DEFAULT_TIMEOUT_MS, options?.once)) as Output;

  return {
    batchGetItem: operation('BatchGetItem'),
    getItem: operation('GetItem'),
    putItem: operation('PutItem'),
    updateItem: operation('UpdateItem'),
    deleteItem: operation('DeleteItem'),
    query: operation('Query'),
    scan: operation('Scan'),
    transactWriteItems: operation('TransactWriteItems'),
  };
}
