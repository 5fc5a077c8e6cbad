import type { Clock } from '../../platform/runtime';
import type { CounterState } from '../ports/counters';
import type { GateSpec, GateVerdict } from '../ports/gates';
import { LIFETIME_MS } from './lifetime';
import { UNSEEN, type Usual } from './money-left';
import type { PlannedCounter } from './plan';

/** Why money cannot be set aside: never in this period, or only while others hold it. */
export type MoneyRefusal = { readonly kind: 'spent' | 'reserved'; readonly retryAfterMs: number | undefined };

/** What this process lately heard from the table; it makes a hammering caller cost nothing. Bounded memory. */
export interface RefusalMemory {
  /** What is remembered against taking this much from this counter. */
  money(planned: PlannedCounter, nanoUsd: bigint): MoneyRefusal | undefined;
  rememberMoney(planned: PlannedCounter, nanoUsd: bigint, refusal: MoneyRefusal): void;
  /** Money of a counter was given back: who waits for it may ask again. */
  moneyCameBack(planned: PlannedCounter): void;
  gate(spec: GateSpec): GateVerdict | undefined;
  rememberGate(spec: GateSpec, verdict: GateVerdict): void;
}

const SPENT_MS = 10_000;
const RESERVED_MS = 1_000;
const MOST_ENTRIES = 10_000;
const FASTEST_RETRY_MS = 1_000;
const SLOWEST_RETRY_MS = 60_000;
/** Callers that were refused together come back over so long. */
const RETRY_SPREAD_MS = 4_000;

interface Remembered<T> {
  readonly untilMs: number;
  /** Monotonic time after which it is forgotten, whatever the wall clock says. */
  readonly untilMonotonicMs: number;
  readonly value: T;
}

/** What is left of a counter once its open requests have settled, at most: money that dead ones hold does not come back. */
export function leftLater({ remainingNanoUsd, open }: Pick<CounterState, 'remainingNanoUsd' | 'open'>, nowMs: number): bigint {
  let left = remainingNanoUsd;
  for (const entry of open.values()) if (entry.expiresAtMs >= nowMs) left += entry.nanoUsd;
  return left;
}

/**
 * Tells the two kinds of refusal apart: money that open requests hold and may give back counts as coming, money of dead ones does not.
 *
 * @param random 0 to 1; spreads the retries of callers that were refused together
 */
export function moneyRefusal(state: CounterState, nanoUsd: bigint, nowMs: number, random: number, usual: Usual = UNSEEN): MoneyRefusal {
  if (leftLater(state, nowMs) < nanoUsd) return { kind: 'spent', retryAfterMs: undefined };
  const waitMs = Math.min(SLOWEST_RETRY_MS, Math.max(FASTEST_RETRY_MS, expectedWaitMs(state, nanoUsd, nowMs, usual)));
  return { kind: 'reserved', retryAfterMs: Math.round(waitMs + random * RETRY_SPREAD_MS) };
}

/** When enough is expected back, if the open requests take as long as usual and cost as much. */
function expectedWaitMs(state: CounterState, nanoUsd: bigint, nowMs: number, { tookMs, costNanoUsd }: Usual): number {
  let lacking = nanoUsd - state.remainingNanoUsd;
  let waitMs = 0;
  const inOrder = [...state.open.values()]
    .filter(({ expiresAtMs }) => expiresAtMs >= nowMs)
    .sort((left, right) => left.expiresAtMs - right.expiresAtMs);
  for (const entry of inOrder) {
    if (lacking <= 0n) break;
    if (entry.nanoUsd > costNanoUsd) lacking -= entry.nanoUsd - costNanoUsd;
    waitMs = entry.expiresAtMs - LIFETIME_MS + tookMs - nowMs;
  }
  return waitMs;
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

    moneyCameBack({ spec }) {
      if (money.get(spec.key)?.value.kind === 'reserved') money.delete(spec.key);
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
