import { GatewayError } from '../../platform/error';
import type { Clock } from '../../platform/runtime';
import type { OpenCalls } from './open-calls';

/** How much a process may take on. */
export interface RoomLimits {
  /** Calls at the same time. */
  readonly maxCalls: number;
  /** Memory of the whole process, in bytes. */
  readonly maxMemoryBytes: number;
}

/** Asking the system for it takes longer than all else here, so it is asked this often at the most. */
const MEMORY_AGE_MS = 100;
const COME_BACK_MS = 1_000;

/**
 * Says why a process takes no further call: it stops, or it has no room.
 *
 * @param residentBytes memory of the process
 */
export function createRoom(
  calls: OpenCalls,
  { maxCalls, maxMemoryBytes }: RoomLimits,
  clock: Clock,
  residentBytes: () => number = () => process.memoryUsage.rss(),
): () => GatewayError | undefined {
  let bytes = 0;
  let askedMs = Number.NEGATIVE_INFINITY;

  return () => {
    if (calls.draining)
      return refusal('gateway_unavailable', 'This process of the gateway is stopping; another one takes the call.', 'stopping');
    // What is only garbage is collected by the work of the next call, so one is taken whatever the memory.
    if (calls.taken === 0) return undefined;
    if (calls.taken >= maxCalls) return full('calls');
    const nowMs = clock.monotonic();
    if (nowMs - askedMs >= MEMORY_AGE_MS) {
      askedMs = nowMs;
      bytes = residentBytes();
    }
    return bytes >= maxMemoryBytes ? full('memory') : undefined;
  };
}

function full(reason: 'calls' | 'memory'): GatewayError {
  return refusal('gateway_overloaded', 'The gateway has no room for another call just now; try again shortly.', reason);
}

/** @param reason for the log */
function refusal(code: 'gateway_overloaded' | 'gateway_unavailable', message: string, reason: string): GatewayError {
  return new GatewayError({ code, message, retryAfterMs: COME_BACK_MS, cause: reason });
}
