import type { Clock } from '../../platform/runtime';
import type { PlannedPage } from '../pages';
import type { PageEntry, PageState } from '../ports/pages';
import { UNSEEN, type Usual } from './money-left';
import type { MoneyPlace } from './money-place';

/** Why money cannot be set aside: never in this period, or only while others hold it. */
export type MoneyRefusal = { readonly kind: 'spent' | 'reserved'; readonly retryAfterMs: number | undefined };

/** A limit that refused: `requests_per_minute`, ... */
export interface LimitRefusal {
  readonly limit: string;
  readonly retryAfterMs: number;
}

/** Money of one period, as a page that refused shows it. */
export interface MoneyState {
  readonly remainingNanoUsd: bigint;
  /** Entries that took of it. */
  readonly open: readonly PageEntry[];
}

/** What this process lately heard from the table; it makes a hammering caller cost nothing. Bounded memory. */
export interface RefusalMemory {
  /** What is remembered against taking this much. */
  money(place: MoneyPlace, nanoUsd: bigint): MoneyRefusal | undefined;
  rememberMoney(place: MoneyPlace, nanoUsd: bigint, refusal: MoneyRefusal): void;
  /** Money was given back: who waits for it may ask again. */
  moneyCameBack(place: MoneyPlace): void;
  limit(page: PlannedPage): LimitRefusal | undefined;
  rememberLimit(page: PlannedPage, refusal: LimitRefusal): void;
}

/** How long an attempt may take to hear its pages: what lies between its begin and the `heardByMs` of its entries. */
export const HEARING_MS = 30_000;
/** Pages keep moments in whole seconds: who comes too early has come in vain. */
const KEPT_TO_MS = 1_000;
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

/** The entries of a page that took of one period. */
export function openOn(page: PageState | undefined, name: string): readonly PageEntry[] {
  const start = page?.periods[name]?.startMs;
  return page === undefined || start === undefined ? [] : [...page.open.values()].filter(({ starts }) => starts[name] === start);
}

/** What is left once open requests have settled, at most: money that dead ones hold does not come back. */
export function leftLater({ remainingNanoUsd, open }: MoneyState, nowMs: number): bigint {
  let left = remainingNanoUsd;
  for (const entry of open) if (entry.expiresAtMs >= nowMs) left += entry.nanoUsd;
  return left;
}

/**
 * Tells the two kinds of refusal apart: money that open requests hold and may give back counts as coming, money of dead ones does not.
 *
 * @param random 0 to 1; spreads the retries of callers that were refused together
 */
export function moneyRefusal(state: MoneyState, nanoUsd: bigint, nowMs: number, random: number, usual: Usual = UNSEEN): MoneyRefusal {
  if (leftLater(state, nowMs) < nanoUsd) return { kind: 'spent', retryAfterMs: undefined };
  const waitMs = Math.min(SLOWEST_RETRY_MS, Math.max(FASTEST_RETRY_MS, expectedWaitMs(state, nanoUsd, nowMs, usual)));
  return spread({ kind: 'reserved', retryAfterMs: waitMs }, random);
}

/** Callers that are told of one refusal come back apart. @param random 0 to 1 */
export function spread(refusal: MoneyRefusal, random: number): MoneyRefusal {
  const { kind, retryAfterMs } = refusal;
  return retryAfterMs === undefined ? refusal : { kind, retryAfterMs: Math.round(retryAfterMs + random * RETRY_SPREAD_MS) };
}

/** When enough is expected back, if the open requests take as long as usual and cost as much. */
function expectedWaitMs(state: MoneyState, nanoUsd: bigint, nowMs: number, { tookMs, costNanoUsd }: Usual): number {
  let lacking = nanoUsd - state.remainingNanoUsd;
  let waitMs = 0;
  const inOrder = state.open.filter(({ expiresAtMs }) => expiresAtMs >= nowMs).sort((left, right) => left.heardByMs - right.heardByMs);
  for (const entry of inOrder) {
    if (lacking <= 0n) break;
    if (entry.nanoUsd > costNanoUsd) lacking -= entry.nanoUsd - costNanoUsd;
    waitMs = entry.heardByMs + KEPT_TO_MS - HEARING_MS + tookMs - nowMs;
  }
  return waitMs;
}

export function createRefusalMemory(clock: Clock): RefusalMemory {
  const money = new Map<string, Remembered<MoneyRefusal & { readonly nanoUsd: bigint; readonly generation: number }>>();
  const limits = new Map<string, Remembered<LimitRefusal & { readonly generation: number }>>();

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
    money(place, nanoUsd) {
      const remembered = money.size === 0 ? undefined : recall(money, place.name)?.value;
      if (remembered === undefined || nanoUsd < remembered.nanoUsd || remembered.generation !== place.page.spec.generation)
        return undefined;
      return remembered;
    },

    rememberMoney(place, nanoUsd, refusal) {
      const { name } = place;
      const { generation } = place.page.spec;
      const known = recall(money, name)?.value;
      // A smaller amount refused says more than a larger one.
      if (known !== undefined && known.kind === refusal.kind && known.generation === generation && known.nanoUsd <= nanoUsd) return;
      const untilReset = place.period.spec.endMs - clock.now();
      const forMs = Math.min(refusal.kind === 'spent' ? SPENT_MS : RESERVED_MS, untilReset);
      keep(money, name, { ...refusal, nanoUsd, generation }, forMs);
    },

    moneyCameBack(place) {
      if (money.size === 0) return;
      const { name } = place;
      if (money.get(name)?.value.kind === 'reserved') money.delete(name);
    },

    limit({ spec }) {
      const remembered = limits.size === 0 ? undefined : recall(limits, spec.root)?.value;
      return remembered?.generation === spec.generation ? remembered : undefined;
    },

    rememberLimit({ spec }, refusal) {
      keep(limits, spec.root, { ...refusal, generation: spec.generation }, Math.min(RESERVED_MS, refusal.retryAfterMs));
    },
  };
}
