import type { ErrorCode } from '../../platform/error-catalogue';
import { type Cancellable, Cancellation, type CancellationToken, type Clock, type Ticker, type Watcher } from '../../platform/runtime';

/** How a caller left its call: it hung up, or the deadline that it set itself has passed. */
export type Leaving = 'hang-up' | 'deadline';

/** What the usage record says of a call whose caller left, and of an attempt that was cut for it. */
export const LEFT: Readonly<Record<Leaving, ErrorCode>> = { 'hang-up': 'client_closed_request', deadline: 'caller_timeout' };

export interface DepartureOptions {
  readonly clock: Clock;
  readonly ticker: Ticker;
  /** Cancelled when the caller has hung up. */
  readonly wanted: CancellationToken;
  /** Whether an answer is read on to its usage for a caller who has hung up. Default: it is cut. */
  readonly readsOn: (() => boolean) | undefined;
  /** Monotonic end of the caller's patience, where that comes before the gateway's own deadline; else infinite. */
  readonly deadlineMs: number;
  /** Told once, at the moment the caller leaves. */
  readonly onLeave: (how: Leaving) => void;
}

/** Longest that a provider is read on after the caller has gone, in ms. */
const DRAIN_MS = 120_000;

/**
 * Whether the caller of one call still waits for it. What a caller that left had sent off is read on to its usage for a while: leaving
 * neither makes an answer free nor tells anything about the provider.
 */
export class Departure implements Watcher, Cancellable {
  readonly #options: DepartureOptions;
  readonly #stop = new Cancellation();
  readonly #timer: NodeJS.Timeout | undefined;
  #how: Leaving | undefined;
  #leftMs = 0;
  #hungUp = false;
  #awaken: (() => void) | undefined;

  public constructor(options: DepartureOptions) {
    this.#options = options;
    const { clock, wanted, deadlineMs } = options;
    wanted.join(this);
    if (Number.isFinite(deadlineMs)) this.#timer = setTimeout(() => this.leave('deadline'), Math.max(0, deadlineMs - clock.monotonic()));
  }

  /** Cancelled when a call to a provider is not read on any longer. */
  public get wanted(): CancellationToken {
    return this.#stop;
  }

  /** The call was cut short on the caller's account, so how it ended says nothing about the provider. */
  public get stopped(): boolean {
    return this.#stop.isCancelled;
  }

  public get how(): Leaving | undefined {
    return this.#how;
  }

  /** The same, by the clock: a timer may be late. */
  public hasLeft(): boolean {
    const { clock, wanted, deadlineMs } = this.#options;
    if (wanted.isCancelled) this.cancelled();
    else if (clock.monotonic() >= deadlineMs) this.leave('deadline');
    return this.#how !== undefined;
  }

  public leave(how: Leaving): void {
    if (this.#how !== undefined) return;
    const { clock, ticker, onLeave } = this.#options;
    this.#how = how;
    this.#leftMs = clock.monotonic();
    ticker.watch(this);
    onLeave(how);
    this.#awaken?.();
  }

  /** Milliseconds until the caller's own deadline. */
  public patienceMs(nowMs: number): number {
    return Math.max(1, this.#options.deadlineMs - nowMs);
  }

  /** Waits, but not for a caller who leaves meanwhile. */
  public pause(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      this.#awaken = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  public tick(nowMs: number): void {
    if (nowMs - this.#leftMs >= DRAIN_MS || this.#isCut()) this.#stop.cancel();
  }

  /** The caller has hung up. */
  public cancelled(): void {
    this.#hungUp = true;
    this.leave('hang-up');
    if (this.#isCut()) this.#stop.cancel();
  }

  #isCut(): boolean {
    return this.#hungUp && this.#options.readsOn?.() !== true;
  }

  /** The call is over. */
  public end(): void {
    clearTimeout(this.#timer);
    this.#options.ticker.unwatch(this);
    this.#options.wanted.leave(this);
  }
}
