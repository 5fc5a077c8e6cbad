import type { LevelKind } from '../money/ledger';
import { ageMs as ageOf, type Clock, type Moment, momentOf, sharedReads } from '../platform/runtime';
import type { IdentityStore, LevelRecords } from './ports';

/** How old what was read from the table may be, in milliseconds. */
export const LEVEL_LIFETIME_MS = 10_000;
/** How long an id that does not exist is remembered, in milliseconds. */
export const ABSENT_LIFETIME_MS = 30_000;
const MAX_ENTRIES = 10_000;

/** A row and how old it is. */
export interface CachedLevel<R> {
  /** Undefined: there is no such row. */
  readonly record: R | undefined;
  readonly ageMs: number;
}

interface Entry {
  readonly record: LevelRecords[LevelKind] | undefined;
  readonly readAt: Moment;
}

/** Rows of the identity table with bounded staleness. */
export interface LevelCache {
  /**
   * The row, read from the table when what is known is older than `maxAgeMs`. Reads that overlap are one read. That there is no such row
   * is remembered for 30 s whatever is asked for: ids are drawn at random and come into use after their row, so only guesses find none.
   *
   * @param maxAgeMs of a row that exists; default: 10 s; 0 reads consistently
   * @throws whatever the table's connector throws
   */
  get<K extends LevelKind>(kind: K, id: string, maxAgeMs?: number): Promise<CachedLevel<LevelRecords[K]>>;
}

export function createLevelCache(store: Pick<IdentityStore, 'get'>, clock: Clock): LevelCache {
  const entries = new Map<string, Entry>();
  const pending = new Map<string, Promise<Entry>>();

  const read = async (kind: LevelKind, id: string, key: string): Promise<Entry> => {
    // A row's age counts from before the read, because the row may change while it is read.
    const readAt = momentOf(clock);
    const entry: Entry = { record: await store.get(kind, id, { consistent: true }), readAt };
    entries.delete(key);
    if (entries.size >= MAX_ENTRIES) entries.delete(entries.keys().next().value as string);
    entries.set(key, entry);
    return entry;
  };

  // Whoever wants the row as it is now may not join a read that began before.
  const asItIs = sharedReads((key) => read(key.slice(0, key.indexOf('#')) as LevelKind, key.slice(key.indexOf('#') + 1), key));

  return {
    async get(kind, id, maxAgeMs) {
      const key = `${kind}#${id}`;
      const known = entries.get(key);
      if (known !== undefined) {
        const ageMs = ageOf(clock, known.readAt);
        if (ageMs < (known.record === undefined ? ABSENT_LIFETIME_MS : (maxAgeMs ?? LEVEL_LIFETIME_MS))) {
          return { record: known.record as never, ageMs };
        }
      }
      if (maxAgeMs === 0) return { record: (await asItIs(key)).record as never, ageMs: 0 };
      let running = pending.get(key);
      if (running === undefined) {
        running = read(kind, id, key).finally(() => pending.delete(key));
        pending.set(key, running);
      }
      return { record: (await running).record as never, ageMs: 0 };
    },
  };
}
