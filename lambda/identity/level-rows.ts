import type { LevelKind } from '../money/ledger';
import { labelOf } from '../money/ledger';
import type { LevelRows } from '../money/ports';
import { ageMs, type Clock, type Moment, momentOf } from '../platform/runtime';
import type { LevelRecord } from './entities';
import type { IdentityStore } from './ports';

/** Older rows are read again beside the request that finds them. */
const FRESH_MS = 5_000;
/** Older rows are not used. */
const STALE_MS = 10_000;
const MOST_ROWS = 5_000;
const READ_TIMEOUT_MS = 700;

interface CachedRow {
  readonly row: Promise<LevelRecord | undefined>;
  readonly readAt: Moment;
  refreshing: boolean;
}

/** The one cache of the levels above a key, for the ledger and for policies alike. */
export function createLevelRows(identity: Pick<IdentityStore, 'get'>, clock: Clock): LevelRows<LevelRecord> {
  const rows = new Map<string, CachedRow>();

  function load(kind: LevelKind, id: string, consistent: boolean): Promise<LevelRecord | undefined> {
    const label = labelOf(kind, id);
    const row = identity.get(kind, id, { consistent, timeoutMs: READ_TIMEOUT_MS }) as Promise<LevelRecord | undefined>;
    if (rows.size >= MOST_ROWS) rows.clear();
    const kept: CachedRow = { row, readAt: momentOf(clock), refreshing: false };
    rows.set(label, kept);
    row.catch(() => {
      if (rows.get(label) === kept) rows.delete(label);
    });
    return row;
  }

  return {
    async get(kind, id) {
      const cached = rows.get(labelOf(kind, id));
      if (cached === undefined) return load(kind, id, false);
      const age = ageMs(clock, cached.readAt);
      if (age > STALE_MS) return load(kind, id, false);
      if (age > FRESH_MS && !cached.refreshing) {
        cached.refreshing = true;
        const label = labelOf(kind, id);
        const readAt = momentOf(clock);
        (identity.get(kind, id, { timeoutMs: READ_TIMEOUT_MS }) as Promise<LevelRecord | undefined>).then(
          (row) => {
            // Only over what it was meant to replace: a consistent read in between is newer.
            if (rows.get(label) !== cached) return;
            rows.set(label, { row: Promise.resolve(row), readAt, refreshing: false });
          },
          () => {
            cached.refreshing = false;
          },
        );
      }
      return cached.row;
    },
    refresh: (kind, id) => load(kind, id, true),
  };
}
