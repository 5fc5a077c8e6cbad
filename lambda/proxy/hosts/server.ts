import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Exchange } from '../../platform/http';
import type { Clock } from '../../platform/runtime';

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
}

const MAX_DURATION_MS = 900_000;
/** Headers whose doubles `node:http` drops or joins, but which must be seen to be double. */
const CREDENTIALS = new Set(['authorization', 'x-api-key', 'api-key']);
const CREDENTIAL_LENGTHS = new Set([...CREDENTIALS].map((name) => name.length));

/**
 * The same core behind a plain `node:http` server: containers, tests and the bench. A caller that goes away frees the provider
 * in the same tick, unless the options say otherwise.
 */
export function createGatewayServer(handle: Handle, options: GatewayServerOptions): Server {
  const server = createServer((request, response) => receive(request, response, handle, options));
  server.keepAliveTimeout = 65_000;
  return server;
}

function receive(request: IncomingMessage, response: ServerResponse, handle: Handle, options: GatewayServerOptions): void {
  const arrivedMs = options.clock.monotonic();
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished && options.callerGone !== 'drain') gone.abort();
  });
  const run = (body: Buffer): void => {
    handle(exchangeOf(request, response, body, gone.signal, arrivedMs, options)).catch(() => response.destroy());
  };
  if (request.method === 'GET' || request.method === 'HEAD') {
    request.resume();
    return run(Buffer.alloc(0));
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    // One byte too many is enough for the refusal; the rest is not kept.
    if (bytes <= options.maxBodyBytes + 65_536) chunks.push(chunk);
  });
  request.on('end', () => run(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  request.on('error', () => gone.abort());
}

function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  signal: AbortSignal,
  arrivedMs: number,
  options: GatewayServerOptions,
): Exchange {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: headersOf(request),
    body,
    signal,
    arrivedMs,
    deadlineMs: arrivedMs + (options.maxDurationMs ?? MAX_DURATION_MS),
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
