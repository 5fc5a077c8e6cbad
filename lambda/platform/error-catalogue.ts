import type { EdgeErrorCode } from '../../lib/private/contract';

/** Failure class, low cardinality. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'insufficient_quota'
  | 'overloaded_error'
  | 'upstream_error'
  | 'timeout_error'
  | 'api_error';

/** What an error is, whatever the case. What it means, and what to do, is in `error-words/`, which no function loads. */
export interface ErrorFacts {
  /** For a caller of Chat Completions and of the admin API; a dialect's `encode-error.ts` says where it answers with another. */
  readonly status: number;
  readonly type: ErrorType;
  /** Whether waiting some seconds may cure it; sent as `x-should-retry`. A case may rule it out, none may promise it. */
  readonly retryable: boolean;
}

const INVALID = { status: 400, type: 'invalid_request_error', retryable: false } as const;
const CONFLICT = { status: 409, type: 'invalid_request_error', retryable: false } as const;
const UNAUTHENTICATED = { status: 401, type: 'authentication_error', retryable: false } as const;
const FORBIDDEN = { status: 403, type: 'permission_error', retryable: false } as const;
const NOT_FOUND = { status: 404, type: 'not_found_error', retryable: false } as const;
const UNAVAILABLE = { status: 503, type: 'api_error', retryable: false } as const;
const OVERLOADED = { status: 503, type: 'overloaded_error', retryable: true } as const;
const TIMEOUT = { status: 504, type: 'timeout_error', retryable: true } as const;
const BAD_UPSTREAM = { status: 502, type: 'upstream_error', retryable: false } as const;
const UPSTREAM_FAULT = { status: 502, type: 'upstream_error', retryable: true } as const;

/** Every error that the gateway tells of by itself. A provider's own name for a refused field is shown in place of `invalid_request`. */
const CATALOGUE = {
  // What a call says.
  invalid_value: INVALID,
  invalid_type: INVALID,
  invalid_header: INVALID,
  invalid_json: INVALID,
  invalid_model: INVALID,
  missing_field: INVALID,
  missing_required_parameter: INVALID,
  unknown_field: INVALID,
  duplicate_field: INVALID,
  forbidden_field: INVALID,
  unsupported_parameter: INVALID,
  operation_not_supported: INVALID,
  media_url_not_allowed: INVALID,
  exceeds_parent: INVALID,
  range_too_large: INVALID,
  ambiguous_credentials: INVALID,
  idempotency_mismatch: INVALID,
  max_cost_exceeded: INVALID,
  no_matching_target: INVALID,
  price_unknown: INVALID,
  request_timeout: { ...TIMEOUT, status: 408 },
  request_too_large: { ...INVALID, status: 413 },
  unsupported_media_type: { ...INVALID, status: 415 },

  // Where it goes.
  not_found: NOT_FOUND,
  unknown_url: { ...INVALID, status: 404 },
  method_not_allowed: { ...INVALID, status: 405 },
  upgrade_required: { ...INVALID, status: 426 },
  model_not_found: NOT_FOUND,
  resource_not_found: NOT_FOUND,

  // Who calls, and what they may.
  invalid_api_key: UNAUTHENTICATED,
  key_expired: UNAUTHENTICATED,
  key_revoked: UNAUTHENTICATED,
  key_blocked: FORBIDDEN,
  permission_denied: FORBIDDEN,
  access_denied: FORBIDDEN,
  endpoint_not_allowed: FORBIDDEN,
  model_not_allowed: FORBIDDEN,
  target_not_allowed: FORBIDDEN,
  server_tool_not_allowed: FORBIDDEN,
  insufficient_quota: { status: 402, type: 'insufficient_quota', retryable: false },
  rate_limit_exceeded: { status: 429, type: 'rate_limit_error', retryable: true },

  // What stands in the way of a change.
  already_exists: CONFLICT,
  already_revoked: CONFLICT,
  concurrent_change: { ...CONFLICT, retryable: true },
  doubtful_price_book: CONFLICT,
  duplicate_request: CONFLICT,
  idempotency_key_reused: CONFLICT,
  not_empty: CONFLICT,
  older_price_book: CONFLICT,
  precondition_failed: { ...CONFLICT, status: 412 },

  // The gateway itself.
  internal_error: { status: 500, type: 'api_error', retryable: false },
  misconfigured: UNAVAILABLE,
  provider_misconfigured: UNAVAILABLE,
  guardrail_unavailable: { ...UNAVAILABLE, retryable: true },
  secret_unavailable: { ...UNAVAILABLE, retryable: true },
  store_unavailable: { ...UNAVAILABLE, retryable: true },
  gateway_overloaded: OVERLOADED,
  gateway_unavailable: OVERLOADED,
  gateway_timeout: TIMEOUT,

  // The provider.
  invalid_request: INVALID,
  content_policy_violation: INVALID,
  context_length_exceeded: INVALID,
  all_targets_failed: OVERLOADED,
  all_targets_refused: { ...BAD_UPSTREAM, status: 503 },
  egress_denied: UPSTREAM_FAULT,
  event_too_large: BAD_UPSTREAM,
  upstream_auth: BAD_UPSTREAM,
  upstream_conflict: { ...UPSTREAM_FAULT, status: 503 },
  upstream_encoded: UPSTREAM_FAULT,
  upstream_error: UPSTREAM_FAULT,
  upstream_incomplete: UPSTREAM_FAULT,
  upstream_invalid_response: UPSTREAM_FAULT,
  upstream_overloaded: OVERLOADED,
  upstream_quota: { ...BAD_UPSTREAM, status: 503 },
  upstream_redirect: UPSTREAM_FAULT,
  upstream_reset: UPSTREAM_FAULT,
  upstream_runaway: BAD_UPSTREAM,
  upstream_timeout: TIMEOUT,
  upstream_tls: UPSTREAM_FAULT,
  upstream_too_large: BAD_UPSTREAM,
  upstream_unreachable: UPSTREAM_FAULT,

  // The caller who left.
  caller_timeout: { ...TIMEOUT, retryable: false },
  client_closed_request: { ...UPSTREAM_FAULT, status: 499 },
} as const satisfies Readonly<Record<string, ErrorFacts>> & Readonly<Record<EdgeErrorCode, ErrorFacts>>;

export type ErrorCode = keyof typeof CATALOGUE;

/** Codes of a 400: what a call says is wrong. */
export type InvalidCode = { [Code in ErrorCode]: (typeof CATALOGUE)[Code]['status'] extends 400 ? Code : never }[ErrorCode];

export const ERRORS: Readonly<Record<ErrorCode, ErrorFacts>> = CATALOGUE;
