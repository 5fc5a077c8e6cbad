import type { LevelRecord } from '../../identity';

/** Whether a provider may be let keep a call and its answer: the key or a level above it says yes, and none of them no. */
export function mayStore(levels: readonly Pick<LevelRecord, 'mayStore'>[]): boolean {
  return levels.some((level) => level.mayStore === true) && !levels.some((level) => level.mayStore === false);
}
