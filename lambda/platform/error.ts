/**
 * What went wrong, in the gateway's own terms. Each dialect says it in its own words (`Dialect.encodeError`).
 *
 * The status is the one for an OpenAI Chat caller; where dialects differ (a spent budget, overload) the dialect's table decides.
 */
export interface GatewayErrorOptions {
  readonly status: number;
  /** Failure class, low cardinality: `invalid_request_error`, `authentication_error`, `permission_error`, `not_found_error`, `rate_limit_error`, `insufficient_quota`, `overloaded_error`, `upstream_error`, `timeout_error`, `api_error`. */
  readonly type: string;
  /** Stable machine-readable reason: `invalid_api_key`, `model_not_found`, `model_not_allowed`, `rate_limit_exceeded`, `upstream_timeout`, ... */
  readonly code: string;
  /** Safe to show to any caller: no key, URL, host, account id or stack. */
  readonly message: string;
  /** The request field at fault, as a path: `messages[0].role`. */
  readonly param?: string;
  /** Whether waiting some seconds may cure it; sent as `x-should-retry`. */
  readonly retryable?: boolean;
  /** Sent as whole-second `Retry-After`. */
  readonly retryAfterMs?: number;
  /** For the log only. */
  readonly cause?: unknown;
}

/** The only error that a caller sees the message of. Anything else becomes a plain 500. */
export class GatewayError extends Error {
  public readonly status: number;
  public readonly type: string;
  public readonly code: string;
  public readonly param: string | undefined;
  public readonly retryable: boolean;
  public readonly retryAfterMs: number | undefined;

  public constructor(options: GatewayErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GatewayError';
    this.status = options.status;
    this.type = options.type;
    this.code = options.code;
    this.param = options.param;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A 400 that names the field at fault. */
export function invalidRequest(param: string | undefined, message: string, code = 'invalid_value'): GatewayError {
  return new GatewayError({ status: 400, type: 'invalid_request_error', code, message, ...(param === undefined ? {} : { param }) });
}

/** A 400 for a field that is well-formed but cannot be carried to the chosen provider. */
export function unsupported(param: string, message: string): GatewayError {
  return invalidRequest(param, message, 'unsupported_parameter');
}
