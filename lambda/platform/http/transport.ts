import { isIP } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { buildConnector as Build } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import type { Clock } from '../runtime/clock';
import { systemClock } from '../runtime/clock';
import { createTicker, type Ticker } from '../runtime/ticker';
import { Connections } from './connections';
import type { Resolver } from './egress';
import { guardedLookup, isAllowedAddress } from './egress';
import type { OutboundRequest, Transport } from './exchange';
import { TransportError } from './exchange';
import { type CallOptions, OutboundCall } from './outbound-call';

const KEEP_ALIVE_PROBE_MS = 15_000;
/** How late a deadline may be noticed. */
const TICK_MS = 25;

/** What a test or the local run may replace. */
export interface TransportOptions {
  readonly resolver?: Resolver;
  readonly clock?: Clock;
  /** `host:port` pairs that are never called, such as the Lambda runtime API. */
  readonly deniedAuthorities?: readonly string[];
  /** Certificates to trust instead of Node's own list, as PEM. */
  readonly certificateAuthorities?: readonly string[];
  /** In place of sockets. */
  readonly connect?: Build.connector;
}

/** An origin as the configuration allows it; `denied`: nothing may be sent there. */
type Origin = CallOptions | 'denied';

/** What calls to an origin share. */
type Place = Pick<OutboundRequest, 'origin' | 'network'>;

/** A `Transport` over sockets of this process. */
export interface SocketTransport extends Transport {
  /** Makes ready what the first call to an origin would have to wait for: the certificates it trusts. Connects to nobody, and never throws. */
  prepare(place: Place): void;
  close(): void;
}

/**
 * A `Transport` over undici's HTTP/1.1 client with kept-alive connections, one pool per origin and network. Follows no redirect, decodes
 * no encoding, uses no proxy from the environment, and checks the address of each connection.
 */
export function createTransport(options: TransportOptions = {}): SocketTransport {
  const clock = options.clock ?? systemClock;
  const ticker = createTicker(clock, TICK_MS);
  const networks = { public: new Map<string, Origin>(), loopback: new Map<string, Origin>(), vpc: new Map<string, Origin>() };

  const originOf = (place: Place): Origin => {
    const origins = networks[place.network];
    let origin = origins.get(place.origin);
    if (origin === undefined) {
      origin = openOrigin(place, options, clock, ticker);
      origins.set(place.origin, origin);
    }
    return origin;
  };

  return {
    send: (request, deadlines, wanted) =>
      new Promise((fulfil, reject) => {
        const origin = originOf(request);
        if (origin === 'denied') reject(new TransportError('egress_denied', false));
        else new OutboundCall(origin, request, deadlines, wanted, fulfil, reject).start();
      }),
    prepare: (place) => {
      try {
        originOf(place);
      } catch {
        // Its first call says what is wrong with it.
      }
    },
    close: () => {
      for (const origins of Object.values(networks)) {
        for (const origin of origins.values()) if (origin !== 'denied') origin.connections.close();
        origins.clear();
      }
    },
  };
}

function openOrigin(request: Place, options: TransportOptions, clock: Clock, ticker: Ticker): Origin {
  const url = new URL(request.origin);
  const secure = url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const denied =
    (url.protocol !== 'https:' && url.protocol !== 'http:') ||
    (!secure && request.network === 'public') ||
    (isIP(hostname) !== 0 && !isAllowedAddress(hostname, request.network)) ||
    (options.deniedAuthorities ?? []).includes(`${hostname}:${port}`);
  if (denied) return 'denied';
  const connect =
    options.connect ??
    buildConnector({
      allowH2: false,
      // A call has a deadline of its own for connecting.
      timeout: 0,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      lookup: guardedLookup(request.network, options.resolver),
      ...(secure ? trust(request, options) : {}),
    });
  return { connections: new Connections(new URL(url.origin), connect), secure, clock, ticker };
}

/** Public providers are trusted by Node's own list alone, whatever NODE_EXTRA_CA_CERTS adds; private ones may need it. */
function trust({ network }: Place, { certificateAuthorities }: TransportOptions): { readonly secureContext?: SecureContext } {
  if (certificateAuthorities !== undefined) return { secureContext: createSecureContext({ ca: [...certificateAuthorities] }) };
  return network === 'public' ? { secureContext: publicTrust() } : {};
}

let publicContext: SecureContext | undefined;

/** Reading the list takes as long as some ten requests, so it is read once. */
function publicTrust(): SecureContext {
  publicContext ??= createSecureContext({ ca: [...rootCertificates] });
  return publicContext;
}
