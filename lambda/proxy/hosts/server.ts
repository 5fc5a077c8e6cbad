import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { GatewayError } from '../../platform/error';
import type { Exchange } from '../../platform/http';
import type { Clock } from '../../platform/runtime';
import { type OpenCall, OpenCalls } from './open-calls';
import { READINESS_PATH } from './readiness';

/** What serves one exchange; resolves when everything of it is done, settlement included. */
export type Handle = (exchange: Exchange) => Promise<void>;

export interface GatewayServerOptions {
  readonly clock: Clock;
  /** Bodies are read no further than this, in bytes. */
  readonly maxBodyBytes: number;
  /** The longest that one call may take, in milliseconds. Default: 15 minutes. */
  readonly maxDurationMs?: number;
  /** What a caller's going does to its call: the provider is freed at once, or read on to the usage that it reports. Default: `abort`. */
  readonly callerGone?: 'abort' | 'drain';
  /** Where the open calls are kept. Default: a place of the server's own. */
  readonly calls?: OpenCalls;
  /** Why a call is not taken. What has no body reaches no provider, so it is not asked about. Default: every call is taken. */
  readonly refusal?: () => GatewayError | undefined;
  /** Answers at `READINESS_PATH`. Default: the path is like any other. */
  readonly readiness?: (response: ServerResponse) => void;
}

const MAX_DURATION_MS = 900_000;
/** Headers whose doubles `node:http` drops or joins, but which must be seen to be double. */
const CREDENTIALS = new Set(['authorization', 'x-api-key', 'api-key']);
const CREDENTIAL_LENGTHS = new Set([...CREDENTIALS].map((name) => name.length));

/**
 * The same core behind a plain `node:http` server: containers, tests and the bench. A caller that goes away is seen in the same tick, and
 * frees the provider then, unless the options say otherwise.
 */
export function createGatewayServer(handle: Handle, options: GatewayServerOptions): Server {
  const { calls = new OpenCalls(), readiness } = options;
  const host: Host = { ...options, handle, calls, readsOn: options.callerGone === 'drain' ? () => !calls.cut : undefined };
  const server = createServer((request, response) => {
    if (readiness === undefined || request.url !== READINESS_PATH) return receive(request, response, host);
    if (calls.draining) response.shouldKeepAlive = false;
    request.resume();
    readiness(response);
  });
  server.on('connection', (connection) => calls.connected(connection));
  server.keepAliveTimeout = 65_000;
  return server;
}

/** What every call of one server shares. */
interface Host extends GatewayServerOptions {
  readonly handle: Handle;
  readonly calls: OpenCalls;
  readonly readsOn: Exchange['readsOn'];
}

function receive(request: IncomingMessage, response: ServerResponse, host: Host): void {
  const { calls } = host;
  const arrivedMs = host.clock.monotonic();
  const bodiless = request.method === 'GET' || request.method === 'HEAD';
  const refusal = bodiless ? undefined : host.refusal?.();
  const call = calls.begin(request, response, refusal !== undefined);
  response.on('close', () => {
    if (!response.writableFinished) call.gone.abort();
    calls.answered(call);
  });
  const run = (body: Buffer): void => {
    call.serving = true;
    host
      .handle(exchangeOf(request, call, body, arrivedMs, host, refusal))
      .catch(() => response.destroy())
      .finally(() => calls.served(call));
  };
  if (bodiless) {
    request.resume();
    return run(Buffer.alloc(0));
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  // One byte too many is enough for the refusal; the rest is not kept, nor anything of a call that is not taken.
  const mostBytes = refusal === undefined ? host.maxBodyBytes + 65_536 : 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
  });
  request.on('end', () => run(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  request.on('error', () => call.gone.abort());
}

function exchangeOf(
  request: IncomingMessage,
  { response, gone }: OpenCall,
  body: Buffer,
  arrivedMs: number,
  { maxDurationMs, readsOn }: Host,
  refusal: GatewayError | undefined,
): Exchange {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: headersOf(request),
    body,
    signal: gone.signal,
    readsOn,
    arrivedMs,
    deadlineMs: arrivedMs + (maxDurationMs ?? MAX_DURATION_MS),
    refusal,
    respond: (status, headers) => response.writeHead(status, headers),
  };
}

function headersOf(request: IncomingMessage): Exchange['headers'] {
  const { rawHeaders, headers } = request;
  let doubles: Record<string, string[]> | undefined;
  const seen: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const raw = rawHeaders[at] as string;
    if (!CREDENTIAL_LENGTHS.has(raw.length)) continue;
    const name = raw.toLowerCase();
    if (!CREDENTIALS.has(name)) continue;
    if (seen.includes(name)) doubles = { ...doubles, [name]: request.headersDistinct[name] ?? [] };
    seen.push(name);
  }
  return doubles === undefined ? headers : { ...headers, ...doubles };
}
