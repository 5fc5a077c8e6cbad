import { bigintOf, type Item, numberOf } from './attributes';

export const MONEY_PREFIX = 'money#';

/**
 * The key of a money counter.
 *
 * @param level `team#t1`, ...
 * @param narrowing glob of models, `*` for all
 * @param restarts see `LevelRecord`
 */
export function counterKey(
  level: string,
  narrowing: string,
  period: string,
  periodStartMs: number,
  restarts: Readonly<Record<string, number>> = {},
): string {
  const unbroken = `${MONEY_PREFIX}${level}#${narrowing}#${period}#${periodStartMs}`;
  const restart = restarts[unbroken];
  return restart === undefined ? unbroken : `${unbroken}.${restart}`;
}

/** The key that the same budget's counter has where it never stopped counting. */
export function unbrokenKey(key: string): string {
  return key.replace(/\.\d+$/, '');
}

/** Money set aside for one request. */
export interface OpenEntry {
  readonly nanoUsd: bigint;
  readonly expiresAtMs: number;
}

/** What a reservation that went well needs to know of its counter. */
export interface CounterFigures {
  readonly key: string;
  readonly remainingNanoUsd: bigint;
  readonly limitNanoUsd: bigint;
  readonly generation: number;
  /** Escrow shards in use; 0: requests reserve here. */
  readonly shards: number;
  /** Escrow shards that were ever in use. */
  readonly spread: number;
}

/** A counter as the table holds it. `remaining + open + parked + lent + charged = limit`, always. */
export interface CounterState extends CounterFigures {
  /** By attempt id. */
  readonly open: ReadonlyMap<string, OpenEntry>;
  /** Charged in full because their request died; kept until no late settlement can come. */
  readonly parked: ReadonlyMap<string, OpenEntry>;
  /** Money that escrow shards hold for it. */
  readonly lentNanoUsd: bigint;
}

export function writeEntry(entry: OpenEntry): Item[string] {
  return { M: { w: { N: String(entry.nanoUsd) }, x: { N: String(entry.expiresAtMs) } } };
}

function readFigures(item: Item): CounterFigures {
  return {
    key: item['pk']?.S ?? '',
    remainingNanoUsd: bigintOf(item['remaining']) ?? 0n,
    limitNanoUsd: bigintOf(item['limit']) ?? 0n,
    generation: numberOf(item['generation']) ?? 0,
    shards: numberOf(item['shards']) ?? 0,
    spread: numberOf(item['spread']) ?? 0,
  };
}

/** A reservation that went well, and how many requests hold money on its item now. */
export function reserved(item: Item): { readonly kind: 'reserved'; readonly state: CounterFigures; readonly openCount: number } {
  return { kind: 'reserved', state: readFigures(item), openCount: Object.keys(item['open']?.M ?? {}).length };
}

export function readCounter(item: Item): CounterState {
  return {
    ...readFigures(item),
    open: readEntries(item['open']),
    parked: readEntries(item['parked']),
    lentNanoUsd: bigintOf(item['lent']) ?? 0n,
  };
}

/** A counter as it would be made, on which nothing is set aside. */
export function emptyCounter(budget: Pick<CounterFigures, 'key' | 'limitNanoUsd' | 'generation'>, remainingNanoUsd: bigint): CounterState {
  const { key, limitNanoUsd, generation } = budget;
  return { key, limitNanoUsd, generation, remainingNanoUsd, open: new Map(), parked: new Map(), lentNanoUsd: 0n, shards: 0, spread: 0 };
}

/** A counter as it would be under another budget. */
export function withBudget(found: CounterState, budget: { readonly limitNanoUsd: bigint; readonly generation: number }): CounterState {
  const remainingNanoUsd = found.remainingNanoUsd + budget.limitNanoUsd - found.limitNanoUsd;
  return { ...found, remainingNanoUsd, limitNanoUsd: budget.limitNanoUsd, generation: budget.generation };
}

function readEntries(attribute: Item[string] | undefined): ReadonlyMap<string, OpenEntry> {
  const entries = new Map<string, OpenEntry>();
  for (const [id, { M: entry }] of Object.entries(attribute?.M ?? {})) {
    entries.set(id, { nanoUsd: bigintOf(entry?.['w']) ?? 0n, expiresAtMs: numberOf(entry?.['x']) ?? 0 });
  }
  return entries;
}
