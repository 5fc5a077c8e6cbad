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
  /** `detail-type` of an event about a budget whose spend has reached a share of it. */
  BUDGET_THRESHOLD: 'budget-threshold-reached',
  /** `detail-type` of an event about a key that spends more on a day than its days before let expect. */
  SPEND_ANOMALY: 'spend-anomaly',
  /** `detail-type` of an event about a model that answered although nobody knows its price. */
  PRICE_UNKNOWN: 'price-unknown',
} as const;

/** An event that people should hear of. */
export interface AlertEvent {
  readonly title: string;
  /** Its entry in `docs/runbook.md`. */
  readonly entry: string;
  /** Of its detail, what the message says. */
  readonly fields: readonly string[];
}

/** Events that `alerts` tell of, by their `detail-type`. */
export const ALERT_EVENTS: Readonly<Record<string, AlertEvent>> = {
  [EVENTS.BUDGET_THRESHOLD]: {
    title: 'a budget has reached a threshold',
    entry: 'BudgetThreshold',
    fields: ['level', 'level_id', 'period', 'threshold', 'spent_usd', 'limit_usd'],
  },
  [EVENTS.SPEND_ANOMALY]: {
    title: 'a key spends unlike itself',
    entry: 'SpendAnomaly',
    fields: ['key_id', 'day', 'spent_usd', 'usual_usd'],
  },
  [EVENTS.PRICE_UNKNOWN]: {
    title: 'a model answered whose price is not known',
    entry: 'PriceUnknown',
    fields: ['model', 'day', 'request_id', 'charged_usd'],
  },
};
