/** Whoever is to stop when a call is cancelled. */
export interface Cancellable {
  cancelled(): void;
}

/** Whether a call is still wanted, for those who work on it. */
export interface CancellationToken {
  readonly isCancelled: boolean;
  /** Tells a listener once, when it comes to that; never one that joins afterwards. */
  join(listener: Cancellable): void;
  leave(listener: Cancellable): void;
}

/**
 * What an `AbortController` is, for calls of which nearly none is ever cancelled: two of those and their listeners cost a call as much as
 * reading its body does.
 */
export class Cancellation implements CancellationToken {
  #isCancelled = false;
  #listeners: Cancellable[] | undefined;

  public get isCancelled(): boolean {
    return this.#isCancelled;
  }

  public join(listener: Cancellable): void {
    if (this.#listeners === undefined) this.#listeners = [listener];
    else this.#listeners.push(listener);
  }

  public leave(listener: Cancellable): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }

  public cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener.cancelled();
  }
}

/** Of a call that nobody cancels. */
export const NEVER_CANCELLED: CancellationToken = { isCancelled: false, join: () => undefined, leave: () => undefined };
