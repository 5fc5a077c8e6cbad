import { GatewayError } from '../../platform/error';
import type { Clock } from '../../platform/runtime';
import type { ComingBodies } from './coming-bodies';
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

/** Says why a process takes no further call: it stops, or it has no room. */
export class Room {
  readonly #calls: OpenCalls;
  readonly #bodies: ComingBodies;
  readonly #limits: RoomLimits;
  readonly #clock: Clock;
  readonly #residentBytes: () => number;
  #askedBytes = 0;
  #keptEverBytes = 0;
  #askedMs = Number.NEGATIVE_INFINITY;

  /** @param residentBytes memory of the process */
  public constructor(
    calls: OpenCalls,
    bodies: ComingBodies,
    limits: RoomLimits,
    clock: Clock,
    residentBytes: () => number = () => process.memoryUsage.rss(),
  ) {
    this.#calls = calls;
    this.#bodies = bodies;
    this.#limits = limits;
    this.#clock = clock;
    this.#residentBytes = residentBytes;
  }

  /** Why a call is not waited for whose head has come. */
  public refusesHead(): GatewayError | undefined {
    if (this.#calls.draining)
      return refusal('gateway_unavailable', 'This process of the gateway is stopping; another one takes the call.', 'stopping');
    return this.refusesCall();
  }

  /** Why a call is not taken that has come whole. One that was waited for is taken while the process stops, too. */
  public refusesCall(): GatewayError | undefined {
    return this.#calls.taken >= this.#limits.maxCalls ? full('calls') : this.refusesBytes();
  }

  /** Why no more is kept of a call that is coming. */
  public refusesBytes(): GatewayError | undefined {
    // What is only garbage is collected by the work of the next call, so one is taken whatever the memory.
    if (this.#calls.taken === 0) return undefined;
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#askedMs >= MEMORY_AGE_MS) {
      this.#askedMs = nowMs;
      this.#askedBytes = this.#residentBytes();
      this.#keptEverBytes = this.#bodies.keptEverBytes;
    }
    const keptSinceBytes = this.#bodies.keptEverBytes - this.#keptEverBytes;
    return this.#askedBytes + keptSinceBytes >= this.#limits.maxMemoryBytes ? full('memory') : undefined;
  }
}

function full(reason: 'calls' | 'memory'): GatewayError {
  return refusal('gateway_overloaded', 'The gateway has no room for another call just now; try again shortly.', reason);
}

/** @param reason for the log */
function refusal(code: 'gateway_overloaded' | 'gateway_unavailable', message: string, reason: string): GatewayError {
  return new GatewayError({ code, message, retryAfterMs: COME_BACK_MS, cause: reason });
}
