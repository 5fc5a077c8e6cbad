import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Cancellation, type Member, Roster } from '../../platform/runtime';

/** One call from its head to the end of both its answer and its settlement. */
export interface OpenCall extends Member {
  readonly response: ServerResponse;
  readonly connection: Connection;
  /** Cancelled when the caller is known to have gone. */
  readonly wanted: Cancellation;
  /** It takes room. */
  taken: boolean;
  /** The gateway works on it, be it on its settlement. */
  serving: boolean;
  /** The answer is out, or nobody is there to take it. */
  answered: boolean;
}

type Connection = Socket & Member & { call?: OpenCall | undefined };

/** What a call that was cut may take to settle, in ms. */
const SETTLE_MS = 10_000;

/** The calls and connections that a server has open, and the way to its end. */
export class OpenCalls {
  readonly #calls = new Roster<OpenCall>();
  readonly #connections = new Roster<Connection>();
  #taken = 0;
  #draining = false;
  #cut = false;
  #onEmpty: (() => void) | undefined;

  /** Calls that take room. */
  public get taken(): number {
    return this.#taken;
  }

  public get draining(): boolean {
    return this.#draining;
  }

  /** What is still open is to end now. */
  public get cut(): boolean {
    return this.#cut;
  }

  public connected(connection: Connection): void {
    this.#connections.add(connection);
    // A connection is closed some turns after its end has come, and providers are to be freed before anything else is done.
    const hangUp = (): void => {
      const { call } = connection;
      if (call !== undefined && !call.response.writableFinished) call.wanted.cancel();
    };
    connection.once('end', hangUp);
    connection.once('error', hangUp);
    connection.once('close', () => this.#connections.remove(connection));
  }

  public begin({ socket }: IncomingMessage, response: ServerResponse): OpenCall {
    const connection: Connection = socket;
    const call: OpenCall = {
      response,
      connection,
      wanted: new Cancellation(),
      taken: false,
      serving: false,
      answered: false,
      seat: undefined,
    };
    this.#calls.add(call);
    connection.call = call;
    if (this.#draining) response.shouldKeepAlive = false;
    return call;
  }

  /** All of it has come, and there is room. */
  public take(call: OpenCall): void {
    call.taken = true;
    this.#taken += 1;
  }

  public answered(call: OpenCall): void {
    call.answered = true;
    if (this.#draining) call.connection.destroySoon();
    this.#endIfOver(call);
  }

  public served(call: OpenCall): void {
    call.serving = false;
    this.#endIfOver(call);
  }

  /**
   * Lets every open call come to its end and closes each connection that has none. Calls that take longer than they may are cut as if their
   * callers had hung up, and settled.
   *
   * @returns how many were cut
   */
  public async drain(longestMs: number): Promise<number> {
    this.#draining = true;
    const busy = new Set<Socket>();
    for (const { response, connection } of this.#calls) {
      busy.add(connection);
      if (!response.headersSent) response.shouldKeepAlive = false;
    }
    for (const connection of this.#connections) if (!busy.has(connection)) connection.destroySoon();
    if (await this.#empty(longestMs)) return 0;
    this.#cut = true;
    const cut = this.#calls.all();
    for (const { wanted, response } of cut) {
      wanted.cancel();
      response.destroy();
    }
    await this.#empty(SETTLE_MS);
    return cut.length;
  }

  #endIfOver(call: OpenCall): void {
    if (call.serving || !call.answered || !this.#calls.remove(call)) return;
    if (call.connection.call === call) call.connection.call = undefined;
    if (call.taken) this.#taken -= 1;
    if (this.#calls.size === 0) this.#onEmpty?.();
  }

  /** Whether no call is open within that time. */
  #empty(withinMs: number): Promise<boolean> {
    if (this.#calls.size === 0) return Promise.resolve(true);
    return new Promise((settle) => {
      const timer = setTimeout(() => settle(false), withinMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        settle(true);
      };
    });
  }
}
