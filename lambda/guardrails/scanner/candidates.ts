import { GUARD_ACTIONS, type GuardType } from '../../../lib/private/contract';
import type { TextWindow } from '../text';
import type { LocalRule } from './types';

const UNPROVED: GuardType = 'phone';

/** Something found in a window, which another may overlap. */
export interface Candidate {
  readonly rule: LocalRule;
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** Where it is seen from: its start, or a sign in front of it, without which it is not found again. */
  readonly seen: number;
}

/** What was found in a window, and from where on more text may change it. */
export interface Found {
  readonly candidates: Candidate[];
  /** Nothing that begins before it can change any more. */
  open: number;
}

/** A part of a scanner: looks for what some of the rules find, in order of where it begins. */
export interface Search {
  find(window: TextWindow, found: Found): void;
}

/**
 * One finding a place: what overlaps is told apart by action, then by length, then by order. What is left of one that gave way stays a finding.
 * Who wins depends on those alone that cover the place, so that it is the same wherever a text was cut.
 */
export function withoutOverlaps(candidates: Candidate[]): Candidate[] {
  if (!isInOrder(candidates)) candidates.sort((one, other) => one.start - other.start);
  const apart: Candidate[] = [];
  for (let first = 0; first < candidates.length; ) {
    let end = (candidates[first] as Candidate).end;
    let next = first + 1;
    for (; next < candidates.length && (candidates[next] as Candidate).start < end; next++) {
      end = Math.max(end, (candidates[next] as Candidate).end);
    }
    if (next === first + 1) apart.push(candidates[first] as Candidate);
    else apart.push(...painted(candidates.slice(first, next), end));
    first = next;
  }
  return apart;
}

function isInOrder(candidates: readonly Candidate[]): boolean {
  for (let index = 1; index < candidates.length; index++) {
    if ((candidates[index] as Candidate).start < (candidates[index - 1] as Candidate).start) return false;
  }
  return true;
}

/** Paints what overlaps over one another, the dearest last, and reads what is seen. */
function painted(overlapping: readonly Candidate[], end: number): Candidate[] {
  const start = (overlapping[0] as Candidate).start;
  const seen = new Int32Array(end - start);
  const order = overlapping
    .map((_, index) => index)
    .sort((one, other) => dearer(overlapping[other] as Candidate, overlapping[one] as Candidate));
  for (const index of order)
    seen.fill(index, (overlapping[index] as Candidate).start - start, (overlapping[index] as Candidate).end - start);
  const apart: Candidate[] = [];
  for (let from = 0; from < seen.length; ) {
    const index = seen[from] as number;
    let to = from + 1;
    while (to < seen.length && seen[to] === index) to++;
    apart.push({ ...(overlapping[index] as Candidate), start: start + from, end: start + to });
    from = to;
  }
  return apart;
}

/** Negative where the first one wins. */
function dearer(one: Candidate, other: Candidate): number {
  const actions = GUARD_ACTIONS.indexOf(other.rule.action) - GUARD_ACTIONS.indexOf(one.rule.action);
  return (
    actions || other.end - other.start - (one.end - one.start) || byProof(one, other) || one.start - other.start || compare(one, other)
  );
}

/** What a form or a check digit proves goes before telephone numbers, which have neither. */
function byProof(one: Candidate, other: Candidate): number {
  return Number(one.type === UNPROVED) - Number(other.type === UNPROVED);
}

function compare(one: Candidate, other: Candidate): number {
  const [left, right] = [`${one.rule.id} ${one.type}`, `${other.rule.id} ${other.type}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
