import type { Writable } from 'node:stream';
import type { Exchange } from '../../platform/http';
import { NEVER_CANCELLED } from '../../platform/runtime';

/** What both kinds of proxy event have in common, read leniently: API Gateway REST (v1) and function URLs (v2). */
interface ProxyEvent {
  readonly httpMethod?: string;
  readonly path?: string;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  readonly requestContext?: { readonly http?: { readonly method?: string } };
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/** What an invocation is told by Lambda. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Kept back from the function's time for the settlement, in milliseconds. */
const SETTLE_MARGIN_MS = 20_000;

/**
 * An exchange from an event of API Gateway (REST, proxy integration) or a function URL.
 *
 * @param respond sends status and headers and gives the stream for the rest
 * @returns undefined for anything else, such as a warm-up ping
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
export function exchangeFromEvent(
  event: unknown,
  context: InvocationContext,
  nowMs: number,
  respond: (status: number, headers: Readonly<Record<string, string>>) => Writable,
): Exchange | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const proxy = event as ProxyEvent;
  const method = proxy.httpMethod ?? proxy.requestContext?.http?.method;
  const path = proxy.path ?? proxy.rawPath;
  if (typeof method !== 'string' || typeof path !== 'string') return undefined;
  return {
    method,
    path,
    query: proxy.rawQueryString ?? queryOf(proxy),
    headers: headersOf(proxy),
    body: Buffer.from(proxy.body ?? '', proxy.isBase64Encoded === true ? 'base64' : 'utf8'),
    // A disconnect is invisible in Lambda.
    wanted: NEVER_CANCELLED,
    arrivedMs: nowMs,
    deadlineMs: nowMs + Math.max(1_000, context.getRemainingTimeInMillis() - SETTLE_MARGIN_MS),
    respond,
  };
}

function headersOf({ headers, multiValueHeaders }: ProxyEvent): Exchange['headers'] {
  const result: Record<string, string | readonly string[]> = Object.create(null);
  for (const [name, value] of Object.entries(headers ?? {})) if (value !== undefined) result[name.toLowerCase()] = value;
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    if (values === undefined || values.length === 0) continue;
    const lower = name.toLowerCase();
    result[lower] = values.length === 1 ? (values[0] as string) : values;
  }
  return result;
}

function queryOf({ multiValueQueryStringParameters }: ProxyEvent): string {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(multiValueQueryStringParameters ?? {}))
    for (const value of values ?? []) query.append(name, value);
  return query.toString();
}
