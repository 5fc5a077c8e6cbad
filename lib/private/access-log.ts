/**
 * One line of JSON for each call: sizes, times and outcomes, nothing that a caller wrote. The variables under `integration` are
 * those of response streaming.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-streaming-troubleshoot.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export const ACCESS_LOG_FORMAT = JSON.stringify({
  request_id: '$context.requestId',
  extended_request_id: '$context.extendedRequestId',
  time_epoch_ms: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  resource: '$context.resourcePath',
  protocol: '$context.protocol',
  status: '$context.status',
  response_bytes: '$context.responseLength',
  response_latency_ms: '$context.responseLatency',
  source_ip: '$context.identity.sourceIp',
  gateway_response: '$context.error.responseType',
  integration_status: '$context.integration.status',
  integration_request_id: '$context.integration.requestId',
  integration_error: '$context.integration.error',
  integration_latency_ms: '$context.integration.latency',
  transfer_mode: '$context.integration.responseTransferMode',
  time_to_headers_ms: '$context.integration.timeToAllHeaders',
  time_to_first_content_ms: '$context.integration.timeToFirstContent',
});
