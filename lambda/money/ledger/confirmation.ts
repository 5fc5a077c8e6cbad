import type { KeyRecord } from '../../aws/dynamodb/entities';
import type { IdentityStore } from '../../aws/dynamodb/identity';
import { sharedReads } from '../../platform/runtime/shared-reads';
import { CALL_TIMEOUT_MS } from './attempt';
import { type BoundLevel, type LevelCache, labelOf } from './levels';

/** The row of a level as the table has it now, where it is another than a refusal was made from. */
export interface ChangedRow {
  /** Of a key only: other rows are in the cache. Undefined: the key is gone. */
  readonly key: KeyRecord | undefined;
}

/**
 * Asks whether a level's row is still the one that refuses: by one consistent read that begins after the question and that all who ask at
 * the same time share. So a raised budget or limit, or a level that is open again, holds from the next request on, and a caller who
 * hammers costs no write. A read that fails leaves the refusal.
 */
export function createConfirmation(
  identity: Pick<IdentityStore, 'get'>,
  levels: LevelCache,
): (level: BoundLevel) => Promise<ChangedRow | undefined> {
  const keys = sharedReads((id) => identity.get('key', id, { consistent: true, timeoutMs: CALL_TIMEOUT_MS }));
  const others = sharedReads((label) => {
    const split = label.indexOf('#');
    return levels.refresh(label.slice(0, split) as BoundLevel['kind'], label.slice(split + 1));
  });

  return async ({ kind, id, generation }) => {
    try {
      const row = kind === 'key' ? await keys(id) : await others(labelOf(kind, id));
      if ((row?.generation ?? 0) === generation) return undefined;
      return { key: kind === 'key' ? (row as KeyRecord | undefined) : undefined };
    } catch {
      return undefined;
    }
  };
}
