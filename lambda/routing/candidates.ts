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

/** Of one list of targets. */
const MOST_LISTS = 256;

export interface Candidates {
  /** Each once. */
  readonly targets: readonly Target[];
  readonly skipped: readonly Skipped[];
}

/** Of the places that a name means those that a call may go to. Of a target that is named more than once the first that takes it counts. */
export function candidatesOf(targets: readonly Target[], asked: Asked, filters: readonly CandidateFilter[] = FILTERS): Candidates {
  const kept: Target[] = [];
  let skipped: Skipped[] | undefined;
  let chosen = 0;
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index] as Target;
    const why = firstReason(target, asked, filters);
    if (why !== undefined) {
      skipped ??= [];
      skipped.push({ target, why });
    } else if (!isNamed(kept, target)) {
      kept.push(target);
      chosen += 2 ** index;
    }
  }
  return {
    targets: sameList(targets, chosen, kept),
    skipped: skipped === undefined ? NONE : skipped.filter(({ target }) => !isNamed(kept, target)),
  };
}

const NONE: readonly Skipped[] = [];
const lists = new WeakMap<readonly Target[], Map<number, readonly Target[]>>();

/** One list for each choice, so that what is made of it is made once: prices, and what models are called. @param chosen a bit for each place */
function sameList(targets: readonly Target[], chosen: number, kept: readonly Target[]): readonly Target[] {
  let known = lists.get(targets);
  if (known === undefined) {
    known = new Map();
    lists.set(targets, known);
  }
  const same = known.get(chosen);
  if (same !== undefined) return same;
  if (known.size >= MOST_LISTS) known.clear();
  known.set(chosen, kept);
  return kept;
}

function isNamed(targets: readonly Target[], { name }: Target): boolean {
  for (const one of targets) if (one.name === name) return true;
  return false;
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
