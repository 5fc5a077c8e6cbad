import type { Clock } from '../../platform/runtime';

/**
 * Keeps failures from multiplying the load: attempts beyond a call's first are a tenth of the calls, above what a small
 * process needs in an outage. One for the process.
 */
export interface AttemptBudget {
  /** A call begins. */
  deposit(): void;
  /** Takes what one more attempt costs; false when there is nothing left. */
  withdraw(): boolean;
}

/** Calls that may all fail at once without any being given up. */
const MOST = 100;
const PER_CALL = 0.1;
/** So that a process with few calls always has some. */
const PER_SECOND = 0.5;

export function createAttemptBudget(clock: Clock): AttemptBudget {
  let left = MOST;
  let seenMs = clock.monotonic();
  return {
    deposit() {
      left = Math.min(MOST, left + PER_CALL);
    },
    withdraw() {
      const nowMs = clock.monotonic();
      left = Math.min(MOST, left + (Math.max(0, nowMs - seenMs) / 1_000) * PER_SECOND);
      seenMs = nowMs;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
