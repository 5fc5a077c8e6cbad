import { GatewayError } from '../../platform/error';
import type { Clock } from '../../platform/runtime';

/** Holds each key to a rate of calls that the gateway answers of itself: they pass no ledger, and read the table all the same. */
export interface OwnRate {
  /** @throws GatewayError 429 with the time after which another call is answered */
  take(keyId: string): void;
}

/** In any minute, of one key, in one process. */
const CALLS_A_MINUTE = 60;
const STEP_MS = 60_000 / CALLS_A_MINUTE;
const MOST_KEYS = 10_000;

/** Kept in memory: a limit in the table would cost more than the calls that it refuses. */
export function createOwnRate(clock: Clock): OwnRate {
  /** Monotonic time at which a key has all its calls again. */
  const fullAtMs = new Map<string, number>();
  return {
    take(keyId) {
      const now = clock.monotonic();
      const ahead = Math.max(0, (fullAtMs.get(keyId) ?? now) - now);
      const waitMs = ahead + STEP_MS - 60_000;
      if (waitMs > 0) throw tooMany(waitMs);
      if (fullAtMs.size >= MOST_KEYS) fullAtMs.clear();
      fullAtMs.set(keyId, now + ahead + STEP_MS);
    },
  };
}

function tooMany(retryAfterMs: number): GatewayError {
  return new GatewayError({
    code: 'rate_limit_exceeded',
    message: `A key may ask for what the gateway itself answers ${CALLS_A_MINUTE} times a minute.`,
    retryAfterMs,
  });
}
