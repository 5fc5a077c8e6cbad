import type { Asked } from './asked';
import type { Target } from './target';

/** A target that is not asked, and why: for whoever reads `x-gateway-route-reason` or the usage record. */
export interface Skipped {
  readonly target: Target;
  readonly why: string;
}

/** Why a call must not go to a target; undefined where it may. No order of targets and no fallback goes past it. */
export type CandidateFilter = (target: Target, asked: Asked) => string | undefined;

/**
 * What every candidate has passed, in this order. Rules of where a call may go at all (its sensitivity, its residency) stand first: what they
 * leave out is not even held against conditions.
 */
export const FILTERS: readonly CandidateFilter[] = [({ when }, asked) => when?.(asked)];

export interface Candidates {
  /** Each once. */
  readonly targets: readonly Target[];
  readonly skipped: readonly Skipped[];
}

/** Of the places that a name means those that a call may go to. Of a target that is named more than once the first that takes it counts. */
export function candidatesOf(targets: readonly Target[], asked: Asked, filters: readonly CandidateFilter[] = FILTERS): Candidates {
  const kept: Target[] = [];
  const skipped: Skipped[] = [];
  for (const target of targets) {
    const why = firstReason(target, asked, filters);
    if (why !== undefined) skipped.push({ target, why });
    else if (kept.every(({ name }) => name !== target.name)) kept.push(target);
  }
  return { targets: kept, skipped: skipped.filter(({ target }) => kept.every(({ name }) => name !== target.name)) };
}

function firstReason(target: Target, asked: Asked, filters: readonly CandidateFilter[]): string | undefined {
  for (const filter of filters) {
    const why = filter(target, asked);
    if (why !== undefined) return why;
  }
  return undefined;
}

/**
 * Candidates without those that would only refuse. Where none would be left all stay: what is known of them may be wrong, and whoever is
 * asked says it in better words.
 *
 * @param unfit why a target cannot carry the call
 */
export function withoutUnfit({ targets, skipped }: Candidates, unfit: (target: Target) => string | undefined): Candidates {
  const found = targets.map(unfit);
  const fit = targets.filter((_target, index) => found[index] === undefined);
  if (fit.length === targets.length || fit.length === 0) return { targets, skipped };
  const left = targets.flatMap((target, index) => (found[index] === undefined ? [] : [{ target, why: found[index] as string }]));
  return { targets: fit, skipped: [...skipped, ...left] };
}
