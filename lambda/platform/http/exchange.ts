import type { IncomingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';
import type { GatewayError } from '../error';
import type { CancellationToken } from '../runtime/cancellation';

/**
 * One call of a client, free of any server's shapes. Adapters (`proxy/hosts/lambda-event.ts` for Lambda, `proxy/hosts/server.ts` for `node:http`)
 * turn what they get into one of these.
 */
export interface Exchange {
  readonly method: string;
  /** Path without stage and query, as received. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** Lower-case names. A header that came more than once is an array. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Cancelled when the client is known to have gone. Never in Lambda, where a disconnect is invisible. */
  readonly wanted: CancellationToken;
  /** Whether the answer to a client that has gone is read on to its usage, by now. Default: it is cut. */
  readonly readsOn?: (() => boolean) | undefined;
  /** Monotonic ms at which the process must be done: the function's end less the settle margin. */
  readonly deadlineMs: number;
  /** Monotonic ms at which the call arrived. */
  readonly arrivedMs: number;
  /** Why the host takes no such call; it is answered with this, whatever it asks for. */
  readonly refusal?: GatewayError | undefined;
  /** Sends status and headers, once; the answer's bytes go to the returned stream. */
  respond(status: number, headers: Readonly<Record<string, string>>): Writable;
}

/** Deadlines of one outbound call, in ms from now. */
export interface CallDeadlines {
  readonly connectMs: number;
  /** Until the status line and headers. */
  readonly headersMs: number;
  /** Longest silence of the body. */
  readonly idleMs: number;
  /** Until the end of the body. Default: whoever reads it sees to that. */
  readonly totalMs?: number;
}

/** A call to a provider. The origin comes from configuration alone. */
export interface OutboundRequest {
  readonly method: 'POST' | 'GET' | 'PUT' | 'DELETE';
  /** `https://host[:port]`, without path. */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly network: 'public' | 'loopback' | 'vpc';
  /** It leaves at most once, whatever becomes of its connection: a copy that came late would be another call. Default: a stale socket is replaced. */
  readonly once?: boolean | undefined;
}

/** Why an outbound call has no answer, and whether the provider may have seen (and billed) it. */
export type TransportFailure = 'dns' | 'connect' | 'tls' | 'egress_denied' | 'timeout' | 'reset' | 'aborted' | 'protocol';

/** Takes an answer as it comes. */
export interface ReplyReader {
  take(chunk: Buffer): void;
  /** All of it has come. */
  end(): void;
  /** It was cut short, and nothing follows. */
  cut(error: Error): void;
}

/** A provider's answer. It is read once, as it comes or as a whole. */
export interface InboundReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Hands the answer on as it comes; what is there already is handed on before this returns. */
  read(reader: ReplyReader): void;
  /** Makes the provider wait. What is on its way may still be handed on. */
  pause(): void;
  resume(): void;
  /**
   * The answer when it has come to its end.
   *
   * @throws BodyTooLargeError as soon as it is longer than `maxBytes`, after ending the call; what cut the answer short
   */
  whole(maxBytes: number): Promise<Buffer>;
  /** Ends the call, and tells its reader unless all has come. */
  destroy(error?: Error): void;
}

/** Rejections of a `Transport`. */
export class TransportError extends Error {
  public constructor(
    public readonly failure: TransportFailure,
    /** At least one byte of the request body was handed to the socket, so the provider may bill it. */
    public readonly sent: boolean,
    cause?: unknown,
  ) {
    super(`upstream ${failure}`, { cause });
    this.name = 'TransportError';
  }
}

/** Sends one call. No redirects, no decompression, no retries but one replay on a stale pooled socket that took no bytes. */
export interface Transport {
  send(request: OutboundRequest, deadlines: CallDeadlines, wanted: CancellationToken): Promise<InboundReply>;
}
