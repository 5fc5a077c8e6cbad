import { foldText } from '../text';
import { encodedTexts } from './encoded';
import { isKnownWord, PhraseFinder } from './phrase-index';
import { readWords } from './words';

/** How much the texts of a call look like an attack on its prompt. */
export interface PromptAttack {
  /** 0 to 1. It tells what reads like attacks that have been published; no text is safe for having none. */
  readonly score: number;
  /** Families of attacks that were found, the surest first. */
  readonly families: readonly string[];
}

/** What a further phrase of the same family adds, of its weight. */
const FURTHER = 0.4;
/** Whoever encodes an attack means one. */
const ENCODED_WEIGHT = 0.5;
/** Tags of Unicode, which nobody sees, spell ASCII letters. */
const TAGS = /[\u{e0020}-\u{e007e}]{4,}/gu;
const TAGS_START = 0xe_00_00;

/** The score of all texts of a call together, in their order: what is split over messages is read on. */
export function promptAttackScore(texts: readonly string[]): PromptAttack {
  const finder = new PhraseFinder();
  let hidden = 0;
  for (const text of texts) {
    read(finder, text);
    for (const inside of [...encodedTexts(text), ...tagged(text)]) {
      const before = hits(finder);
      read(finder, inside);
      if (hits(finder) > before) hidden = ENCODED_WEIGHT;
    }
  }
  const families = [...finder.found].sort(([one], [other]) => other.weight - one.weight);
  let unlikely = 1 - hidden;
  for (const [{ weight }, phrases] of families) unlikely *= (1 - weight) * (1 - weight * FURTHER) ** (phrases.size - 1);
  return { score: Math.round((1 - unlikely) * 1_000) / 1_000, families: families.map(([{ name }]) => name) };
}

function read(finder: PhraseFinder, text: string): void {
  const folded = foldText(text).toLowerCase();
  readWords(folded, (word) => finder.word(word), isKnownWord);
  finder.text(folded);
}

function hits(finder: PhraseFinder): number {
  return [...finder.found.values()].reduce((sum, phrases) => sum + phrases.size, 0);
}

function tagged(text: string): readonly string[] {
  return (text.match(TAGS) ?? []).map((tags) =>
    [...tags].map((tag) => String.fromCharCode((tag.codePointAt(0) as number) - TAGS_START)).join(''),
  );
}
