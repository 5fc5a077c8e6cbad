import { ERRORS, type ErrorCode, type ErrorType, type InvalidCode } from './error-catalogue';

/** What went wrong, in the gateway's own terms. Each dialect says it in its own words (`Dialect.encodeError`). */
export interface GatewayErrorOptions {
  /** Decides status, type and whether to try again. */
  readonly code: ErrorCode;
  /** Safe to show to any caller: no key, URL, host, account id or stack. */
  readonly message: string;
  /** The request field at fault, as a path: `messages[0].role`. */
  readonly param?: string;
  /** Trying again is of no use in this case, though it may be with this code. */
  readonly retryable?: false;
  /** Sent as whole-second `Retry-After`. */
  readonly retryAfterMs?: number;
  /** The provider's own name for what it refused, shown in place of the code: clients know some of them. */
  readonly providerCode?: string;
  /** For the log only. */
  readonly cause?: unknown;
}

/** The only error that a caller sees the message of. Anything else becomes a plain 500. */
export class GatewayError extends Error {
  public readonly code: ErrorCode;
  /** What callers and usage records are told. */
  public readonly shownCode: string;
  /** The one for a caller of Chat Completions; the dialect's table decides where it has another. */
  public readonly status: number;
  public readonly type: ErrorType;
  public readonly param: string | undefined;
  public readonly retryable: boolean;
  public readonly retryAfterMs: number | undefined;

  public constructor({ code, message, param, retryable, retryAfterMs, providerCode, cause }: GatewayErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    const facts = ERRORS[code];
    this.name = 'GatewayError';
    this.code = code;
    this.shownCode = providerCode ?? code;
    this.status = facts.status;
    this.type = facts.type;
    this.param = param;
    this.retryable = retryable ?? facts.retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A 400 that names the field at fault. */
export function invalidRequest(param: string | undefined, message: string, code: InvalidCode = 'invalid_value'): GatewayError {
  return new GatewayError({ code, message, ...(param === undefined ? {} : { param }) });
}

/** A 400 for a field that is well-formed but cannot be carried to the chosen provider. */
export function unsupported(param: string, message: string): GatewayError {
  return invalidRequest(param, message, 'unsupported_parameter');
}
