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
