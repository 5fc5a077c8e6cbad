import type { RowChange } from '../../money/rollup';
import { ROW_LISTS } from './rollup-row';
import type { RollupStore } from './rollups';

/** All rows of a UTC day, under the epoch that is read. @param day such as `2026-11-24` */
export async function rowsOfDay(rollups: Pick<RollupStore, 'epochs' | 'list'>, day: string): Promise<readonly RowChange[]> {
  const { current } = await rollups.epochs(day);
  const lists = Array.from({ length: ROW_LISTS }, async (_unused, list) => {
    const rows: RowChange[] = [];
    let after: string | undefined;
    do {
      const page = await rollups.list(day.slice(0, 7), list, [`${day}T00`, `${day}T23`], after);
      for (const { epoch, ...row } of page.items) if (epoch === current) rows.push(row);
      after = page.next;
    } while (after !== undefined);
    return rows;
  });
  return (await Promise.all(lists)).flat();
}
