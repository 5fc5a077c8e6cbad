/** Failures in a row after which a service is left alone. */
const FAILURES_UNTIL_OPEN = 3;
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 30_000;

/**
 * Leaves a service alone that does not answer, so that its timeout is not added to every call: each rest is twice as long as the one before,
 * and after each one call finds out whether it is back.
 */
export class Breaker {
  #failures = 0;
  #restUntilMs = 0;
  #probing = false;

  /** How long the service is left alone yet; 0: it may be asked now. */
  public restMs(nowMs: number): number {
    if (this.#failures < FAILURES_UNTIL_OPEN) return 0;
    if (nowMs < this.#restUntilMs) return this.#restUntilMs - nowMs;
    if (this.#probing) return FIRST_REST_MS;
    this.#probing = true;
    return 0;
  }

  public answered(): void {
    this.#failures = 0;
    this.#probing = false;
  }

  public failed(nowMs: number): void {
    this.#failures += 1;
    this.#probing = false;
    if (this.#failures < FAILURES_UNTIL_OPEN) return;
    this.#restUntilMs = nowMs + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (this.#failures - FAILURES_UNTIL_OPEN));
  }

  /** A call that told nothing: the next one may find out in its place. */
  public gaveUp(): void {
    this.#probing = false;
  }
}
