/**
 * API Gateway's fixed limits for REST APIs.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export interface ApiLimits {
  /** Largest request body, in bytes. */
  readonly requestBytes: number;
  /** Largest answer of an integration that does not stream, in bytes. */
  readonly bufferedResponseBytes: number;
  /** Largest sum of the request line's and headers' names and values; the same for an answer's headers. */
  readonly headerBytes: number;
  /** The metadata and its delimiter must lie within so many bytes of a streamed answer. */
  readonly preludeBytes: number;
  /** Longest silence of a streamed integration, in ms, for regional endpoints. */
  readonly idleMs: number;
}

export const API_LIMITS: ApiLimits = {
  requestBytes: 10 * 1024 * 1024,
  bufferedResponseBytes: 10 * 1024 * 1024,
  headerBytes: 10_240,
  preludeBytes: 16 * 1024,
  idleMs: 5 * 60_000,
};

/** Integration timeout when the template names none, in ms. */
export const DEFAULT_INTEGRATION_TIMEOUT_MS = 29_000;
