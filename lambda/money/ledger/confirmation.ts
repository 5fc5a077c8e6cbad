import { sharedReads } from '../../platform/runtime';
import type { PlannedRows, RowCheck } from '../ports/planned-rows';
import { CALL_TIMEOUT_MS } from './round';

/**
 * Asks whether the rows that refuse a request still stand: by one consistent read that begins after the question and that all who ask the
 * same at the same time share. So a raised budget or limit, or a level that is open again, holds from the next request on, and a caller who
 * hammers costs no write. A read that fails leaves the refusal.
 */
export function createConfirmation<Rows extends PlannedRows>(check: RowCheck<Rows>): (rows: Rows) => Promise<boolean> {
  const asked = new Map<string, Rows>();
  const reads = sharedReads(async (name) => {
    const rows = asked.get(name);
    asked.delete(name);
    return rows === undefined || check.stand(rows, CALL_TIMEOUT_MS);
  });

  return async (rows) => {
    const name = nameOf(rows);
    asked.set(name, rows);
    try {
      return await reads(name);
    } catch {
      return true;
    }
  };
}

/** The same for rows that say the same. */
function nameOf({ key, gateway, team, project, user, tags, marks }: PlannedRows): string {
  const rows = [key, gateway, team, project, user, ...tags].map((row) => (row === undefined ? '' : `${row.id} ${row.generation}`));
  return [...rows, marks.overrides, marks.tags].join('\n');
}
