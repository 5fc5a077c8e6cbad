import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { Clock } from '../runtime/clock';
import { systemClock } from '../runtime/clock';
import type { Resolver } from './egress';
import { guardedLookup, isAllowedAddress } from './egress';
import type { CallDeadlines, InboundReply, OutboundRequest, Transport } from './exchange';
import { TransportError } from './exchange';
import { failureOf } from './transport-failure';

/** Idle sockets kept per origin. */
const MAX_FREE_SOCKETS = 256;
const MAX_HEADER_BYTES = 32 * 1024;
/** A reset of a stale socket comes back within a round trip; what comes later may have been worked on. */
const STALE_WITHIN_MS = 1_000;

/** What a test or the local run may replace. */
export interface TransportOptions {
  readonly resolver?: Resolver;
  readonly clock?: Clock;
  /** `host:port` pairs that are never called, such as the Lambda runtime API. */
  readonly deniedAuthorities?: readonly string[];
  /** Certificates to trust instead of Node's own list, as PEM. */
  readonly certificateAuthorities?: readonly string[];
}

interface Origin {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly agent: http.Agent;
  /** An agent without any socket yet: a replay must not meet a second stale one. */
  freshAgent(): http.Agent;
  /** Why nothing may be sent there. */
  readonly denied: boolean;
}

/**
 * A `Transport` over `node:http(s)` with kept-alive sockets, one pool per origin and network. Follows no redirect, decodes no
 * encoding, uses no proxy from the environment, and checks the address of each connection.
 */
export function createTransport(options: TransportOptions = {}): Transport & { close(): void } {
  const origins = new Map<string, Origin>();
  const clock = options.clock ?? systemClock;

  const originOf = (request: OutboundRequest): Origin => {
    const key = `${request.network} ${request.origin}`;
    let origin = origins.get(key);
    if (origin === undefined) {
      origin = openOrigin(request, options);
      origins.set(key, origin);
    }
    return origin;
  };

  return {
    send: async (request, deadlines, signal) => {
      const origin = originOf(request);
      if (origin.denied) throw new TransportError('egress_denied', false);
      return attempt(origin, request, deadlines, signal, clock, true);
    },
    close: () => {
      for (const { agent } of origins.values()) agent.destroy();
      origins.clear();
    },
  };
}

function openOrigin(request: OutboundRequest, options: TransportOptions): Origin {
  const url = new URL(request.origin);
  const secure = url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const settings: https.AgentOptions = {
    keepAliveMsecs: 15_000,
    maxFreeSockets: MAX_FREE_SOCKETS,
    scheduling: 'lifo',
    lookup: guardedLookup(request.network, options.resolver),
  };
  const denied =
    (url.protocol !== 'https:' && url.protocol !== 'http:') ||
    (!secure && request.network === 'public') ||
    (isIP(hostname) !== 0 && !isAllowedAddress(hostname, request.network)) ||
    (options.deniedAuthorities ?? []).includes(`${hostname}:${port}`);
  const trusted = secure ? trust(request, options) : {};
  const open = (keepAlive: boolean): http.Agent =>
    secure ? new https.Agent({ ...settings, ...trusted, keepAlive }) : new http.Agent({ ...settings, keepAlive });
  return { secure, hostname, port, denied, agent: open(true), freshAgent: () => open(false) };
}

/** Public providers are trusted by Node's own list alone, whatever NODE_EXTRA_CA_CERTS adds; private ones may need it. */
function trust(request: OutboundRequest, options: TransportOptions): https.AgentOptions {
  const authorities = options.certificateAuthorities ?? (request.network === 'public' ? rootCertificates : undefined);
  return authorities === undefined ? {} : { secureContext: createSecureContext({ ca: [...authorities] }) };
}

function attempt(
  origin: Origin,
  request: OutboundRequest,
  deadlines: CallDeadlines,
  signal: AbortSignal,
  clock: Clock,
  mayReplay: boolean,
): Promise<InboundReply> {
  return new Promise((fulfil, reject) => {
    if (signal.aborted) return reject(new TransportError('aborted', false));
    let connected = false;
    let assignedMs = 0;
    let connectTimer: NodeJS.Timeout | undefined;

    const outgoing = (origin.secure ? https : http).request({
      agent: mayReplay ? origin.agent : origin.freshAgent(),
      hostname: origin.hostname,
      port: origin.port,
      method: request.method,
      path: request.path,
      headers: { ...request.headers, 'accept-encoding': 'identity', 'content-length': String(request.body.length) },
      maxHeaderSize: MAX_HEADER_BYTES,
      setHost: true,
    });
    const headersTimer = setTimeout(() => outgoing.destroy(new TransportError('timeout', connected)), deadlines.headersMs);
    const onAbort = (): void => {
      outgoing.destroy(new TransportError('aborted', connected));
    };
    const clear = (): void => {
      clearTimeout(headersTimer);
      clearTimeout(connectTimer);
    };
    signal.addEventListener('abort', onAbort, { once: true });

    outgoing.on('socket', (socket) => {
      assignedMs = clock.monotonic();
      if (outgoing.reusedSocket) {
        connected = true;
        return;
      }
      connectTimer = setTimeout(() => outgoing.destroy(new TransportError('connect', false)), deadlines.connectMs);
      socket.once(origin.secure ? 'secureConnect' : 'connect', () => {
        clearTimeout(connectTimer);
        connected = true;
      });
    });

    outgoing.on('response', (body) => {
      clear();
      const { socket } = body;
      const onSilence = (): void => {
        // What lies unread makes the silence the reader's own.
        if (body.readableLength > 0) socket.setTimeout(deadlines.idleMs);
        else body.destroy(new TransportError('timeout', true));
      };
      socket.setTimeout(deadlines.idleMs);
      socket.on('timeout', onSilence);
      body.once('close', () => {
        socket.removeListener('timeout', onSilence);
        signal.removeEventListener('abort', onAbort);
      });
      fulfil({ status: body.statusCode as number, headers: body.headers, body });
    });

    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      clear();
      signal.removeEventListener('abort', onAbort);
      const stale = outgoing.reusedSocket && isReset(error) && clock.monotonic() - assignedMs < STALE_WITHIN_MS;
      if (stale && mayReplay && !signal.aborted) {
        attempt(origin, request, deadlines, signal, clock, false).then(fulfil, reject);
      } else {
        reject(
          error instanceof TransportError ? error : new TransportError(failureOf(error, origin.secure && !connected), connected, error),
        );
      }
    });

    outgoing.end(request.body);
  });
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}
