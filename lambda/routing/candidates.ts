import type { Asked } from './asked';
import { type Candidates, Sieve } from './sieve';
import type { Target } from './target';

export type { Candidates, Skipped } from './sieve';

/**
 * Of the places that a name means those that a call is for. Of a target that is named more than once the first that takes it counts, so that
 * the others are not even held against the call.
 *
 * @returns the same for the same answers of conditions, so that what is made of it is made once: prices, and what models are called
 */
export function candidatesOf(targets: readonly Target[], asked: Asked): Candidates {
  return BY_CONDITION.sift(targets, asked);
}

/**
 * Candidates without those that would only refuse. Where none would be left all stay: what is known of them may be wrong, and whoever is
 * asked says it in better words.
 *
 * @param unfit why targets cannot carry the call
 */
export function withoutUnfit({ targets, skipped }: Candidates, unfit: ReadonlyMap<Target, string>): Candidates {
  const fit = unfit.size === 0 ? undefined : BY_FITNESS.sift(targets, unfit);
  if (fit === undefined || fit.targets.length === 0) return { targets, skipped };
  return { targets: fit.targets, skipped: skipped.length === 0 ? fit.skipped : [...skipped, ...fit.skipped] };
}

const BY_CONDITION = new Sieve<Asked>(
  ({ when }) => when !== undefined,
  ({ when }, asked) => when?.(asked),
);
const BY_FITNESS = new Sieve<ReadonlyMap<Target, string>>(
  () => true,
  (target, unfit) => unfit.get(target),
);
