const SERVICE = 'com.amazonaws.dynamodb.v20120810#';

/** An error as DynamoDB answers it: `body` is the JSON of its response, `name` the last part of `__type`. */
export class DynamoDbError extends Error {
  readonly __type: string;
  readonly statusCode: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(body: Readonly<Record<string, unknown>>, statusCode = 400) {
    super(String(body.message ?? body.Message ?? ''));
    this.__type = String(body.__type);
    this.name = this.__type.slice(this.__type.lastIndexOf('#') + 1);
    this.body = body;
    this.statusCode = statusCode;
  }
}

/** Makes dynalite's errors ours; anything else is a fault of the engine and stays as it is. */
export function asDynamoDbError(error: unknown): unknown {
  if (error instanceof DynamoDbError || !(error instanceof Error)) return error;
  const { body, statusCode } = error as Error & { body?: Record<string, unknown>; statusCode?: number };
  return body === undefined ? error : new DynamoDbError(body, statusCode);
}

export function validationError(message: string): DynamoDbError {
  return new DynamoDbError({ __type: 'com.amazon.coral.validate#ValidationException', message });
}

export function serviceError(name: string, message: string, more: Readonly<Record<string, unknown>> = {}): DynamoDbError {
  return new DynamoDbError({ __type: `${SERVICE}${name}`, message, ...more });
}
