import type { Clock } from '../../platform/runtime';
import type { MoneyPlace } from './money-place';

/** What this process knows of the money on pages, and how calls that took of it usually ended. Bounded memory. */
export interface MoneyLeft {
  /** What is left, as the table lately said. Undefined: not known. */
  of(place: MoneyPlace): bigint | undefined;
  learn(place: MoneyPlace, nanoUsd: bigint): void;
  /** A call of this process ended. */
  ended(place: MoneyPlace, end: { readonly heldNanoUsd: bigint; readonly costNanoUsd: bigint; readonly tookMs: number }): void;
  /** How long calls hold money there, and what they keep of it. */
  usual(place: MoneyPlace): Usual;
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
  const places = new Map<string, Known>();

  function known({ name, page }: MoneyPlace): Known {
    let found = places.get(name);
    if (found === undefined) {
      if (places.size >= MOST_KNOWN) places.clear();
      found = { generation: page.spec.generation, leftNanoUsd: undefined, untilMonotonicMs: 0, usual: undefined };
      places.set(name, found);
    }
    return found;
  }

  return {
    of(place) {
      const found = places.get(place.name);
      if (found === undefined || found.generation !== place.page.spec.generation || found.untilMonotonicMs <= clock.monotonic())
        return undefined;
      return found.leftNanoUsd;
    },

    learn(place, nanoUsd) {
      const found = known(place);
      found.generation = place.page.spec.generation;
      found.leftNanoUsd = nanoUsd;
      found.untilMonotonicMs = clock.monotonic() + KNOWN_MS;
    },

    ended(place, { heldNanoUsd, costNanoUsd, tookMs }) {
      const found = known(place);
      if (found.leftNanoUsd !== undefined) found.leftNanoUsd += heldNanoUsd - costNanoUsd;
      const before = found.usual;
      found.usual =
        before === undefined
          ? { tookMs, costNanoUsd }
          : {
              tookMs: before.tookMs + (tookMs - before.tookMs) / PARTS,
              costNanoUsd: before.costNanoUsd + (costNanoUsd - before.costNanoUsd) / BigInt(PARTS),
            };
    },

    usual: (place) => places.get(place.name)?.usual ?? UNSEEN,
  };
}
