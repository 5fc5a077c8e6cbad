import { is, type TextWindow, WORD } from '../text';
import type { Automaton } from './automaton';

const UNDERSCORE = 0x5f;
const FIRST_CAPACITY = 1_024;

/** What of a text a pattern matches. */
export interface Matches {
  /** Starts and ends, one after the other. */
  readonly spans: readonly number[];
  /** Where what may still change begins. */
  readonly open: number;
}

/**
 * Finds every character that some match of a pattern covers, in two passes: forward, where matches can be, and back over stretches in which
 * one came to an end, which of them did. Two matches that only stand side by side are two. Each pass does the same work for each character.
 */
export class PatternMatcher {
  /** Sets of positions, one a character, of the stretch that is read. */
  private sets: Int32Array;
  /** ASCII units at which a match can begin. */
  private readonly begins = new Uint8Array(128);
  private readonly current: Int32Array;
  private readonly next: Int32Array;

  constructor(private readonly automaton: Automaton) {
    this.sets = new Int32Array(FIRST_CAPACITY * automaton.words);
    this.current = new Int32Array(automaton.words);
    this.next = new Int32Array(automaton.words);
    for (let unit = 0; unit < 128; unit++) this.begins[unit] = this.canBegin(unit) ? 1 : 0;
  }

  /** The matches that end behind `from`, in a window whose units before it are read too, for those that began there. */
  find(window: TextWindow, from: number, context: number): Matches {
    const spans: number[] = [];
    const { units, length } = window;
    let open = length;
    let index = Math.max(0, from - context);
    while (index < length) {
      const unit = units[index] as number;
      if (unit < 128 ? this.begins[unit] === 0 : !this.canBegin(unit)) {
        index++;
        continue;
      }
      const end = this.stretch(window, index, spans);
      if (end === length) open = Math.max(index, length - context);
      index = Math.max(end, index + 1);
    }
    return { spans, open: Math.max(open, from) };
  }

  /** Reads from where a match can begin to where none goes on, and says where that is. */
  private stretch(window: TextWindow, start: number, spans: number[]): number {
    const { words, last } = this.automaton;
    this.current.fill(0);
    let index = start;
    let isMatch = false;
    for (; index < window.length; index++) {
      if (!this.step(window, index)) break;
      this.keep(index - start);
      if (intersects(this.current, last, words) && this.canEnd(window, index + 1)) isMatch = true;
    }
    if (isMatch) this.backwards(window, start, index, spans);
    return index;
  }

  /** Takes the positions over one character; whether any are left. */
  private step(window: TextWindow, index: number): boolean {
    const { words, shift, jumps, first, startsAtWord } = this.automaton;
    const { current, next } = this;
    const fits = this.automaton.fitting(window.units[index] as number);
    const canStart = !startsAtWord || isWordUnit(window.at(index)) !== isWordUnit(window.at(index - 1));
    let carry = 0;
    for (let word = 0; word < words; word++) {
      const shifted = (current[word] as number) & (shift[word] as number);
      next[word] = (shifted << 1) | carry | (canStart ? (first[word] as number) : 0);
      carry = shifted >>> 31;
    }
    for (const { from, to } of jumps) {
      if (!intersects(current, from, words)) continue;
      for (let word = 0; word < words; word++) next[word] = (next[word] as number) | (to[word] as number);
    }
    let any = 0;
    for (let word = 0; word < words; word++) {
      current[word] = (next[word] as number) & (fits[word] as number);
      any |= current[word] as number;
    }
    return any !== 0;
  }

  private keep(at: number): void {
    const { words } = this.automaton;
    if ((at + 1) * words > this.sets.length) {
      const larger = new Int32Array(this.sets.length * 2);
      larger.set(this.sets);
      this.sets = larger;
    }
    for (let word = 0; word < words; word++) this.sets[at * words + word] = this.current[word] as number;
  }

  /** Goes back from where matches ended to where they began. */
  private backwards(window: TextWindow, start: number, end: number, spans: number[]): void {
    const { words, last } = this.automaton;
    const found: number[] = [];
    const alive = this.current.fill(0);
    let spanEnd = -1;
    for (let index = end - 1; index >= start; index--) {
      const goesOn = this.stepBack(index - start);
      if (spanEnd >= 0 && !goesOn) {
        found.push(spanEnd, index + 1);
        spanEnd = -1;
      }
      const canEnd = this.canEnd(window, index + 1);
      let any = 0;
      for (let word = 0; word < words; word++) {
        const here = this.sets[(index - start) * words + word] as number;
        alive[word] = (alive[word] as number) | (canEnd ? here & (last[word] as number) : 0);
        any |= alive[word] as number;
      }
      if (any !== 0 && spanEnd < 0) spanEnd = index + 1;
    }
    if (spanEnd >= 0) found.push(spanEnd, start);
    for (let pair = found.length - 1; pair > 0; pair -= 2) spans.push(found[pair] as number, found[pair - 1] as number);
  }

  /** Takes the positions that lead to an end one character back; whether any do. */
  private stepBack(at: number): boolean {
    const { words, shift, jumps } = this.automaton;
    const { current: alive, next: before } = this;
    let carry = 0;
    for (let word = words - 1; word >= 0; word--) {
      const bits = alive[word] as number;
      before[word] = ((bits >>> 1) | carry) & (shift[word] as number);
      carry = (bits & 1) << 31;
    }
    for (const { from, to } of jumps) {
      if (!intersects(alive, to, words)) continue;
      for (let word = 0; word < words; word++) before[word] = (before[word] as number) | (from[word] as number);
    }
    let any = 0;
    for (let word = 0; word < words; word++) {
      alive[word] = (before[word] as number) & (this.sets[at * words + word] as number);
      any |= alive[word] as number;
    }
    return any !== 0;
  }

  private canBegin(unit: number): boolean {
    return intersects(this.automaton.fitting(unit), this.automaton.first, this.automaton.words);
  }

  private canEnd(window: TextWindow, index: number): boolean {
    return !this.automaton.endsAtWord || isWordUnit(window.at(index)) !== isWordUnit(window.at(index - 1));
  }
}

function intersects(one: Int32Array, other: Int32Array, words: number): boolean {
  for (let word = 0; word < words; word++) if ((one[word] as number) & (other[word] as number)) return true;
  return false;
}

function isWordUnit(unit: number): boolean {
  return is(unit, WORD) || unit === UNDERSCORE;
}
