import type { CounterFigures, CounterState, OpenEntry } from '../../money/ports';
import { bigintOf, type Item, numberOf } from './attributes';

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

function readEntries(attribute: Item[string] | undefined): ReadonlyMap<string, OpenEntry> {
  const entries = new Map<string, OpenEntry>();
  for (const [id, { M: entry }] of Object.entries(attribute?.M ?? {})) {
    entries.set(id, { nanoUsd: bigintOf(entry?.['w']) ?? 0n, expiresAtMs: numberOf(entry?.['x']) ?? 0 });
  }
  return entries;
}
