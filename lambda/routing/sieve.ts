import type { Target } from './target';

/** A target that is not asked, and why: for whoever reads `x-gateway-route-reason` or the usage record. */
export interface Skipped {
  readonly target: Target;
  readonly why: string;
}

/** What is left of a list of targets. */
export interface Candidates {
  /** Each once. */
  readonly targets: readonly Target[];
  readonly skipped: readonly Skipped[];
}

/** Steps that are kept of one list. */
const MOST_STEPS = 512;
const NONE: readonly never[] = [];

/**
 * Sifts lists of targets by answers, and keeps what came of them: the lists of a route are the same from call to call, and mostly so are the
 * answers. Then a call costs a look for each target that decides, and makes nothing.
 */
export class Sieve<Question> {
  readonly #byList = new WeakMap<readonly Target[], Sifted>();

  /** @param answer why a target is left out; undefined where it is not */
  public constructor(
    private readonly decides: (target: Target) => boolean,
    private readonly answer: (target: Target, question: Question) => string | undefined,
  ) {}

  public sift(targets: readonly Target[], question: Question): Candidates {
    let sifted = this.#byList.get(targets);
    if (sifted === undefined || sifted.steps >= MOST_STEPS) {
      sifted = { first: this.#stepFrom(targets, 0, NONE, NONE), steps: 0 };
      this.#byList.set(targets, sifted);
    }
    let step = sifted.first;
    while (step.next !== undefined) {
      const target = targets[step.index] as Target;
      const why = this.answer(target, question);
      let next = step.next.get(why);
      if (next === undefined) {
        const { index, targets: kept, skipped } = step;
        next =
          why === undefined
            ? this.#stepFrom(targets, index + 1, [...kept, target], skipped)
            : this.#stepFrom(targets, index + 1, kept, [...skipped, { target, why }]);
        step.next.set(why, next);
        sifted.steps += 1;
      }
      step = next;
    }
    return step;
  }

  /** Takes along the targets that nobody has to be asked about, up to the next that decides. Of one that is named twice the first counts. */
  #stepFrom(targets: readonly Target[], from: number, taken: readonly Target[], skipped: readonly Skipped[]): Step {
    const kept = [...taken];
    for (let index = from; index < targets.length; index++) {
      const target = targets[index] as Target;
      if (isNamed(kept, target)) continue;
      if (this.decides(target)) return { targets: kept, skipped, index, next: new Map() };
      kept.push(target);
    }
    return { targets: kept, skipped: skipped.filter(({ target }) => !isNamed(kept, target)), index: targets.length, next: undefined };
  }
}

interface Sifted {
  readonly first: Step;
  steps: number;
}

/** What came of the targets before one. */
interface Step extends Candidates {
  /** Of the target that decides next. */
  readonly index: number;
  /** By its answer; undefined: nothing is left to decide. */
  readonly next: Map<string | undefined, Step> | undefined;
}

function isNamed(targets: readonly Target[], { key }: Target): boolean {
  return targets.some((one) => one.key === key);
}
