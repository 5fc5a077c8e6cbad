import type {
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  DeleteItemCommandInput,
  DeleteItemCommandOutput,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  PutItemCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';

/** What a call may take. */
export interface CallOptions {
  /** The call is abandoned after this many milliseconds. */
  readonly timeoutMs: number;
  /** It leaves this process once. Default: what met a connection that was closed at its other end may leave again. */
  readonly once?: boolean;
}

/**
 * The DynamoDB calls that the stores make, in the service's own shapes: one method, one API call.
 *
 * Errors keep the SDK's `name` (`ConditionalCheckFailedException` with its `Item`, `ProvisionedThroughputExceededException`,
 * `TransactionCanceledException`, ...). A timeout or a broken connection rejects with `name` `TimeoutError` or the socket's error:
 * its outcome is unknown.
 */
export interface DynamoDbConnector {
  /** What the table did not read is answered as `UnprocessedKeys`. */
  batchGetItem(input: BatchGetItemCommandInput, options?: CallOptions): Promise<BatchGetItemCommandOutput>;
  getItem(input: GetItemCommandInput, options?: CallOptions): Promise<GetItemCommandOutput>;
  putItem(input: PutItemCommandInput, options?: CallOptions): Promise<PutItemCommandOutput>;
  updateItem(input: UpdateItemCommandInput, options?: CallOptions): Promise<UpdateItemCommandOutput>;
  deleteItem(input: DeleteItemCommandInput, options?: CallOptions): Promise<DeleteItemCommandOutput>;
  query(input: QueryCommandInput, options?: CallOptions): Promise<QueryCommandOutput>;
  scan(input: ScanCommandInput, options?: CallOptions): Promise<ScanCommandOutput>;
  transactWriteItems(input: TransactWriteItemsCommandInput, options?: CallOptions): Promise<TransactWriteItemsCommandOutput>;
}
