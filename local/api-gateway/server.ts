import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMeantForLoopback } from '../../lambda/platform/runtime';
import type { FunctionPool } from '../lambda/function-pool';
import { LocalRunError } from '../template/failure';
import { type InvokePermission, mayInvoke } from '../template/policies';
import type { ApiDefinition } from './api-definition';
import { serveBuffered } from './buffered-integration';
import { ApiExchange } from './exchange';
import { API_LIMITS, type ApiLimits } from './limits';
import { proxyEvent } from './proxy-event';
import { readBody } from './request-body';
import { createRequestContext, substituteContext } from './request-context';
import type { ResponseHead } from './response-head';
import { type RouteMatch, RouteTable } from './route-table';
import { serveStreamed } from './streamed-integration';
import { Throttle } from './throttle';

export interface ApiGatewayOptions {
  readonly api: ApiDefinition;
  /** By function ARN. */
  readonly functions: ReadonlyMap<string, FunctionPool>;
  readonly permissions: readonly InvokePermission[];
  readonly account: { readonly accountId: string; readonly region: string; readonly partition: string };
  /** 0 takes any free port. */
  readonly port: number;
  /** Names in `Host`, in lower case, that are meant for this gateway besides those of loopback. */
  readonly hosts?: readonly string[];
  /** One line of the access log. */
  readonly onAccess?: (line: string) => void;
  /** Told of each answer's request id, as its header has it, under the trace id of the invocation. */
  readonly onAnswer?: (traceId: string, requestId: string) => void;
  /** Something the user should know of. */
  readonly onNote?: (message: string) => void;
  /** Overrides; tests only. */
  readonly limits?: Partial<ApiLimits>;
}

/** Longest time that requests under way get when the server closes, in ms. */
const DRAIN_MS = 10_000;
/** Node's own header limit: well above API Gateway's, so that the refusal is ours. */
const PARSER_HEADER_BYTES = 64 * 1024;

const REQUEST_ID_HEADER = 'x-gateway-request-id';
const UNKNOWN_HOST =
  'Forbidden: the local gateway answers to the names localhost and 127.0.0.1 with its own port; name another with --host NAME';

/** A REST API of the template on loopback: its routes, limits, gateway responses and stage. */
export class ApiGatewayServer {
  private readonly routes: RouteTable;
  private readonly throttle: Throttle;
  private readonly limits: ApiLimits;
  private readonly server: Server;

  private constructor(private readonly options: ApiGatewayOptions) {
    this.routes = new RouteTable(options.api.routes);
    this.throttle = new Throttle(options.api.throttles);
    this.limits = { ...API_LIMITS, ...options.limits };
    this.server = createServer({ maxHeaderSize: PARSER_HEADER_BYTES, keepAliveTimeout: 60_000 }, (request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        options.onNote?.(`the local run failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        response.destroy();
      });
    });
    this.server.requestTimeout = 0;
  }

  /** @throws LocalRunError when the port is taken */
  public static async start(options: ApiGatewayOptions): Promise<ApiGatewayServer> {
    const gateway = new ApiGatewayServer(options);
    await new Promise<void>((resolve, reject) => {
      gateway.server.once('error', (error: NodeJS.ErrnoException) => {
        const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
        reject(
          taken
            ? new LocalRunError(`port ${options.port} is not free (${error.code}); choose another with --port, or --port 0 for any`)
            : error,
        );
      });
      gateway.server.listen(options.port, '127.0.0.1', resolve);
    });
    return gateway;
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The API's URL, stage included, without a trailing slash. */
  public get url(): string {
    return `http://127.0.0.1:${this.port}/${this.options.api.stageName}`;
  }

  /** Takes no further request, lets those under way end, then closes. */
  public async close(drainMs = DRAIN_MS): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const timer = setTimeout(() => this.server.closeAllConnections(), drainMs);
    await closed;
    clearTimeout(timer);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { api, account, onAccess, onAnswer, onNote } = this.options;
    const context = createRequestContext(request, { apiId: api.apiId, stageName: api.stageName, accountId: account.accountId });
    const onHead = ({ headers }: ResponseHead): void => {
      const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === REQUEST_ID_HEADER);
      if (at >= 0) onAnswer?.(context.traceId, headers[at + 1] as string);
    };
    const exchange = new ApiExchange(request, response, context, api, this.limits, (message) => onNote?.(message), onHead);
    if (onAccess !== undefined && api.accessLogFormat !== undefined) {
      const format = api.accessLogFormat;
      response.once('close', () => onAccess(substituteContext(format, context, '-')));
    }
    if (headerBytes(request) > this.limits.headerBytes) {
      exchange.refuse('DEFAULT_4XX', { status: 431, message: 'Request Header Fields Too Large' });
      return;
    }
    if (!isMeantForLoopback(request.rawHeaders, this.port, this.options.hosts)) {
      exchange.refuse('DEFAULT_4XX', { status: 403, message: UNKNOWN_HOST });
      return;
    }
    const prefix = `/${api.stageName}`;
    const target = request.url ?? '/';
    if (target !== prefix && !target.startsWith(`${prefix}/`) && !target.startsWith(`${prefix}?`)) {
      this.forbid(response);
      return;
    }
    const [path = '', ...query] = target.slice(prefix.length).split('?');
    const match = this.routes.match(context.method, path || '/');
    if (match === undefined) {
      exchange.refuse('MISSING_AUTHENTICATION_TOKEN');
      return;
    }
    context.resourceId = match.route.resourceId;
    context.resourcePath = match.route.resourcePath;
    if (!this.throttle.take(match.route)) {
      exchange.refuse('THROTTLED');
      return;
    }
    await this.integrate(exchange, match, path || '/', query.join('?'));
  }

  private async integrate(exchange: ApiExchange, match: RouteMatch, path: string, query: string): Promise<void> {
    const { request, context } = exchange;
    const body = await readBody(request, this.limits.requestBytes);
    if (body === 'too_large') {
      exchange.refuse('REQUEST_TOO_LARGE');
      return;
    }
    if (body === 'aborted') return;
    const { integration } = match.route;
    if (integration.kind === 'mock') {
      exchange.response.writeHead(integration.status, integration.headers).end();
      return;
    }
    const pool = this.options.functions.get(integration.functionArn);
    if (pool === undefined || !this.mayCall(pool, integration.invokedArn, match)) {
      exchange.note(`the template lets API Gateway not invoke ${integration.invokedArn}: AWS::Lambda::Permission is missing`);
      exchange.refuse('API_CONFIGURATION_ERROR');
      return;
    }
    const event = proxyEvent({
      context,
      match,
      path,
      query,
      rawHeaders: request.rawHeaders,
      body,
      deploymentId: this.options.api.deploymentId,
      port: this.port,
    });
    const target = { pool, timeoutMs: integration.timeoutMs };
    await (integration.streamed ? serveStreamed(exchange, event, target) : serveBuffered(exchange, event, target));
  }

  private mayCall({ definition }: FunctionPool, invokedArn: string, { route }: RouteMatch): boolean {
    const { account, api, permissions } = this.options;
    const method = route.method === 'ANY' ? '*' : route.method;
    const path = route.resourcePath.replace(/\{[^}]+\}/g, '*');
    const source = `arn:${account.partition}:execute-api:${account.region}:${account.accountId}:${api.apiId}/${api.stageName}/${method}${path}`;
    // A permission holds for what it names: one on the function opens none of its aliases, and the other way round.
    const target = invokedArn === definition.arn ? definition : { name: invokedArn, arn: invokedArn };
    return mayInvoke(permissions, target, 'apigateway.amazonaws.com', source);
  }

  /** What AWS answers for a stage that does not exist, with a word on where the gateway is. */
  private forbid(response: ServerResponse): void {
    const body = JSON.stringify({ message: `Forbidden: the gateway is at ${this.url}` });
    response.writeHead(403, { 'Content-Type': 'application/json', 'x-amzn-ErrorType': 'ForbiddenException', Connection: 'close' });
    response.end(body);
  }
}

function headerBytes(request: IncomingMessage): number {
  return request.rawHeaders.reduce((sum, part) => sum + Buffer.byteLength(part), Buffer.byteLength(request.url ?? ''));
}
