import type { Clock } from '../../platform/runtime';
import type { CounterState } from '../ports/counters';
import type { GateSpec, GateVerdict } from '../ports/gates';
import type { PlannedCounter } from './plan';

/** Why money cannot be set aside: never in this period, or only while others hold it. */
export type MoneyRefusal = { readonly kind: 'spent' | 'reserved'; readonly retryAfterMs: number | undefined };

/** What this process lately heard from the table; it makes a hammering caller cost nothing. Bounded memory. */
export interface RefusalMemory {
  /** What is remembered against taking this much from this counter. */
  money(planned: PlannedCounter, nanoUsd: bigint): MoneyRefusal | undefined;
  rememberMoney(planned: PlannedCounter, nanoUsd: bigint, refusal: MoneyRefusal): void;
  gate(spec: GateSpec): GateVerdict | undefined;
  rememberGate(spec: GateSpec, verdict: GateVerdict): void;
}

const SPENT_MS = 10_000;
const RESERVED_MS = 1_000;
const MOST_ENTRIES = 10_000;
const SLOWEST_RETRY_MS = 5_000;
const FASTEST_RETRY_MS = 1_000;

interface Remembered<T> {
  readonly untilMs: number;
  /** Monotonic time after which it is forgotten, whatever the wall clock says. */
  readonly untilMonotonicMs: number;
  readonly value: T;
}

/**
 * Tells the two kinds of refusal apart: money that open requests hold and may give back counts as coming, money of dead ones does not.
 *
 * @param random 0 to 1; spreads the retries of callers that were refused together
 */
export function moneyRefusal(state: CounterState, nanoUsd: bigint, nowMs: number, random: number): MoneyRefusal {
  let coming = state.remainingNanoUsd;
  for (const entry of state.open.values()) {
    if (entry.expiresAtMs >= nowMs) coming += entry.nanoUsd;
  }
  if (coming < nanoUsd) return { kind: 'spent', retryAfterMs: undefined };
  return { kind: 'reserved', retryAfterMs: Math.round(FASTEST_RETRY_MS + random * (SLOWEST_RETRY_MS - FASTEST_RETRY_MS)) };
}

export function createRefusalMemory(clock: Clock): RefusalMemory {
  const money = new Map<string, Remembered<MoneyRefusal & { readonly nanoUsd: bigint; readonly generation: number }>>();
  const gates = new Map<string, Remembered<{ readonly spec: GateSpec; readonly verdict: GateVerdict }>>();

  function recall<T>(map: Map<string, Remembered<T>>, key: string): Remembered<T> | undefined {
    const remembered = map.get(key);
    if (remembered === undefined) return undefined;
    if (remembered.untilMs > clock.now() && remembered.untilMonotonicMs > clock.monotonic()) return remembered;
    map.delete(key);
    return undefined;
  }

  function keep<T>(map: Map<string, Remembered<T>>, key: string, value: T, forMs: number): void {
    if (map.size >= MOST_ENTRIES) map.clear();
    map.set(key, { untilMs: clock.now() + forMs, untilMonotonicMs: clock.monotonic() + forMs, value });
  }
  return {
    money(planned, nanoUsd) {
      const remembered = recall(money, planned.spec.key)?.value;
      if (remembered === undefined || nanoUsd < remembered.nanoUsd || remembered.generation !== planned.spec.generation) return undefined;
      return remembered;
    },

    rememberMoney(planned, nanoUsd, refusal) {
      const known = recall(money, planned.spec.key)?.value;
      // A smaller amount refused says more than a larger one.
      if (known !== undefined && known.kind === refusal.kind && known.generation === planned.spec.generation && known.nanoUsd <= nanoUsd)
        return;
      const untilReset = planned.period.endMs - clock.now();
      const forMs = Math.min(refusal.kind === 'spent' ? SPENT_MS : RESERVED_MS, untilReset);
      keep(money, planned.spec.key, { ...refusal, nanoUsd, generation: planned.spec.generation }, forMs);
    },

    gate(spec) {
      const remembered = recall(gates, spec.key);
      if (remembered === undefined || JSON.stringify(remembered.value.spec) !== JSON.stringify(spec)) return undefined;
      return remembered.value.verdict;
    },

    rememberGate(spec, verdict) {
      keep(gates, spec.key, { spec, verdict }, Math.min(RESERVED_MS, verdict.retryAfterMs));
    },
  };
}
