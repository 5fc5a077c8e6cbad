import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Cancellable, CancellationToken } from '../runtime/cancellation';
import type { Clock } from '../runtime/clock';
import type { Ticker, Watcher } from '../runtime/ticker';
import type { Connection, Connections } from './connections';
import type { CallDeadlines, InboundReply, OutboundRequest } from './exchange';
import { TransportError } from './exchange';
import { SocketReply } from './reply';
import { failureOf } from './transport-failure';

/** A reset of a stale socket comes back within a round trip; what comes later may have been worked on. */
const STALE_WITHIN_MS = 1_000;

/** What all calls to one origin share. */
export interface CallOptions {
  readonly connections: Connections;
  readonly secure: boolean;
  readonly clock: Clock;
  /** Watches the deadlines. */
  readonly ticker: Ticker;
}

/** One call to a provider, from the taking of a connection to the end of the answer. */
export class OutboundCall implements Dispatcher.DispatchHandler, Watcher, Cancellable {
  public place?: number | undefined;
  #connection: Connection | undefined;
  /** Set once bytes of the request go to the socket. */
  #controller: Dispatcher.DispatchController | undefined;
  #reply: SocketReply | undefined;
  #over = false;
  #reused = false;
  #replayed = false;
  #startedMs = 0;
  /** Monotonic. */
  #headersAtMs = 0;
  #connectAtMs = Number.POSITIVE_INFINITY;
  #endAtMs = Number.POSITIVE_INFINITY;

  public constructor(
    private readonly options: CallOptions,
    private readonly request: OutboundRequest,
    private readonly deadlines: CallDeadlines,
    private readonly wanted: CancellationToken,
    private readonly fulfil: (reply: InboundReply) => void,
    private readonly reject: (error: TransportError) => void,
  ) {}

  public start(): void {
    if (this.wanted.isCancelled) return this.reject(new TransportError('aborted', false));
    this.wanted.join(this);
    const { headersMs, totalMs } = this.deadlines;
    const nowMs = this.options.clock.monotonic();
    this.#headersAtMs = nowMs + headersMs;
    if (totalMs !== undefined) this.#endAtMs = nowMs + totalMs;
    this.options.ticker.watch(this);
    this.#dispatch();
  }

  public tick(nowMs: number): void {
    if (this.#reply !== undefined) {
      if (nowMs >= this.#endAtMs) this.#reply.destroy(new TransportError('timeout', true));
    } else if (nowMs >= this.#connectAtMs) this.#give('connect');
    else if (nowMs >= this.#headersAtMs || nowMs >= this.#endAtMs) this.#give('timeout');
  }

  /** The caller has gone. */
  public cancelled(): void {
    if (this.#reply === undefined) this.#give('aborted');
    else this.#reply.destroy(new TransportError('aborted', true));
  }

  public onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#connectAtMs = Number.POSITIVE_INFINITY;
    if (this.#over) return controller.abort(new Error('the call is over'));
    this.#controller = controller;
    this.#reused = (this.#connection as Connection).answered > 0;
    this.#startedMs = this.options.clock.monotonic();
  }

  public onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    if (this.#endAtMs === Number.POSITIVE_INFINITY) this.options.ticker.unwatch(this);
    this.#reply = new SocketReply(status, singled(headers), controller);
    this.fulfil(this.#reply);
  }

  public onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#reply?.receive(chunk);
  }

  public onResponseEnd(): void {
    const connection = this.#connection as Connection;
    connection.answered += 1;
    this.#end();
    this.options.connections.give(connection);
    this.#reply?.complete();
  }

  public onResponseError(_controller: Dispatcher.DispatchController | undefined, error: NodeJS.ErrnoException): void {
    if (this.#over) return;
    const { secure } = this.options;
    const reply = this.#reply;
    const sent = this.#controller !== undefined;
    const failure = failureOf(error, secure && !sent);
    if (reply === undefined && this.#isStale(failure)) {
      this.options.connections.forgetIdle();
      if (this.#mayReplay()) return this.#replay();
    }
    this.#end();
    this.#drop();
    if (reply === undefined) this.reject(new TransportError(failure, sent, error));
    else reply.cut(failure === 'timeout' ? new TransportError(failure, true, error) : error);
  }

  #dispatch(): void {
    const { connections } = this.options;
    const { method, path, headers, body } = this.request;
    const connection = connections.take();
    this.#connection = connection;
    if (!connection.open) this.#connectAtMs = this.options.clock.monotonic() + this.deadlines.connectMs;
    connection.dispatch(
      { method, path, headers: { ...headers, 'accept-encoding': 'identity' }, body, bodyTimeout: this.deadlines.idleMs },
      this,
    );
  }

  /** A kept socket may have been closed at its other end before the request came there: then nobody has worked on it. */
  #isStale(failure: TransportError['failure']): boolean {
    const soon = this.options.clock.monotonic() - this.#startedMs < STALE_WITHIN_MS;
    return failure === 'reset' && this.#reused && soon;
  }

  /** Nobody can know that nobody has worked on it. */
  #mayReplay(): boolean {
    return this.request.once !== true && !this.#replayed && !this.wanted.isCancelled;
  }

  #replay(): void {
    this.#replayed = true;
    this.#controller = undefined;
    this.#drop();
    this.#dispatch();
  }

  /** Ends a call that has no answer yet. */
  #give(failure: TransportError['failure']): void {
    const sent = this.#controller !== undefined;
    this.#end();
    this.#drop();
    this.reject(new TransportError(failure, sent));
  }

  #drop(): void {
    this.#connection?.destroy();
  }

  #end(): void {
    this.#over = true;
    this.options.ticker.unwatch(this);
    this.wanted.leave(this);
  }
}

/** One value of each header: a provider has no business with sending the ones that are read here twice. */
function singled(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(', ');
  }
  return headers;
}
