import type { Clock } from '../../platform/runtime';
import type { PlannedCounter } from './plan';

/** What this process knows of the money on counters, and how calls that took of it usually ended. Bounded memory. */
export interface MoneyLeft {
  /** What is left, as the table lately said. Undefined: not known. */
  of(planned: PlannedCounter): bigint | undefined;
  learn(planned: PlannedCounter, nanoUsd: bigint): void;
  /** A call of this process ended. */
  ended(planned: PlannedCounter, end: { readonly heldNanoUsd: bigint; readonly costNanoUsd: bigint; readonly tookMs: number }): void;
  /** How long calls hold money of a counter, and what they keep of it. */
  usual(planned: PlannedCounter): Usual;
}

export interface Usual {
  readonly tookMs: number;
  readonly costNanoUsd: bigint;
}

interface Known {
  generation: number;
  /** Undefined: only how calls end is known. */
  leftNanoUsd: bigint | undefined;
  untilMonotonicMs: number;
  usual: Usual | undefined;
}

/** Other processes take of the same money. */
const KNOWN_MS = 5_000;
const MOST_KNOWN = 5_000;
/** Of calls that nobody has seen end. */
export const UNSEEN: Usual = { tookMs: 0, costNanoUsd: 0n };
/** Each call moves the usual figures by one part in so many. */
const PARTS = 8;

export function createMoneyLeft(clock: Clock): MoneyLeft {
  const counters = new Map<string, Known>();

  function known({ spec }: PlannedCounter): Known {
    let found = counters.get(spec.key);
    if (found === undefined) {
      if (counters.size >= MOST_KNOWN) counters.clear();
      found = { generation: spec.generation, leftNanoUsd: undefined, untilMonotonicMs: 0, usual: undefined };
      counters.set(spec.key, found);
    }
    return found;
  }

  return {
    of({ spec }) {
      const found = counters.get(spec.key);
      if (found === undefined || found.generation !== spec.generation || found.untilMonotonicMs <= clock.monotonic()) return undefined;
      return found.leftNanoUsd;
    },

    learn(planned, nanoUsd) {
      const found = known(planned);
      found.generation = planned.spec.generation;
      found.leftNanoUsd = nanoUsd;
      found.untilMonotonicMs = clock.monotonic() + KNOWN_MS;
    },

    ended(planned, { heldNanoUsd, costNanoUsd, tookMs }) {
      const found = known(planned);
      if (found.leftNanoUsd !== undefined && planned.key === planned.spec.key) found.leftNanoUsd += heldNanoUsd - costNanoUsd;
      const before = found.usual;
      found.usual =
        before === undefined
          ? { tookMs, costNanoUsd }
          : {
              tookMs: before.tookMs + (tookMs - before.tookMs) / PARTS,
              costNanoUsd: before.costNanoUsd + (costNanoUsd - before.costNanoUsd) / BigInt(PARTS),
            };
    },

    usual: ({ spec }) => counters.get(spec.key)?.usual ?? UNSEEN,
  };
}
