import type { LevelRecord } from '../../identity';

/** Whether a provider may be let keep a call and its answer: the key or a level above it says yes, and none of them no. */
export function mayStore(levels: readonly (Pick<LevelRecord, 'mayStore'> | undefined)[]): boolean {
  const said = levels.flatMap((level) => level?.mayStore ?? []);
  return said.includes(true) && !said.includes(false);
}
