import { hashOf } from '../hash';
import type { Target } from '../target';
import type { RoutingFacts } from './strategy';

const RANGE = 2 ** 32;

/**
 * A target's lot: the lowest is first. With lots from an exponential distribution by weight, each target is the first as often as its weight
 * says, and the second among the others, and so on. A conversation draws the same lot each time, whichever process draws it, and loses its
 * target only with that one: no other target that comes or goes changes it (rendezvous hashing).
 *
 * @see https://en.wikipedia.org/wiki/Rendezvous_hashing
 */
export function lotOf(target: Target, { conversation, random }: RoutingFacts): number {
  const { weight = 1 } = target;
  if (weight === 0) return Number.POSITIVE_INFINITY;
  const chance = conversation === undefined ? random() : mixed(conversation, target.name) / RANGE;
  return -Math.log(1 - chance) / weight;
}

interface Judged<T> {
  readonly target: Target;
  readonly by: T;
  /** Drawn where something else is judged alike. */
  lot: number | undefined;
}

/** Candidates by what they are judged by, the lowest first; those that are alike by lot. */
export function sortedBy<T extends number | bigint>(
  candidates: readonly Target[],
  facts: RoutingFacts,
  judge: (target: Target) => T,
): readonly Target[] {
  const judged: Judged<T>[] = candidates.map((target) => ({ target, by: judge(target), lot: undefined }));
  const lot = (one: Judged<T>): number => {
    one.lot ??= lotOf(one.target, facts);
    return one.lot;
  };
  judged.sort((left, right) => {
    if (left.by !== right.by) return left.by < right.by ? -1 : 1;
    const [first, second] = [lot(left), lot(right)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
  return judged.map(({ target }) => target);
}

/** 32 bits that differ in half of their places where one bit of the conversation or the name differs (the finish of MurmurHash3). */
function mixed(conversation: number, name: string): number {
  let bits = Math.imul(conversation, 0x9e3779b1) ^ hashOf(name);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
