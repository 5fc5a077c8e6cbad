import type { Clock } from '../../platform/runtime';
import type { SpentBefore } from '../pages';
import type { SpendStore } from '../ports/spend';
import type { LevelKind, LevelRow } from './holders';
import { lookUpSpent, spentSince } from './spent-before';

/**
 * What a level spent in a period that none of its calls has met yet, for those who show how its budgets stand.
 *
 * @param readRow reads a level's row consistently
 */
export function createSpentBefore(
  spend: SpendStore,
  readRow: (kind: LevelKind, id: string) => Promise<LevelRow | undefined>,
  clock: Pick<Clock, 'now'>,
): SpentBefore {
  return async (page, period) => {
    const row = await readRow(page.level.kind, page.level.id);
    if (spentSince(page, period, row) === 'nothing') return 0n;
    return (await lookUpSpent(spend, page, [period.spec], row, undefined, clock.now())).get(period.spec.name);
  };
}
