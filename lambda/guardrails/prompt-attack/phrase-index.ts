import { foldText } from '../text';
import { FAMILIES, type Family } from './families';

const MOST_BETWEEN = 5;
const MOST_UNITS_BETWEEN = 12;
/** Places at which a phrase of scripts without spaces is tried. */
const MOST_TRIES = 4_096;

/** One phrase in one disguise. */
interface Phrase {
  readonly family: Family;
  readonly slots: readonly (readonly string[])[];
}

/** A place in a phrase that a word fits. */
interface Slot {
  readonly phrase: number;
  readonly place: number;
}

/** Phrases by their words; each also in ROT13 and backwards, which are read as they stand. */
const PHRASES: readonly Phrase[] = FAMILIES.flatMap((family) =>
  family.phrases.flatMap((phrase) => {
    const slots = slotsOf(phrase);
    const disguised = (change: (word: string) => string) => slots.map((words) => words.map(change));
    return [slots, disguised(rotated), disguised(reversed).reverse()].map((each) => ({ family, slots: each }));
  }),
);
const UNSPACED = FAMILIES.flatMap((family) => (family.unspaced ?? []).map((phrase) => ({ family, slots: slotsOf(phrase) })));
const BY_WORD = byWord();

/** Finds phrases in words that come one after the other, be it over several texts. */
export class PhraseFinder {
  readonly found = new Map<Family, Set<number>>();
  private position = 0;
  /** Where each phrase has come to: the position of the last word of each of its places. */
  private readonly reached = PHRASES.map(({ slots }) => new Float64Array(slots.length).fill(Number.NEGATIVE_INFINITY));

  word(word: string): void {
    this.position++;
    for (const { phrase, place } of BY_WORD.get(word) ?? []) {
      const reached = this.reached[phrase] as Float64Array;
      if (place > 0 && this.position - (reached[place - 1] as number) > MOST_BETWEEN + 1) continue;
      reached[place] = this.position;
      if (place === reached.length - 1) this.hit((PHRASES[phrase] as Phrase).family, Math.floor(phrase / 3));
    }
  }

  /** Phrases of scripts without spaces, in a folded text. */
  text(text: string): void {
    UNSPACED.forEach(({ family, slots }, index) => {
      if (holdsInOrder(text, slots)) this.hit(family, PHRASES.length + index);
    });
  }

  private hit(family: Family, phrase: number): void {
    const known = this.found.get(family) ?? new Set();
    this.found.set(family, known.add(phrase));
  }
}

/** Whether any phrase has a word. */
export function isKnownWord(word: string): boolean {
  return BY_WORD.has(word);
}

function holdsInOrder(text: string, slots: readonly (readonly string[])[]): boolean {
  const [first = [], ...others] = slots;
  return first.some((word) => {
    for (let at = text.indexOf(word), tries = 0; at >= 0 && tries < MOST_TRIES; at = text.indexOf(word, at + 1), tries++) {
      if (followIn(text, at + word.length, others)) return true;
    }
    return false;
  });
}

function followIn(text: string, from: number, [words, ...others]: readonly (readonly string[])[]): boolean {
  if (words === undefined) return true;
  const near = text.slice(from, from + MOST_UNITS_BETWEEN);
  return words.some((word) => near.includes(word) && followIn(text, from + near.indexOf(word) + word.length, others));
}

function slotsOf(phrase: string): readonly (readonly string[])[] {
  return foldText(phrase)
    .toLowerCase()
    .split(' ')
    .map((words) => words.split('|'));
}

/** Later places first: one word takes a phrase on by one place at the most. */
function byWord(): ReadonlyMap<string, readonly Slot[]> {
  const slots = new Map<string, Slot[]>();
  PHRASES.forEach((phrase, index) => {
    phrase.slots.forEach((words, place) => {
      for (const word of words) slots.set(word, [{ phrase: index, place }, ...(slots.get(word) ?? [])]);
    });
  });
  return slots;
}

function rotated(word: string): string {
  return word.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 0x61 + 13) % 26) + 0x61));
}

function reversed(word: string): string {
  return [...word].reverse().join('');
}
