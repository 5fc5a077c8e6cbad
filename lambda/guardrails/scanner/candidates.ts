import { GUARD_ACTIONS, type GuardType } from '../../../lib/private/contract';
import type { TextWindow } from '../text';
import type { LocalRule } from './types';

const UNPROVED: GuardType = 'phone';
const FIRST_CAPACITY = 16;
/** Numbers of a candidate: what is sought, where it starts and ends, and from where on it is seen. */
const FIELDS = 4;
const [SOUGHT, START, END, SEEN] = [0, 1, 2, 3] as const;

/** What a rule looks for. */
export interface Sought {
  readonly rule: LocalRule;
  readonly type: string;
  /** What is found by it again when a text goes on, so that it need not be remembered. */
  readonly isFoundAgain: boolean;
}

/** All that the rules of a scanner look for; what is found is known by its place here. */
export class SoughtList {
  readonly all: Sought[] = [];
  /** The higher, the dearer, before lengths are compared. */
  private readonly ranks: number[] = [];

  add(rule: LocalRule, type: string, isFoundAgain = false): number {
    this.ranks.push(GUARD_ACTIONS.indexOf(rule.action));
    return this.all.push({ rule, type, isFoundAgain }) - 1;
  }

  rankOf(sought: number): number {
    return this.ranks[sought] as number;
  }
}

/** A part of a scanner: looks for what some of the rules find, in order of where it begins. */
export interface Search {
  find(window: TextWindow, found: Found): void;
}

/**
 * What was found in a window, and from where on more text may change it. What overlaps is told apart by action, then by length, then by order;
 * what is left of one that gave way stays a finding. Who wins a place depends on those alone that cover it, so that it is the same wherever a
 * text was cut.
 */
export class Found {
  count = 0;
  /** Nothing that begins before it can change any more. */
  open = 0;
  private fields: Int32Array = new Int32Array(FIRST_CAPACITY * FIELDS);
  private inOrder = true;
  /** Of what overlaps, those that are not seen for as long as a dearer one is. */
  private readonly waiting: number[] = [];

  constructor(private readonly sought: SoughtList) {}

  add(sought: number, start: number, end: number, seen: number): void {
    const at = this.count * FIELDS;
    if (at === this.fields.length) this.fields = grown(this.fields);
    const { fields } = this;
    if (at > 0 && (fields[at - FIELDS + START] as number) > start) this.inOrder = false;
    fields[at + SOUGHT] = sought;
    fields[at + START] = start;
    fields[at + END] = end;
    fields[at + SEEN] = seen;
    this.count++;
  }

  /** One finding a place, each handed on in order as far as `cut`, from `from` on. */
  eachApart(from: number, cut: number, hand: (sought: number, start: number, end: number) => void): void {
    this.putInOrder();
    const { fields, count } = this;
    for (let first = 0; first < count; ) {
      const start = fields[first * FIELDS + START] as number;
      if (start >= cut) return;
      let end = fields[first * FIELDS + END] as number;
      let next = first + 1;
      for (; next < count && (fields[next * FIELDS + START] as number) < end; next++) {
        end = Math.max(end, fields[next * FIELDS + END] as number);
      }
      if (next > first + 1) this.tellApart(first, next, from, cut, hand);
      else if (end > from) hand(fields[first * FIELDS + SOUGHT] as number, Math.max(start, from), Math.min(end, cut));
      first = next;
    }
  }

  /**
   * Where a text can be cut: before what may change, and not within a finding as it is told. The end of what is there may change too.
   */
  cutBefore(length: number, from: number): number {
    this.putInOrder();
    const { fields, sought } = this;
    let cut = this.open;
    for (let last = length + 1; cut < last; ) {
      last = cut;
      for (let index = this.count - 1; index >= 0; index--) {
        const at = index * FIELDS;
        const [end, seen] = [fields[at + END] as number, fields[at + SEEN] as number];
        if (seen >= cut || seen < from) continue;
        const mustStayWhole = end > cut && (sought.all[fields[at + SOUGHT] as number] as Sought).isFoundAgain;
        if (mustStayWhole || (end === length && (fields[at + START] as number) >= from)) cut = seen;
      }
    }
    return this.beforeFinding(cut, from);
  }

  /** What reaches over a cut, for the text behind it, whose places are `dropped` less; all else is forgotten. */
  keepOver(cut: number, dropped: number): void {
    const { fields, sought } = this;
    let kept = 0;
    for (let index = 0; index < this.count; index++) {
      const at = index * FIELDS;
      const isFoundAgain = (fields[at + SEEN] as number) >= cut || (sought.all[fields[at + SOUGHT] as number] as Sought).isFoundAgain;
      if ((fields[at + END] as number) <= cut || isFoundAgain) continue;
      const to = kept++ * FIELDS;
      fields[to + SOUGHT] = fields[at + SOUGHT] as number;
      for (const field of [START, END, SEEN]) fields[to + field] = (fields[at + field] as number) - dropped;
    }
    this.count = kept;
  }

  /** The nearest place, not behind one, at which no finding is under way. */
  private beforeFinding(cut: number, from: number): number {
    let before = cut;
    this.eachApart(from, Number.POSITIVE_INFINITY, (_, start, end) => {
      if (start < cut && end > cut) before = start;
    });
    return before;
  }

  private putInOrder(): void {
    if (this.inOrder) return;
    this.inOrder = true;
    const { fields, count } = this;
    const least = this.leastStart();
    // Sorted as numbers, which takes a fraction of what comparing takes: where it starts, then which it is.
    const keys = Float64Array.from(
      { length: count },
      (_, index) => ((fields[index * FIELDS + START] as number) - least) * count + index,
    ).sort();
    const sorted = new Int32Array(fields.length);
    for (let index = 0; index < count; index++) {
      const at = ((keys[index] as number) % count) * FIELDS;
      for (let field = 0; field < FIELDS; field++) sorted[index * FIELDS + field] = fields[at + field] as number;
    }
    this.fields = sorted;
  }

  private leastStart(): number {
    let least = 0;
    for (let index = 0; index < this.count; index++) least = Math.min(least, this.fields[index * FIELDS + START] as number);
    return least;
  }

  /** Tells apart what overlaps: what is dearest at a place is seen there. */
  private tellApart(
    first: number,
    next: number,
    from: number,
    to: number,
    hand: (sought: number, start: number, end: number) => void,
  ): void {
    const { fields, waiting } = this;
    const tell = (one: number, start: number, end: number): void => {
      const [low, high] = [Math.max(from, start), Math.min(to, end)];
      if (low < high) hand(fields[one * FIELDS + SOUGHT] as number, low, high);
    };
    waiting.length = 0;
    let seen = first;
    let place = fields[first * FIELDS + START] as number;
    for (let ahead = first + 1; seen >= 0 && place < to; ) {
      const end = fields[seen * FIELDS + END] as number;
      const start = ahead < next ? (fields[ahead * FIELDS + START] as number) : end;
      if (start >= end) {
        tell(seen, place, end);
        place = end;
        seen = this.dearestWaiting(place);
        continue;
      }
      // What ends no later than a dearer one beside it is not seen any more.
      const endAhead = fields[ahead * FIELDS + END] as number;
      if (this.isDearer(ahead, seen)) {
        tell(seen, place, start);
        if (end > endAhead) waiting.push(seen);
        place = start;
        seen = ahead;
      } else if (endAhead > end) waiting.push(ahead);
      ahead++;
    }
  }

  /** Takes the dearest of those that wait; what has ended waits no longer. -1 where none does. */
  private dearestWaiting(place: number): number {
    const { fields, waiting } = this;
    let dearest = -1;
    let kept = 0;
    for (const one of waiting) {
      if ((fields[one * FIELDS + END] as number) <= place) continue;
      if (dearest < 0) dearest = one;
      else if (this.isDearer(one, dearest)) {
        waiting[kept++] = dearest;
        dearest = one;
      } else waiting[kept++] = one;
    }
    waiting.length = kept;
    return dearest;
  }

  /** Whether one wins over another. What a form or a check digit proves goes before telephone numbers, which have neither. */
  private isDearer(one: number, other: number): boolean {
    const { fields, sought } = this;
    const at = one * FIELDS;
    const beside = other * FIELDS;
    const first = fields[at + SOUGHT] as number;
    const second = fields[beside + SOUGHT] as number;
    const start = fields[at + START] as number;
    const otherStart = fields[beside + START] as number;
    const length = (fields[at + END] as number) - start - ((fields[beside + END] as number) - otherStart);
    if (first !== second) {
      const rank = sought.rankOf(first) - sought.rankOf(second);
      if (rank !== 0) return rank > 0;
      if (length !== 0) return length > 0;
      const [left, right] = [sought.all[first] as Sought, sought.all[second] as Sought];
      const proof = Number(right.type === UNPROVED) - Number(left.type === UNPROVED);
      if (proof !== 0) return proof > 0;
      if (start === otherStart) return nameOf(left) < nameOf(right);
    }
    return length === 0 ? start < otherStart : length > 0;
  }
}

function nameOf({ rule, type }: Sought): string {
  return `${rule.id} ${type}`;
}

function grown(fields: Int32Array): Int32Array {
  const larger = new Int32Array(fields.length * 2);
  larger.set(fields);
  return larger;
}
