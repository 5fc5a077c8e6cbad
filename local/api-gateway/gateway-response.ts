import type { GatewayResponseDefinition } from './api-definition';
import { type RequestContext, substituteContext } from './request-context';

interface GatewayResponseType {
  readonly status: number;
  readonly message: string;
  /** Value of `x-amzn-ErrorType`. */
  readonly exception: string;
}

/**
 * The answers that API Gateway gives by itself, those that the local run can bring about.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const TYPES = {
  MISSING_AUTHENTICATION_TOKEN: { status: 403, message: 'Missing Authentication Token', exception: 'MissingAuthenticationTokenException' },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long', exception: 'RequestTooLargeException' },
  THROTTLED: { status: 429, message: 'Too Many Requests', exception: 'TooManyRequestsException' },
  BAD_REQUEST_BODY: { status: 400, message: 'Bad Request', exception: 'BadRequestException' },
  INTEGRATION_FAILURE: { status: 504, message: 'Internal server error', exception: 'InternalServerErrorException' },
  INTEGRATION_TIMEOUT: { status: 504, message: 'Endpoint request timed out', exception: 'InternalServerErrorException' },
  API_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error', exception: 'InternalServerErrorException' },
  DEFAULT_4XX: { status: 400, message: 'Bad Request', exception: 'BadRequestException' },
  DEFAULT_5XX: { status: 500, message: 'Internal server error', exception: 'InternalServerErrorException' },
} as const satisfies Record<string, GatewayResponseType>;

export type GatewayResponseName = keyof typeof TYPES;

export interface RenderedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/** Ways in which one answer differs from its type. */
export interface GatewayResponseOverrides {
  readonly status?: number;
  readonly message?: string;
}

/** One of API Gateway's own answers, shaped by the template's gateway responses. */
export function renderGatewayResponse(
  definitions: ReadonlyMap<string, GatewayResponseDefinition>,
  name: GatewayResponseName,
  context: RequestContext,
  overrides: GatewayResponseOverrides = {},
): RenderedResponse {
  const type: GatewayResponseType = TYPES[name];
  const original = overrides.status ?? type.status;
  const fallback = original < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  const definition = definitions.get(name) ?? definitions.get(fallback);
  context.error = { responseType: name, message: overrides.message ?? type.message };
  const status = definition?.statusCode ?? original;
  context.status = status;
  const [mediaType, template] = chooseTemplate(definition);
  return {
    status,
    headers: {
      'Content-Type': mediaType,
      'x-amzn-RequestId': context.requestId,
      'x-amzn-ErrorType': type.exception,
      'x-amz-apigw-id': context.extendedRequestId,
      ...responseHeaders(definition, context),
    },
    body: substituteContext(template, context, ''),
  };
}

function chooseTemplate(definition: GatewayResponseDefinition | undefined): [string, string] {
  const templates = Object.entries(definition?.templates ?? {});
  return templates.find(([mediaType]) => mediaType === 'application/json') ?? templates[0] ?? ['application/json', DEFAULT_TEMPLATE];
}

function responseHeaders(definition: GatewayResponseDefinition | undefined, context: RequestContext): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, expression] of Object.entries(definition?.parameters ?? {})) {
    const header = /^gatewayresponse\.header\.(.+)$/.exec(name)?.[1];
    if (header === undefined) continue;
    const literal = /^'(.*)'$/s.exec(expression)?.[1];
    const value = literal ?? substituteContext(`$${expression}`, context, '');
    if (value !== '' && !value.startsWith('$')) headers[header] = value;
  }
  return headers;
}
