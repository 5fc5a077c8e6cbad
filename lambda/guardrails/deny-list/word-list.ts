import { foldText, is, SPACE, type TextWindow, UnitSet, WORD } from '../text';
import { Transitions } from './transitions';

const ROOT = 0;
const BLANK = 0x20;
const UNDERSCORE = 0x5f;
/** More white space than this parts a phrase. */
const MOST_BLANKS = 16;
/** Letters and numbers, but of scripts that put no space between words. */
const SPACED_LETTERS = new UnitSet(
  /(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}])[\p{L}\p{N}]/u,
);

/** What of a text is on the list. */
export interface ListedWords {
  /** Starts and ends, one after the other. */
  readonly spans: readonly number[];
  /** Where what may still change begins. */
  readonly open: number;
}

/** Words and phrases, all looked for at once, in any case of letters and with any white space between them (Aho and Corasick). */
export class WordList {
  private readonly next: Transitions;
  /** The state of the longest text that ends as this one does, and the longest entry that does. */
  private readonly fallbacks: Int32Array;
  private readonly shorter: Int32Array;
  private readonly depths: Int32Array;
  private readonly isEntry: Uint8Array;
  private states = 1;
  private readonly longest: number;
  /** Units with which an entry begins, in either case. */
  private readonly starts = new Uint8Array(0x1_0000);

  constructor(entries: readonly string[]) {
    const words = entries.map(readForm).filter(({ length }) => length > 0);
    const most = words.reduce((sum, { length }) => sum + length, 1);
    this.longest = Math.max(0, ...words.map(({ length }) => length));
    this.next = new Transitions(most);
    [this.fallbacks, this.shorter, this.depths] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
    this.isEntry = new Uint8Array(most);
    for (const word of words) this.add(word);
    this.link(words);
    for (let unit = 0; unit < this.starts.length; unit++) this.starts[unit] = this.next.get(ROOT, readUnit(unit)) === 0 ? 0 : 1;
  }

  /** The entries that begin at `window.from` or later. */
  find(window: TextWindow): ListedWords {
    const spans: number[] = [];
    /** Where each of the last units that were read stands. */
    const places = new Int32Array(this.longest + 1);
    let read = 0;
    let state = ROOT;
    let blanks = 0;
    const placeOf = (depth: number): number => places[(read - depth) % places.length] as number;
    for (let index = window.from; index < window.length; index++) {
      const raw = window.units[index] as number;
      if (state === ROOT && this.starts[raw] === 0) continue;
      const unit = readUnit(raw);
      blanks = unit === BLANK ? blanks + 1 : 0;
      if (blanks > 1 && blanks <= MOST_BLANKS) continue;
      state = this.step(state, unit);
      places[read++ % places.length] = index;
      const entry = this.entryAt(state, window, index + 1, placeOf);
      if (entry >= 0) spans.push(entry, index + 1);
    }
    return { spans, open: state === ROOT ? window.length : placeOf(this.depths[state] as number) };
  }

  /** Where the longest entry begins that ends here and stands apart; -1 where none does. */
  private entryAt(state: number, window: TextWindow, end: number, placeOf: (depth: number) => number): number {
    for (let at = this.isEntry[state] ? state : (this.shorter[state] as number); at !== ROOT; at = this.shorter[at] as number) {
      const start = placeOf(this.depths[at] as number);
      if (isApart(window, start) && isApart(window, end)) return start;
    }
    return -1;
  }

  private step(from: number, unit: number): number {
    let state = from;
    for (;;) {
      const next = this.next.get(state, unit);
      if (next !== 0 || state === ROOT) return next;
      state = this.fallbacks[state] as number;
    }
  }

  private add(word: readonly number[]): void {
    let state = ROOT;
    for (const unit of word) {
      let next = this.next.get(state, unit);
      if (next === 0) {
        next = this.states++;
        this.next.set(state, unit, next);
        this.depths[next] = (this.depths[state] as number) + 1;
      }
      state = next;
    }
    this.isEntry[state] = 1;
  }

  /** Shorter texts first: what a longer one falls back to is known by then. */
  private link(words: readonly (readonly number[])[]): void {
    const states = new Int32Array(words.length);
    for (let depth = 0; depth < this.longest; depth++) {
      words.forEach((word, index) => {
        const unit = word[depth];
        if (unit === undefined) return;
        const parent = states[index] as number;
        const state = this.next.get(parent, unit);
        states[index] = state;
        if (depth === 0) return;
        const fallback = this.step(this.fallbacks[parent] as number, unit);
        this.fallbacks[state] = fallback;
        this.shorter[state] = this.isEntry[fallback] ? fallback : (this.shorter[fallback] as number);
      });
    }
  }
}

/** Whether a word can begin or end in front of a unit: not between two letters of a script that puts spaces between words. */
function isApart(window: TextWindow, index: number): boolean {
  return !isInWord(window.at(index - 1)) || !isInWord(window.at(index));
}

function isInWord(unit: number): boolean {
  if (unit < 0x80) return is(unit, WORD) || unit === UNDERSCORE;
  return SPACED_LETTERS.has(unit);
}

/** An entry as texts are read: folded, in lower case, white space as one blank. */
function readForm(entry: string): readonly number[] {
  const text = foldText(entry).trim().replace(/\s+/g, ' ');
  return Array.from({ length: text.length }, (_, index) => readUnit(text.charCodeAt(index)));
}

function readUnit(unit: number): number {
  if (unit < 0x80) return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : is(unit, SPACE) ? BLANK : unit;
  const lower = String.fromCharCode(unit).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}
