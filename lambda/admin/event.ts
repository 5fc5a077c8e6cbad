import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { AdminAnswer, AdminRequest } from './message';

/** Prefix of every path of the admin API, below the stage. */
export const ADMIN_PREFIX = '/admin/v1';

/**
 * Takes API Gateway's REST proxy event apart.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function fromEvent(event: APIGatewayProxyEvent): AdminRequest {
  const headers: Record<string, string | readonly string[] | undefined> = {};
  for (const [name, value] of Object.entries(event.headers ?? {})) headers[name.toLowerCase()] = value;
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    if (values !== undefined) headers[name.toLowerCase()] = values.length === 1 ? values[0] : values;
  }
  const query = new URLSearchParams();
  const many = event.multiValueQueryStringParameters ?? {};
  for (const [name, values] of Object.entries(many)) for (const value of values ?? []) query.append(name, value);
  for (const [name, value] of Object.entries(event.queryStringParameters ?? {})) {
    if (many[name] === undefined && value !== undefined) query.append(name, value);
  }
  return {
    method: event.httpMethod,
    path: belowPrefix(event.path),
    query,
    headers,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

export function toResult(answer: AdminAnswer): APIGatewayProxyResult {
  return { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body, isBase64Encoded: false };
}

/** A custom domain may put a base path in front. */
function belowPrefix(path: string): string {
  const at = path.indexOf(`${ADMIN_PREFIX}/`);
  return at === -1 ? path : path.slice(at + ADMIN_PREFIX.length);
}
