import type { buildConnector, Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';

/** Idle connections kept per origin. */
const MOST_IDLE = 256;
/** Idle connections are closed after this long, or earlier when the provider says so in `keep-alive`. */
const IDLE_MS = 60_000;
const MAX_HEADER_BYTES = 32 * 1024;

/** One HTTP/1.1 connection, with one call at a time. */
export class Connection {
  /** Calls that were answered over the socket as it is now: a socket without any is new. */
  public answered = 0;
  public open = false;
  readonly #client: Client;

  public constructor(origin: URL, connect: buildConnector.connector, onClose: (connection: Connection) => void) {
    this.#client = new Client(origin, {
      connect,
      allowH2: false,
      pipelining: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: IDLE_MS,
      // A call has a deadline of its own, which counts the connecting too.
      headersTimeout: 0,
    });
    this.#client.on('connect', () => {
      this.open = true;
      this.answered = 0;
    });
    this.#client.on('disconnect', () => {
      this.open = false;
      onClose(this);
    });
  }

  public dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  public destroy(): void {
    this.open = false;
    void this.#client.destroy();
  }
}

/** The kept connections of one origin. The one used last is taken first, so that those which a lull leaves over fall idle and are closed. */
export class Connections {
  readonly #idle: Connection[] = [];
  #closed = false;

  public constructor(
    private readonly origin: URL,
    private readonly connect: buildConnector.connector,
  ) {}

  public take(): Connection {
    return this.#idle.pop() ?? new Connection(this.origin, this.connect, (closed) => this.#forget(closed));
  }

  /** Takes back a connection whose call was answered to the end. */
  public give(connection: Connection): void {
    if (connection.open && !this.#closed && this.#idle.length < MOST_IDLE) this.#idle.push(connection);
    else connection.destroy();
  }

  /** One was found stale: those that lie idle were used before it, and whoever tries again must not meet another. */
  public forgetIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Calls that are under way may end; nothing is kept any more. */
  public close(): void {
    this.#closed = true;
    this.forgetIdle();
  }

  /** A connection in use ends its call itself. */
  #forget(closed: Connection): void {
    const at = this.#idle.indexOf(closed);
    if (at < 0) return;
    this.#idle.splice(at, 1);
    closed.destroy();
  }
}
