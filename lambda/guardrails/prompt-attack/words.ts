import { is, LOWER, WORD } from '../text';

/** Letters that digits and signs stand for: `1gn0r3`. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
const HAS_STAND_IN = /[013457@$!]/;
const STAND_INS = /[013457@$!]/g;
const FOREIGN_LETTER = /\p{L}/u;
/** No word of a phrase is longer. */
const LONGEST_WORD = 24;
/** So many letters that stand alone, one after the other, are words that were spread: `i g n o r e`. */
const LEAST_SPREAD = 5;

/** Tells the words of a folded text in lower case, one by one, as they stand and with what they may be in disguise. */
export function readWords(text: string, tell: (word: string) => void, isKnown: (word: string) => boolean): void {
  let start = -1;
  let spread = '';
  for (let index = 0; index <= text.length; index++) {
    if (index < text.length && isInWord(text, index, start >= 0)) {
      if (start < 0) start = index;
      continue;
    }
    if (start < 0) continue;
    const word = text.slice(start, Math.min(index, start + LONGEST_WORD));
    start = -1;
    if (word.length === 1 && is(word.charCodeAt(0), LOWER)) {
      spread += word;
      continue;
    }
    if (spread !== '') tellSpread(spread, tell, isKnown);
    spread = '';
    tell(plain(word, isKnown));
  }
  if (spread !== '') tellSpread(spread, tell, isKnown);
}

function isInWord(text: string, index: number, goesOn: boolean): boolean {
  const unit = text.charCodeAt(index);
  if (unit < 0x80)
    return (
      is(unit, WORD) ||
      unit === 0x5f ||
      (goesOn && (unit === 0x40 || unit === 0x24)) ||
      (goesOn && unit === 0x21 && is(text.charCodeAt(index + 1), LOWER))
    );
  return FOREIGN_LETTER.test(text[index] as string);
}

function plain(word: string, isKnown: (word: string) => boolean): string {
  if (isKnown(word) || !HAS_STAND_IN.test(word)) return word;
  const meant = word.replace(STAND_INS, (sign) => STANDS_FOR[sign] as string);
  return isKnown(meant) ? meant : word;
}

/** The longest known words in a row of letters. */
function tellSpread(letters: string, tell: (word: string) => void, isKnown: (word: string) => boolean): void {
  if (letters.length < LEAST_SPREAD) {
    for (const letter of letters) tell(letter);
    return;
  }
  for (let from = 0; from < letters.length; ) {
    let length = Math.min(LONGEST_WORD, letters.length - from);
    while (length > 1 && !isKnown(letters.slice(from, from + length))) length--;
    tell(letters.slice(from, from + length));
    from += length;
  }
}
