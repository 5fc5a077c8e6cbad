import type { Clock } from '../../platform/runtime';

/**
 * Keeps failures from multiplying the load: attempts beyond a call's first are a tenth of the calls, above what calls that are open at once
 * may fail together. One for the process.
 */
export interface AttemptBudget {
  /** A call begins. */
  open(): void;
  /** It is over. */
  close(): void;
  /** Takes what one more attempt costs; false when there is nothing left. */
  withdraw(): boolean;
}

/** Calls that may all fail at once without any being given up: as many as were open of late, within these. */
const LEAST_AT_ONCE = 10;
const MOST_AT_ONCE = 100;
const PER_CALL = 0.08;
/** So that a process with few calls is not without for ever. */
const PER_SECOND = 0.02;
/** How long a peak of open calls counts. */
const PEAK_MS = 30_000;

export function createAttemptBudget(clock: Clock): AttemptBudget {
  let openCalls = 0;
  let peak = 0;
  let peakMs = clock.monotonic();
  /** Attempts that are not made up for yet. */
  let owed = 0;
  let seenMs = peakMs;

  return {
    open() {
      openCalls += 1;
      owed = Math.max(0, owed - PER_CALL);
      if (openCalls < peak && clock.monotonic() - peakMs < PEAK_MS) return;
      peak = openCalls;
      peakMs = clock.monotonic();
    },
    close() {
      openCalls -= 1;
    },
    withdraw() {
      const nowMs = clock.monotonic();
      owed = Math.max(0, owed - (Math.max(0, nowMs - seenMs) / 1_000) * PER_SECOND);
      seenMs = nowMs;
      if (owed + 1 > Math.min(MOST_AT_ONCE, Math.max(LEAST_AT_ONCE, peak))) return false;
      owed += 1;
      return true;
    },
  };
}
