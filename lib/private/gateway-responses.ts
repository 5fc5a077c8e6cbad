import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { EdgeErrorCode } from './contract';

/** One kind of answer that API Gateway gives without asking a function. */
interface EdgeAnswer {
  readonly type: apigateway.ResponseType;
  /** Absent: as API Gateway would answer. */
  readonly status?: string;
  /** Anthropic's error type, which OpenAI's clients ignore. */
  readonly errorType: string;
  readonly code: EdgeErrorCode;
  /** Our own sentence; API Gateway's own message when absent. */
  readonly message?: string;
  readonly retryAfterSeconds?: number;
}

const { ResponseType } = apigateway;

const ANSWERS: Record<string, EdgeAnswer> = {
  Default4xx: { type: ResponseType.DEFAULT_4XX, errorType: 'invalid_request_error', code: 'invalid_request' },
  Default5xx: {
    type: ResponseType.DEFAULT_5XX,
    status: '503',
    errorType: 'overloaded_error',
    code: 'gateway_unavailable',
    message: 'the gateway could not take the call; try again',
    retryAfterSeconds: 1,
  },
  Throttled: {
    type: ResponseType.THROTTLED,
    status: '429',
    errorType: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: 'too many calls to the gateway at once; try again',
    retryAfterSeconds: 1,
  },
  QuotaExceeded: {
    type: ResponseType.QUOTA_EXCEEDED,
    status: '429',
    errorType: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: 'the quota of calls to the gateway is used up',
  },
  RequestTooLarge: {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: '413',
    errorType: 'request_too_large',
    code: 'request_too_large',
    message: 'the request body is too large; 4 MB are safe',
  },
  UnsupportedMediaType: {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    status: '415',
    errorType: 'invalid_request_error',
    code: 'unsupported_media_type',
    message: 'send the request body as application/json',
  },
  // A path without a method is answered with this type, not with RESOURCE_NOT_FOUND.
  MissingAuthenticationToken: {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: '404',
    errorType: 'not_found_error',
    code: 'not_found',
    message: 'the gateway has no such path',
  },
  ResourceNotFound: {
    type: ResponseType.RESOURCE_NOT_FOUND,
    status: '404',
    errorType: 'not_found_error',
    code: 'not_found',
    message: 'the gateway has no such path',
  },
  AccessDenied: {
    type: ResponseType.ACCESS_DENIED,
    status: '403',
    errorType: 'permission_error',
    code: 'access_denied',
    message: 'a policy of the gateway does not allow this call',
  },
  WafFiltered: {
    type: ResponseType.WAF_FILTERED,
    status: '403',
    errorType: 'permission_error',
    code: 'access_denied',
    message: 'a firewall of the gateway does not allow this call',
  },
  IntegrationTimeout: {
    type: ResponseType.INTEGRATION_TIMEOUT,
    status: '504',
    errorType: 'timeout_error',
    code: 'gateway_timeout',
    message: 'the call took longer than the gateway can wait',
  },
  // The function could not be called. Nearly always Lambda has no concurrency left, which API Gateway reports as this type.
  IntegrationFailure: {
    type: ResponseType.INTEGRATION_FAILURE,
    status: '503',
    errorType: 'overloaded_error',
    code: 'gateway_overloaded',
    message: 'the gateway serves as many calls at once as it may; try again',
    retryAfterSeconds: 1,
  },
};

/**
 * Gives API Gateway's own answers one body that is valid in OpenAI's and in Anthropic's dialect.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export function addGatewayResponses(api: apigateway.RestApi): void {
  for (const [id, answer] of Object.entries(ANSWERS)) {
    api.addGatewayResponse(id, {
      type: answer.type,
      statusCode: answer.status,
      templates: { 'application/json': body(answer) },
      ...(answer.retryAfterSeconds === undefined ? {} : { responseHeaders: { 'Retry-After': `'${answer.retryAfterSeconds}'` } }),
    });
  }
}

/** `$context.error.messageString` brings its own quotes. */
function body({ errorType, code, message }: EdgeAnswer): string {
  const text = message === undefined ? '$context.error.messageString' : JSON.stringify(message);
  return (
    `{"type":"error","error":{"type":"${errorType}","message":${text},"code":"${code}","param":null},` +
    '"request_id":"$context.requestId"}'
  );
}
