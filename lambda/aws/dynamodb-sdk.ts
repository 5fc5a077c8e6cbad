import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { CallOptions, DynamoDbConnector } from './dynamodb/dynamodb';

const DEFAULT_TIMEOUT_MS = 5_000;

/**
 * DynamoDB through the AWS SDK. The SDK finds Region, credentials and endpoint in the environment itself; it never retries, because a
 * conditional write whose outcome is unknown is the caller's to judge.
 */
export function createSdkDynamoDb(client: DynamoDBClient = new DynamoDBClient({ maxAttempts: 1 })): DynamoDbConnector {
  return {
    batchGetItem: (input, options) => timed(options, (abortSignal) => client.send(new BatchGetItemCommand(input), { abortSignal })),
    getItem: (input, options) => timed(options, (abortSignal) => client.send(new GetItemCommand(input), { abortSignal })),
    putItem: (input, options) => timed(options, (abortSignal) => client.send(new PutItemCommand(input), { abortSignal })),
    updateItem: (input, options) => timed(options, (abortSignal) => client.send(new UpdateItemCommand(input), { abortSignal })),
    deleteItem: (input, options) => timed(options, (abortSignal) => client.send(new DeleteItemCommand(input), { abortSignal })),
    query: (input, options) => timed(options, (abortSignal) => client.send(new QueryCommand(input), { abortSignal })),
    scan: (input, options) => timed(options, (abortSignal) => client.send(new ScanCommand(input), { abortSignal })),
    transactWriteItems: (input, options) =>
      timed(options, (abortSignal) => client.send(new TransactWriteItemsCommand(input), { abortSignal })),
  };
}

async function timed<Output>(options: CallOptions | undefined, call: (signal: AbortSignal) => Promise<Output>): Promise<Output> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), options?.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  try {
    return await call(abort.signal);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    throw Object.assign(new Error('the call to DynamoDB has no answer', { cause: error }), { name: 'TimeoutError' });
  } finally {
    clearTimeout(timer);
  }
}
