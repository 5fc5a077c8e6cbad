import { bigintOf, type Item, numberOf } from './attributes';

/** Money set aside for one request. */
export interface OpenEntry {
  readonly nanoUsd: bigint;
  readonly expiresAtMs: number;
}

/** A counter as the table holds it. `remaining + open + parked + lent + charged = limit`, always. */
export interface CounterState {
  readonly key: string;
  readonly remainingNanoUsd: bigint;
  readonly limitNanoUsd: bigint;
  readonly generation: number;
  /** By attempt id. */
  readonly open: ReadonlyMap<string, OpenEntry>;
  /** Charged in full because their request died; kept until no late settlement can come. */
  readonly parked: ReadonlyMap<string, OpenEntry>;
  /** Money that escrow shards hold for it. */
  readonly lentNanoUsd: bigint;
  /** Escrow shards in use; 0: requests reserve here. */
  readonly shards: number;
  /** Escrow shards that were ever in use. */
  readonly spread: number;
}

export function writeEntry(entry: OpenEntry): Item[string] {
  return { M: { w: { N: String(entry.nanoUsd) }, x: { N: String(entry.expiresAtMs) } } };
}

export function readCounter(item: Item): CounterState {
  return {
    key: item['pk']?.S ?? '',
    remainingNanoUsd: bigintOf(item['remaining']) ?? 0n,
    limitNanoUsd: bigintOf(item['limit']) ?? 0n,
    generation: numberOf(item['generation']) ?? 0,
    open: readEntries(item['open']),
    parked: readEntries(item['parked']),
    lentNanoUsd: bigintOf(item['lent']) ?? 0n,
    shards: numberOf(item['shards']) ?? 0,
    spread: numberOf(item['spread']) ?? 0,
  };
}

function readEntries(attribute: Item[string] | undefined): ReadonlyMap<string, OpenEntry> {
  const entries = new Map<string, OpenEntry>();
  for (const [id, { M: entry }] of Object.entries(attribute?.M ?? {})) {
    entries.set(id, { nanoUsd: bigintOf(entry?.['w']) ?? 0n, expiresAtMs: numberOf(entry?.['x']) ?? 0 });
  }
  return entries;
}
