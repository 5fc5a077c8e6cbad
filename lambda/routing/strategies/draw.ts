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
  const chance = conversation === undefined ? random() : mixed(conversation, target.key) / RANGE;
  return -Math.log(1 - chance) / weight;
}

/** Candidates by lot, the lowest first. */
export function drawn(candidates: readonly Target[], facts: RoutingFacts): readonly Target[] {
  const sorted: Target[] = [];
  const lots: number[] = [];
  for (const target of candidates) insert(sorted, lots, target, lotOf(target, facts));
  return sorted;
}

/** Candidates by what they are judged by, the lowest first; those that are alike by lot. */
export function sortedBy<T extends number | bigint>(
  candidates: readonly Target[],
  facts: RoutingFacts,
  judge: (target: Target) => T,
): readonly Target[] {
  const sorted: Target[] = [];
  const found: T[] = [];
  for (const target of drawn(candidates, facts)) insert(sorted, found, target, judge(target));
  return sorted;
}

/** Puts a target behind all that are judged no higher: a route has few, so that nothing is faster. */
function insert<T extends number | bigint>(sorted: Target[], found: T[], target: Target, by: T): void {
  let at = sorted.length;
  while (at > 0 && (found[at - 1] as T) > by) {
    sorted[at] = sorted[at - 1] as Target;
    found[at] = found[at - 1] as T;
    at -= 1;
  }
  sorted[at] = target;
  found[at] = by;
}

/** 32 bits that differ in half of their places where one bit of the conversation or the key differs (the finish of MurmurHash3). */
function mixed(conversation: number, key: string): number {
  let bits = Math.imul(conversation, 0x9e3779b1) ^ hashOf(key);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
