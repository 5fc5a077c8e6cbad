import { is, type TextWindow, UPPER, WORD } from '../text';

const UNDERSCORE = 0x5f;
const BOUNDARY = '|';
const ANY = 0x3f;
const CASE = 0x20;
const NEW_LINE = 0x0a;
const PAIRS = 1_024;

interface FrontWord {
  readonly units: readonly number[];
  readonly beginsWord: boolean;
  readonly endsWord: boolean;
}

/**
 * Words that say what the number behind them is. They are looked for by their first two letters, so that a text full of numbers takes no longer
 * than another one.
 */
export class WordsInFront {
  private readonly byPair: readonly (readonly FrontWord[] | undefined)[];

  /** @param words parted by blanks, in small letters; `|` where a word must begin or end, `?` for any one character */
  constructor(
    words: string,
    private readonly reach: number,
  ) {
    const all = words.split(' ').map(wordOf);
    this.byPair = Array.from({ length: PAIRS }, (_, pair) => {
      const fitting = all.filter(({ units }) => pairOf(units[0] as number, units[1] as number) === pair);
      return fitting.length > 0 ? fitting : undefined;
    });
  }

  /** Whether one of them stands in front of a place. */
  areThere(window: TextWindow, index: number): boolean {
    const { units } = window;
    const from = Math.max(0, index - this.reach);
    for (let at = from; at < index - 1; at++) {
      const words = this.byPair[pairOf(units[at] as number, units[at + 1] as number)];
      if (words === undefined) continue;
      for (const word of words) if (stands(word, units, at, from, index)) return true;
    }
    return false;
  }
}

function wordOf(written: string): FrontWord {
  const letters = written.replaceAll(BOUNDARY, '');
  return {
    units: Array.from(letters, (letter) => letter.charCodeAt(0)),
    beginsWord: written.startsWith(BOUNDARY),
    endsWord: written.endsWith(BOUNDARY),
  };
}

function pairOf(first: number, second: number): number {
  return ((first & 0x1f) << 5) | (second & 0x1f);
}

function stands({ units: wanted, beginsWord, endsWord }: FrontWord, units: Uint16Array, at: number, from: number, to: number): boolean {
  const end = at + wanted.length;
  if (end > to) return false;
  for (let each = 0; each < wanted.length; each++) {
    const unit = units[at + each] as number;
    if (wanted[each] === ANY ? unit === NEW_LINE : (is(unit, UPPER) ? unit | CASE : unit) !== wanted[each]) return false;
  }
  // What lies out of reach is no part of a word.
  if (beginsWord && at > from && isWordUnit(units[at - 1] as number)) return false;
  return !endsWord || end >= to || !isWordUnit(units[end] as number);
}

function isWordUnit(unit: number): boolean {
  return is(unit, WORD) || unit === UNDERSCORE;
}
