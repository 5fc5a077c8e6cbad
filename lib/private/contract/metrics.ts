/**
 * Metrics, by OpenTelemetry's names where it has one. What each is counted by stands in `METRIC_FACTS`: CloudWatch bills for every
 * combination of a name with the values of its dimensions.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
 */
export const METRICS = {
  /** Calls to the data plane that reached the proxy function. */
  REQUESTS: 'llm_gateway.requests',
  /** Answers with status 5xx, or streams that ended in an error event; not those that the caller's own deadline ended. */
  ERRORS: 'llm_gateway.errors',
  /** Answers with status 4xx. */
  REJECTED: 'llm_gateway.rejected',
  /** 401 answers. */
  AUTH_FAILURES: 'llm_gateway.auth_failures',
  /** 429 answers that waiting cures. */
  RATE_LIMITED: 'llm_gateway.rate_limited',
  /** Refusals because a budget is spent. */
  BUDGET_REFUSED: 'llm_gateway.budget_refused',
  /** Attempts that moved on to another target. */
  FAILOVERS: 'llm_gateway.failovers',
  /** 503 answers because a secret is missing or unusable. */
  MISCONFIGURED: 'llm_gateway.misconfigured',
  /** Answers whose model had no known price. */
  PRICE_UNKNOWN: 'llm_gateway.price_unknown',
  /** Answers whose provider reported a usage that cannot be true. */
  USAGE_ANOMALY: 'llm_gateway.usage_anomaly',
  /** Calls of which a provider had a part of the prompt in its cache. */
  CACHE_HITS: 'llm_gateway.cache_hits',
  /** US dollars. */
  COST: 'llm_gateway.cost',
  /** Input tokens, cached included. */
  INPUT_TOKENS: 'gen_ai.usage.input_tokens',
  /** Of them, read from a provider's cache. */
  CACHE_READ_TOKENS: 'gen_ai.usage.cache_read.input_tokens',
  /** Of them, written into a provider's cache. */
  CACHE_CREATION_TOKENS: 'gen_ai.usage.cache_creation.input_tokens',
  /** Output tokens, reasoning included. */
  OUTPUT_TOKENS: 'gen_ai.usage.output_tokens',
  /** Of them, reasoning. */
  REASONING_TOKENS: 'gen_ai.usage.reasoning.output_tokens',
  /** Seconds from the request's arrival to its last byte. */
  DURATION: 'gen_ai.server.request.duration',
  /** Seconds from the request's arrival to the first byte sent to the caller. */
  TIME_TO_FIRST_TOKEN: 'gen_ai.server.time_to_first_token',
  /** Output tokens a second of a streamed answer, from its first byte to its last. */
  TOKENS_PER_SECOND: 'llm_gateway.tokens_per_second',
  /** Seconds spent in the gateway before the first provider was called. */
  OVERHEAD: 'llm_gateway.overhead',
  /** Reservations that were open on the fullest page of a call when it was admitted, its own among them. */
  RESERVATIONS_OPEN: 'llm_gateway.reservations.open',

  /** Calls that guardrail policies held for. */
  GUARD_CHECKED: 'llm_gateway.guard.checked',
  /** Of them, those that a policy refused, or whose answer it cut. */
  GUARD_BLOCKED: 'llm_gateway.guard.blocked',
  /** Of them, those in which something was masked, and nothing worse. */
  GUARD_MASKED: 'llm_gateway.guard.masked',
  /** Of them, those that something was found in and left as it was, or that went where such calls may go. */
  GUARD_FLAGGED: 'llm_gateway.guard.flagged',
  /** Calls for which a policy came to no verdict, whether they were refused for it or not. */
  GUARD_UNAVAILABLE: 'llm_gateway.guard.unavailable',
  /** Seconds that guardrails took of a call. */
  GUARD_DURATION: 'llm_gateway.guard.duration',

  /** Attempts at a provider. */
  ATTEMPTS: 'llm_gateway.attempts',
  /** Attempts that failed for a reason of the provider's, its network's or its configuration's. */
  ATTEMPT_FAILURES: 'llm_gateway.attempt.failures',
  /** Attempts at which a provider refused the call itself: it, or what translates it, does not take what was asked. */
  ATTEMPT_REFUSALS: 'llm_gateway.attempt.refusals',
  /** A provider refused our credential (401 or 403). */
  PROVIDER_KEY_BAD: 'llm_gateway.provider_key_bad',
  /** Seconds from the start of an attempt to its end. */
  ATTEMPT_DURATION: 'gen_ai.client.operation.duration',
  /** 1 where the place is left alone after the attempt, else 0. */
  BREAKER_OPEN: 'llm_gateway.breaker.open',

  /** Requests answered 503 because the table did not answer. */
  STORE_DOWN: 'llm_gateway.ledger.store_down',
  /** Settlements put on the queue. */
  SETTLE_DEFERRED: 'llm_gateway.ledger.settle_deferred',
  /** Settlements that neither table nor queue took, or that came when something else was decided: their calls are charged what was reserved. */
  SETTLEMENT_LOST: 'llm_gateway.ledger.settlement_lost',
  /** Requests that cost more than they had reserved. */
  BOUND_EXCEEDED: 'llm_gateway.ledger.bound_exceeded',
  /** Reservations of dead requests that the sweeper resolved. */
  SWEPT: 'llm_gateway.ledger.swept',
  /** Deletions that are not done although their time is over, at each look. */
  DELETIONS_OVERDUE: 'llm_gateway.deletions.overdue',
  /** Percent by which a bill and the records are apart where they are most; 100 for a bill that cannot be read. */
  RECONCILIATION_DRIFT: 'llm_gateway.reconciliation.drift',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];

/** How much is counted apart: by the gateway and its providers, or by models and Regions too. */
export const METRICS_LEVELS = ['essential', 'detailed'] as const;
export type MetricsLevel = (typeof METRICS_LEVELS)[number];

/** What metrics are counted by beside the gateway; all values are names of the configuration's or the price book's, or ours. */
export const METRIC_DIMENSIONS = ['provider', 'model', 'region', 'error_type'] as const;
export type MetricDimension = (typeof METRIC_DIMENSIONS)[number];

/** `region` of a provider that has none. */
export const NO_REGION = 'none';
/** `model` of all that nobody configured and no price book lists, together. */
export const OTHER_MODEL = 'other';

/** Kinds of failures of an attempt: values of `error_type`. */
export const ERROR_TYPES = ['credential', 'quota', 'rate_limit', 'timeout', 'overloaded', 'network', 'configuration', 'answer'] as const;
export type ErrorType = (typeof ERROR_TYPES)[number];

/** CloudWatch's namespace, and the dimension that every metric carries. */
export const METRICS_NAMESPACE = 'LlmGateway';
export const GATEWAY_DIMENSION = 'gateway';

/** Combinations of dimensions that a metric is counted by, each beside the gateway; none: it is no metric of CloudWatch's at that level. */
type Combinations = readonly (readonly MetricDimension[])[];

export interface MetricFacts {
  /** As OpenTelemetry writes units. */
  readonly unit: '{request}' | '{attempt}' | '{token}' | '{token}/s' | '{reservation}' | '{deletion}' | '%' | 'USD' | 's' | '1';
  /** What is of interest: how much together, how it is spread, or how it stands. */
  readonly instrument: 'sum' | 'histogram' | 'gauge';
  /** One for a request, one for each attempt at a provider, or one when it happens. */
  readonly per: 'request' | 'attempt' | 'event';
  readonly essential: Combinations;
  readonly detailed: Combinations;
}

const WHOLE: Combinations = [[]];
const BY_MODEL: Combinations = [[], ['provider', 'model']];
const BY_PROVIDER: Combinations = [['provider']];
const BY_PLACE: Combinations = [['provider'], ['provider', 'region']];
const requests = { unit: '{request}', instrument: 'sum', per: 'request', essential: WHOLE, detailed: WHOLE } as const;
const tokens = { unit: '{token}', instrument: 'sum', per: 'request', essential: WHOLE, detailed: BY_MODEL } as const;
const seconds = { unit: 's', instrument: 'histogram', per: 'request', essential: WHOLE, detailed: BY_MODEL } as const;
const attempts = { unit: '{attempt}', instrument: 'sum', per: 'attempt', essential: BY_PROVIDER, detailed: BY_PROVIDER } as const;
const events = { unit: '{request}', instrument: 'sum', per: 'event', essential: WHOLE, detailed: WHOLE } as const;

export const METRIC_FACTS: Readonly<Record<MetricName, MetricFacts>> = {
  [METRICS.REQUESTS]: { ...requests, detailed: BY_MODEL },
  [METRICS.ERRORS]: requests,
  [METRICS.REJECTED]: requests,
  [METRICS.AUTH_FAILURES]: requests,
  [METRICS.RATE_LIMITED]: requests,
  [METRICS.BUDGET_REFUSED]: requests,
  [METRICS.FAILOVERS]: { ...requests, unit: '{attempt}' },
  [METRICS.MISCONFIGURED]: requests,
  [METRICS.PRICE_UNKNOWN]: requests,
  [METRICS.USAGE_ANOMALY]: requests,
  [METRICS.CACHE_HITS]: requests,
  [METRICS.COST]: { ...tokens, unit: 'USD' },
  [METRICS.INPUT_TOKENS]: tokens,
  [METRICS.CACHE_READ_TOKENS]: tokens,
  [METRICS.CACHE_CREATION_TOKENS]: { ...tokens, essential: [] },
  [METRICS.OUTPUT_TOKENS]: tokens,
  [METRICS.REASONING_TOKENS]: { ...tokens, essential: [] },
  [METRICS.DURATION]: seconds,
  [METRICS.TIME_TO_FIRST_TOKEN]: seconds,
  [METRICS.TOKENS_PER_SECOND]: { ...seconds, unit: '{token}/s' },
  [METRICS.OVERHEAD]: { ...seconds, detailed: WHOLE },
  [METRICS.RESERVATIONS_OPEN]: { ...requests, unit: '{reservation}', instrument: 'gauge' },
  [METRICS.GUARD_CHECKED]: requests,
  [METRICS.GUARD_BLOCKED]: requests,
  [METRICS.GUARD_MASKED]: requests,
  [METRICS.GUARD_FLAGGED]: requests,
  [METRICS.GUARD_UNAVAILABLE]: requests,
  [METRICS.GUARD_DURATION]: { ...seconds, detailed: WHOLE },
  [METRICS.ATTEMPTS]: { ...attempts, detailed: BY_PLACE },
  [METRICS.ATTEMPT_FAILURES]: {
    ...attempts,
    essential: [...BY_PROVIDER, ['provider', 'region', 'error_type']],
    detailed: [...BY_PROVIDER, ['provider', 'region', 'error_type']],
  },
  [METRICS.ATTEMPT_REFUSALS]: attempts,
  [METRICS.PROVIDER_KEY_BAD]: attempts,
  [METRICS.ATTEMPT_DURATION]: { ...attempts, unit: 's', instrument: 'histogram', detailed: BY_PLACE },
  [METRICS.BREAKER_OPEN]: { ...attempts, unit: '1', instrument: 'gauge', detailed: BY_PLACE },
  [METRICS.STORE_DOWN]: events,
  [METRICS.SETTLE_DEFERRED]: events,
  [METRICS.SETTLEMENT_LOST]: events,
  [METRICS.BOUND_EXCEEDED]: events,
  [METRICS.SWEPT]: events,
  [METRICS.RECONCILIATION_DRIFT]: { ...events, unit: '%', instrument: 'gauge' },
  [METRICS.DELETIONS_OVERDUE]: { ...events, unit: '{deletion}', instrument: 'gauge' },
};
