/** CloudWatch metrics, written in the embedded metric format. The unit is in the comment. */
export const METRICS = {
  NAMESPACE: 'LlmGateway',
  /** Dimension that every metric carries: `ENV.GATEWAY`. */
  GATEWAY_DIMENSION: 'gateway',
  PROVIDER_DIMENSION: 'provider',
  MODEL_DIMENSION: 'model',
  /** Count: calls to the data plane that reached the proxy function. */
  REQUESTS: 'Requests',
  /** Count: answers with status 5xx, or streams that ended in an error event; not those that the caller's own deadline ended. */
  ERRORS: 'Errors',
  /** Count: answers with status 4xx. */
  REJECTED: 'Rejected',
  /** Count: 401 answers. */
  AUTH_FAILURES: 'AuthFailures',
  /** Count: 429 answers that waiting cures. */
  RATE_LIMITED: 'RateLimited',
  /** Count: refusals because a budget is spent. */
  BUDGET_REFUSED: 'BudgetRefused',
  /** Count: attempts at a provider that failed. */
  UPSTREAM_FAILURES: 'UpstreamFailures',
  /** Count: attempts that moved on to another target. */
  FAILOVERS: 'Failovers',
  /** Count: a provider refused our credential (401 or 403). */
  PROVIDER_KEY_BAD: 'ProviderKeyBad',
  /** Count: requests answered 503 because the table did not answer. */
  STORE_DOWN: 'StoreDown',
  /** Count: settlements put on the queue. */
  SETTLE_DEFERRED: 'SettleDeferred',
  /** Count: settlements that neither table nor queue took, or that came when something else was decided: their calls are charged what was reserved. */
  SETTLEMENT_LOST: 'SettlementLost',
  /** Count: requests that cost more than they had reserved. */
  BOUND_EXCEEDED: 'BoundExceeded',
  /** Count: answers whose provider reported a usage that cannot be true. */
  USAGE_ANOMALY: 'UsageAnomaly',
  /** Count: answers whose model had no known price. */
  PRICE_UNKNOWN: 'PriceUnknown',
  /** Count: reservations of dead requests that the sweeper resolved. */
  SWEPT: 'Swept',
  /** Count: 503 answers because a secret is missing or unusable. */
  MISCONFIGURED: 'Misconfigured',
  /** Count: input tokens, cached included. */
  INPUT_TOKENS: 'InputTokens',
  /** Count: output tokens, reasoning included. */
  OUTPUT_TOKENS: 'OutputTokens',
  /** US dollars. */
  COST: 'CostUsd',
  /** Milliseconds from the request's arrival to its last byte. */
  LATENCY: 'Latency',
  /** Milliseconds from the request's arrival to the first byte sent to the caller. */
  TIME_TO_FIRST_BYTE: 'TimeToFirstByte',
  /** Milliseconds spent in the gateway before the provider was called. */
  OVERHEAD: 'Overhead',
} as const;

/** Codes of the answers that API Gateway gives without asking a function; the runtime's catalogue has their status and type. */
export type EdgeErrorCode =
  | 'invalid_request'
  | 'gateway_unavailable'
  | 'rate_limit_exceeded'
  | 'request_too_large'
  | 'unsupported_media_type'
  | 'not_found'
  | 'access_denied'
  | 'gateway_timeout'
  | 'gateway_overloaded';

/** Events on the gateway's bus. */
export const EVENTS = {
  /** `source` of every event. */
  SOURCE: 'llm-gateway',
  /** `detail-type` of an event about a record of the stream that no pipeline could take in. */
  FAULT: 'fault',
} as const;
