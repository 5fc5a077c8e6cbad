import { randomUUID } from 'node:crypto';
import type { Access } from './authorizer';
import { type AwsAnswer, AwsError, type AwsRequest, type AwsService } from './service';

export type JsonObject = Record<string, unknown>;

/** A service of the AWS JSON protocol: the action is named by `X-Amz-Target`. */
export interface JsonServiceOptions {
  /** Of the content type: `1.0` or `1.1`. */
  readonly version: '1.0' | '1.1';
  /** Before the `#` in an error's `__type`. */
  readonly namespace: string;
  accesses(action: string, input: JsonObject): readonly Access[];
  /** @throws AwsError as the service answers it */
  run(action: string, input: JsonObject, request: AwsRequest): JsonObject | Promise<JsonObject>;
  /** Headers that an error carries besides. */
  errorHeaders?(error: AwsError): Record<string, string>;
}

/** @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export function jsonService(options: JsonServiceOptions): AwsService {
  const answer = (status: number, body: JsonObject, headers: Record<string, string> = {}): AwsAnswer => ({
    status,
    headers: { 'content-type': `application/x-amz-json-${options.version}`, 'x-amzn-requestid': randomUUID(), ...headers },
    body: JSON.stringify(body),
  });
  return {
    understand(request) {
      const target = String(request.headers['x-amz-target'] ?? '');
      const action = target.slice(target.lastIndexOf('.') + 1);
      if (action === '') throw new AwsError('UnknownOperationException', 'the header X-Amz-Target is missing');
      const input = parse(request.body);
      return {
        action,
        accesses: options.accesses(action, input),
        run: async () => answer(200, await options.run(action, input, request)),
      };
    },
    refuse: (error) =>
      answer(
        error.status,
        { __type: `${options.namespace}#${error.code}`, message: error.message, ...error.fields },
        options.errorHeaders?.(error),
      ),
  };
}

function parse(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Answered like any other body that is not an object.
  }
  throw new AwsError('SerializationException', 'the body must be a JSON object');
}
