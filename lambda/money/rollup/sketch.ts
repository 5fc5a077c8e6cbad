/**
 * How long requests took, as counts of logarithmic classes: what is added up anywhere, in any order, is the sketch of all. A percentile
 * read from it is off by a twentieth at most.
 */
const GROWTH = 1.1;
const LOG_GROWTH = Math.log(GROWTH);
/** Longer than anything may take. */
const LAST_CLASS = 160;

/** The class of a duration. */
export function classOf(ms: number): number {
  return ms <= 1 ? 0 : Math.min(LAST_CLASS, Math.ceil(Math.log(ms) / LOG_GROWTH));
}

/** What stands for a class, in whole ms: in its middle, by ratio. */
function middleMs(index: number): number {
  return Math.max(1, Math.round((2 * GROWTH ** index) / (1 + GROWTH)));
}

/** The duration that a share of all did not exceed; undefined where there are none. @param counts by class */
export function percentileMs(counts: ReadonlyMap<number, bigint>, share: number): number | undefined {
  const classes = [...counts].filter(([, count]) => count > 0n).sort(([left], [right]) => left - right);
  const all = classes.reduce((sum, [, count]) => sum + count, 0n);
  if (all === 0n) return undefined;
  const rank = BigInt(Math.max(1, Math.ceil(Number(all) * share)));
  let seen = 0n;
  for (const [index, count] of classes) {
    seen += count;
    if (seen >= rank) return middleMs(index);
  }
  return undefined;
}
