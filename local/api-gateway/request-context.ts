import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What `$context` holds of one request, and what its log line says in the end. */
export interface RequestContext {
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly traceId: string;
  readonly method: string;
  readonly protocol: string;
  readonly host: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly stageName: string;
  readonly apiId: string;
  readonly accountId: string;
  /** As received, stage included, without the query. */
  readonly fullPath: string;
  /** Epoch ms. */
  readonly startedAt: number;
  /** Monotonic ms. */
  readonly arrivedMs: number;
  resourceId?: string;
  resourcePath?: string;
  responseTransferMode?: 'STREAM' | 'BUFFERED';
  status?: number;
  responseBytes: number;
  /** Monotonic ms: the integration was called, its headers were complete, its first byte came, it ended. */
  integrationStartedMs?: number;
  headersMs?: number;
  firstContentMs?: number;
  integrationEndedMs?: number;
  integrationStatus?: number;
  error?: { readonly responseType: string; readonly message: string };
}

export interface ContextSource {
  readonly apiId: string;
  readonly stageName: string;
  readonly accountId: string;
}

export function createRequestContext(request: IncomingMessage, source: ContextSource): RequestContext {
  const now = Date.now();
  const address = request.socket.remoteAddress ?? '127.0.0.1';
  return {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(11).toString('base64url').slice(0, 14)}=`,
    traceId: `Root=1-${Math.floor(now / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`,
    method: request.method ?? 'GET',
    protocol: `HTTP/${request.httpVersion}`,
    host: request.headers.host ?? 'localhost',
    sourceIp: address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address,
    userAgent: request.headers['user-agent'] ?? '',
    ...source,
    fullPath: (request.url ?? '/').split('?', 1)[0] ?? '/',
    startedAt: now,
    arrivedMs: performance.now(),
    responseBytes: 0,
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Such as `24/Nov/2026:20:15:00 +0000`. */
export function requestTime(epochMs: number): string {
  const date = new Date(epochMs);
  const [day, time] = [String(date.getUTCDate()).padStart(2, '0'), date.toISOString().slice(11, 19)];
  return `${day}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${time} +0000`;
}

/**
 * The value of a `$context` variable; undefined when it has none here.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
function contextVariable(context: RequestContext, name: string): string | undefined {
  const since = (end: number | undefined, start: number | undefined): string | undefined =>
    end === undefined || start === undefined ? undefined : String(Math.round(end - start));
  switch (name) {
    case 'requestId':
      return context.requestId;
    case 'extendedRequestId':
      return context.extendedRequestId;
    case 'accountId':
      return context.accountId;
    case 'apiId':
      return context.apiId;
    case 'stage':
      return context.stageName;
    case 'httpMethod':
      return context.method;
    case 'path':
      return context.fullPath;
    case 'protocol':
      return context.protocol;
    case 'domainName':
      return context.host;
    case 'resourceId':
      return context.resourceId;
    case 'resourcePath':
      return context.resourcePath;
    case 'requestTime':
      return requestTime(context.startedAt);
    case 'requestTimeEpoch':
      return String(context.startedAt);
    case 'identity.sourceIp':
      return context.sourceIp;
    case 'identity.userAgent':
      return context.userAgent;
    case 'xrayTraceId':
      return context.traceId;
    case 'status':
      return context.status === undefined ? undefined : String(context.status);
    case 'responseLength':
      return String(context.responseBytes);
    case 'responseLatency':
      return since(performance.now(), context.arrivedMs);
    case 'integrationStatus':
    case 'integration.integrationStatus':
    case 'integration.status':
      return context.integrationStatus === undefined ? undefined : String(context.integrationStatus);
    case 'integrationLatency':
    case 'integration.latency':
      return since(context.integrationEndedMs, context.integrationStartedMs);
    case 'integration.responseTransferMode':
      return context.responseTransferMode;
    case 'integration.timeToAllHeaders':
      return since(context.headersMs, context.integrationStartedMs);
    case 'integration.timeToFirstContent':
      return since(context.firstContentMs, context.integrationStartedMs);
    case 'error.message':
      return context.error?.message;
    case 'error.messageString':
      return context.error === undefined ? undefined : JSON.stringify(context.error.message);
    case 'error.responseType':
      return context.error?.responseType;
    default:
      return undefined;
  }
}

/** Puts `$context` variables into a text; one without a value becomes `absent`. */
export function substituteContext(template: string, context: RequestContext, absent: string): string {
  return template.replace(/\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g, (_match, name: string) => contextVariable(context, name) ?? absent);
}
