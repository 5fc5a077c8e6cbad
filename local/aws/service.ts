import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Consumption } from '../dynamodb/units';
import type { Access } from './authorizer';

/** A request to a service, its caller known. */
export interface AwsRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Of the signature's credential scope. */
  readonly region: string;
  /** Where the endpoint is reached, without a trailing slash. */
  readonly endpoint: string;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  /** Where somebody counts: what the call consumes is added here. */
  readonly consumption?: Consumption;
}

export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer | Readable;
}

/** A request understood: what it needs and how it is carried out. */
export interface AwsCall {
  /** As the API names it, such as `TransactWriteItems`. */
  readonly action: string;
  readonly accesses: readonly Access[];
  run(): AwsAnswer | Promise<AwsAnswer>;
}

/** One AWS service behind the endpoint. */
export interface AwsService {
  /** @throws AwsError when the request cannot be understood */
  understand(request: AwsRequest): AwsCall;
  /** The error in the service's protocol. */
  refuse(error: AwsError, request: AwsRequest): AwsAnswer;
}

/** An error as a service answers it. `code` is its name, such as `ResourceNotFoundException`. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further fields of a JSON error body. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** The code that every service uses for a refused call; each protocol may put its own in its place. */
export const ACCESS_DENIED = 'AccessDeniedException';
