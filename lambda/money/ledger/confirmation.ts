import { sharedReads } from '../../platform/runtime';
import type { KeyRows, LevelRows } from '../ports/rows';
import { CALL_TIMEOUT_MS } from './attempt';
import type { KeyRow } from './holders';
import { type BoundLevel, labelOf } from './levels';

/** The row of a level as the table has it now, where it is another than a refusal was made from. */
export interface ChangedRow<Key extends KeyRow> {
  /** Of a key only: other rows are in the cache. Undefined: the key is gone. */
  readonly key: Key | undefined;
}

/**
 * Asks whether a level's row is still the one that refuses: by one consistent read that begins after the question and that all who ask at
 * the same time share. So a raised budget or limit, or a level that is open again, holds from the next request on, and a caller who
 * hammers costs no write. A read that fails leaves the refusal.
 */
export function createConfirmation<Key extends KeyRow>(
  identity: KeyRows<Key>,
  levels: LevelRows,
): (level: BoundLevel) => Promise<ChangedRow<Key> | undefined> {
  const keys = sharedReads((id) => identity.get('key', id, { consistent: true, timeoutMs: CALL_TIMEOUT_MS }));
  const others = sharedReads((label) => {
    const split = label.indexOf('#');
    return levels.refresh(label.slice(0, split) as BoundLevel['kind'], label.slice(split + 1));
  });

  return async ({ kind, id, generation }) => {
    try {
      const key = kind === 'key' ? await keys(id) : undefined;
      const row = kind === 'key' ? key : await others(labelOf(kind, id));
      return (row?.generation ?? 0) === generation ? undefined : { key };
    } catch {
      return undefined;
    }
  };
}
