export const MONEY_PREFIX = 'money#';

/**
 * The key of a money counter.
 *
 * @param level `team#t1`, ...
 * @param narrowing glob of models, `*` for all
 * @param restarts see `LevelRow`
 */
export function counterKey(
  level: string,
  narrowing: string,
  period: string,
  periodStartMs: number,
  restarts: Readonly<Record<string, number>> = {},
): string {
  const unbroken = `${MONEY_PREFIX}${level}#${narrowing}#${period}#${periodStartMs}`;
  const restart = restarts[unbroken];
  return restart === undefined ? unbroken : `${unbroken}.${restart}`;
}

/** The key that the same budget's counter has where it never stopped counting. */
export function unbrokenKey(key: string): string {
  return key.replace(/\.\d+$/, '');
}

/** The key of a root's shard. */
export function shardKey(root: string, index: number): string {
  return `${root}#shard${index}`;
}

export const GATE_PREFIX = 'gate#';

/**
 * The key of a level's gate.
 *
 * @param level `team#t1`, ...
 * @param narrowing glob of models, `*` for all
 */
export function gateKey(level: string, narrowing: string): string {
  return `${GATE_PREFIX}${level}#${narrowing}`;
}
