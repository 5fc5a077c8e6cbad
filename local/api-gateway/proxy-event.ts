import { type RequestContext, requestTime } from './request-context';
import type { RouteMatch } from './route-table';

/** What a proxy event is made of. */
export interface ProxyEventSource {
  readonly context: RequestContext;
  readonly match: RouteMatch;
  /** Path without the stage, as sent. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Name, value, name, value, ... as received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly deploymentId: string;
  readonly port: number;
}

type MultiValues = Record<string, string[]>;

/** Headers that end at API Gateway: they describe the client's connection, not the request. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);

/**
 * The event of a Lambda proxy integration of a REST API, as UTF-8 JSON.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyEvent(source: ProxyEventSource): Buffer {
  const { context, match, body } = source;
  const multiValueHeaders = headerValues(source);
  const multiValueQuery = queryValues(source.query);
  const hasQuery = Object.keys(multiValueQuery).length > 0;
  return Buffer.from(
    JSON.stringify({
      resource: match.route.resourcePath,
      path: source.path,
      httpMethod: context.method,
      headers: lastValues(multiValueHeaders),
      multiValueHeaders,
      queryStringParameters: hasQuery ? lastValues(multiValueQuery) : null,
      multiValueQueryStringParameters: hasQuery ? multiValueQuery : null,
      pathParameters: Object.keys(match.pathParameters).length > 0 ? match.pathParameters : null,
      stageVariables: null,
      requestContext: requestContext(source),
      body: body.length > 0 ? body.toString('utf8') : null,
      isBase64Encoded: false,
    }),
  );
}

function requestContext({ context, match, deploymentId }: ProxyEventSource): object {
  return {
    resourceId: match.route.resourceId,
    resourcePath: match.route.resourcePath,
    httpMethod: context.method,
    extendedRequestId: context.extendedRequestId,
    requestTime: requestTime(context.startedAt),
    path: context.fullPath,
    accountId: context.accountId,
    protocol: context.protocol,
    stage: context.stageName,
    domainPrefix: context.host.split(/[.:]/, 1)[0],
    requestTimeEpoch: context.startedAt,
    requestId: context.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: context.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: context.userAgent === '' ? null : context.userAgent,
      user: null,
    },
    domainName: context.host,
    deploymentId,
    apiId: context.apiId,
  };
}

function headerValues({ rawHeaders, context, port }: ProxyEventSource): MultiValues {
  const values: MultiValues = Object.create(null) as MultiValues;
  /** The first spelling of a name is kept for all its values. */
  const spelling = new Map<string, string>();
  const add = (name: string, value: string): void => {
    const known = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), known);
    values[known] ??= [];
    values[known].push(value);
  };
  let forwardedFor = context.sourceIp;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name, value] = [rawHeaders[index] as string, rawHeaders[index + 1] as string];
    const lower = name.toLowerCase();
    if (lower === 'x-forwarded-for') forwardedFor = `${value}, ${context.sourceIp}`;
    else if (!CONNECTION_HEADERS.has(lower) && !lower.startsWith('x-forwarded-') && lower !== 'x-amzn-trace-id') add(name, value);
  }
  add('X-Amzn-Trace-Id', context.traceId);
  add('X-Forwarded-For', forwardedFor);
  add('X-Forwarded-Port', String(port));
  add('X-Forwarded-Proto', 'http');
  return values;
}

function queryValues(query: string): MultiValues {
  const values: MultiValues = Object.create(null) as MultiValues;
  for (const [name, value] of new URLSearchParams(query)) {
    values[name] ??= [];
    values[name].push(value);
  }
  return values;
}

function lastValues(values: MultiValues): Record<string, string> {
  const result: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, members] of Object.entries(values)) result[name] = members.at(-1) ?? '';
  return result;
}
