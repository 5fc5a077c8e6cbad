import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bearsKey } from '../../identity';
import { GatewayError } from '../../platform/error';
import type { Exchange } from '../../platform/http';
import type { Clock } from '../../platform/runtime';
import { ComingBodies, type CutReason } from './coming-bodies';
import { type OpenCall, OpenCalls } from './open-calls';
import { READINESS_PATH } from './readiness';
import type { Room } from './room';
import { StreamedResponse } from './streamed-response';

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
  /** The bodies that are still coming. Default: a place of the server's own, without a bound. */
  readonly bodies?: ComingBodies;
  /** What says why a call is not taken. What has no body reaches no provider, so it is not asked about. Default: every call is taken. */
  readonly room?: Room;
  /** Answers at `READINESS_PATH`. Default: the path is like any other. */
  readonly readiness?: (response: ServerResponse) => void;
}

const MAX_DURATION_MS = 900_000;
/** What a head and a whole request may take, and how late it may be noticed that they took longer, in ms. */
const TIMEOUTS = { headersTimeout: 20_000, requestTimeout: 300_000, connectionsCheckingInterval: 5_000 };
const SERVER = { ...TIMEOUTS, ServerResponse: StreamedResponse };
/** What a socket hands over at once. */
const LONGEST_READ_BYTES = 65_536;
const NOTHING = Buffer.alloc(0);
/** Headers whose doubles `node:http` drops or joins, but which must be seen to be double. */
const CREDENTIALS = new Set(['authorization', 'x-api-key', 'api-key']);
const CREDENTIAL_LENGTHS = new Set([...CREDENTIALS].map((name) => name.length));

/**
 * The same core behind a plain `node:http` server: containers, tests and the bench. A caller that goes away is seen in the same tick, and
 * frees the provider then, unless the options say otherwise.
 */
export function createGatewayServer(handle: Handle, options: GatewayServerOptions): Server {
  const { calls = new OpenCalls(), bodies = new ComingBodies(options.clock), readiness } = options;
  const host: Host = { ...options, handle, calls, bodies, readsOn: options.callerGone === 'drain' ? () => !calls.cut : undefined };
  const server = createServer(SERVER, (request, response) => {
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
  readonly bodies: ComingBodies;
  readonly readsOn: Exchange['readsOn'];
}

function receive(request: IncomingMessage, response: ServerResponse, host: Host): void {
  const { calls, bodies, room } = host;
  const arrivedMs = host.clock.monotonic();
  const headers = headersOf(request);
  const call = calls.begin(request, response);
  response.on('close', () => {
    if (!response.writableFinished) call.wanted.cancel();
    calls.answered(call);
  });
  const run = (body: Buffer, refusal?: GatewayError): void => {
    call.serving = true;
    host
      .handle(exchangeOf(request, headers, call, body, arrivedMs, host, refusal))
      .catch(() => response.destroy())
      .finally(() => calls.served(call));
  };
  if (request.method === 'GET' || request.method === 'HEAD') {
    request.resume();
    calls.take(call);
    return run(NOTHING);
  }
  let refusal = room?.refusesHead();
  // Whoever bears no key is told so whatever the body says, so it is only read, for the answer to arrive.
  const awaited = bearsKey(headers);
  // One byte too many is enough for the refusal; the rest is not kept, nor anything of a call that is not taken.
  const mostBytes = awaited && refusal === undefined ? host.maxBodyBytes + LONGEST_READ_BYTES : 0;
  const body = bodies.begin(mostBytes, (reason) => {
    if (awaited) {
      response.shouldKeepAlive = false;
      run(NOTHING, refusal ?? tooSlow(reason));
    } else call.connection.destroy();
  });
  request.on('data', (chunk: Buffer) => {
    bodies.add(body, chunk);
    if (refusal !== undefined || !awaited) return;
    refusal = room?.refusesBytes();
    if (refusal !== undefined) bodies.forget(body);
  });
  // A request that was answered before its end is not told when its connection goes.
  const lost = (): void => void bodies.end(body);
  call.connection.once('close', lost);
  request.on('end', () => {
    call.connection.off('close', lost);
    const chunks = bodies.end(body);
    if (chunks === undefined || !awaited) return;
    refusal ??= room?.refusesCall();
    if (refusal !== undefined) return run(NOTHING, refusal);
    calls.take(call);
    run(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  });
  request.on('error', () => call.wanted.cancel());
  if (!awaited) run(NOTHING, refusal);
}

function tooSlow(reason: CutReason): GatewayError {
  return new GatewayError({
    code: 'request_timeout',
    message: 'The body of the request did not come in time; send it again, without pauses.',
    cause: reason,
  });
}

function exchangeOf(
  request: IncomingMessage,
  headers: Exchange['headers'],
  { response, wanted }: OpenCall,
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
    headers,
    body,
    wanted,
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
