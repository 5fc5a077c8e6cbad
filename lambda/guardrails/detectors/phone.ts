import { DIGIT, is, NumberGroups, type TextWindow, WORD } from '../text';
import type { Detector, NumberDetector } from './detector';
import { ABROAD, type HomeForm, homeForms } from './phone-plans';
import { WordsInFront } from './words-in-front';

const PLUS = 0x2b;
const OPEN = 0x28;
const CLOSE = 0x29;
const UNDERSCORE = 0x5f;
const DASH = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const SPACE = 0x20;
const SLASH = 0x2f;
/** E.164, and a nought in brackets. */
const MOST_DIGITS = 16;
const LONGEST_COUNTRY_CODE = 3;
const PHONE_NAMES = new WordsInFront(
  'phone telefon telfon |tel| |tele| |telf| |telef| |fon| mobil movil |cell cellulare celular handy |fax whatsapp |sms| |call |dial |ring| |contact ' +
    '|number nummer numero rufen appeler appelez llame chiama ligue |bel| zadzwo',
  32,
);

/** Telephone numbers with the code of their country, as E.164 allows. */
export const phoneAbroad: Detector = {
  type: 'phone',
  at: '+',
  atWordStart: false,
  find: (window, index) => (startsFreely(window, index) ? abroadEnd(window, index + 1) : 0),
};

/** The same behind `00` in place of `+`. */
export const phoneBehindNoughts: Detector = {
  type: 'phone',
  at: '0',
  second: '0',
  atWordStart: true,
  find(window, index) {
    if (window.at(index + 1) !== ZERO || !startsFreely(window, index)) return 0;
    return abroadEnd(window, window.at(index + 2) === SPACE ? index + 3 : index + 2);
  },
};

/** Telephone numbers as people of some countries write them at home. */
export function phoneAtHome(locales: readonly string[] | undefined): NumberDetector {
  const forms = homeForms(locales);
  return {
    type: 'phone',
    shapes: [...forms.keys()],
    canBegin: (shape, beginning) => canBegin(forms.get(shape) as readonly HomeForm[], beginning),
    isNumber: (numbers, group, window, index) => isAtHome(forms, numbers, group, window, index),
  };
}

/** The same, where the code of the area stands in brackets. */
export function phoneInBrackets(locales: readonly string[] | undefined): Detector {
  const forms = homeForms(locales);
  const numbers = new NumberGroups([
    {
      shapes: [...forms.keys()],
      canBegin: (shape, beginning) => canBegin(forms.get(shape) as readonly HomeForm[], beginning),
    },
  ]);
  return {
    type: 'phone',
    at: '(',
    atWordStart: false,
    find(window, index) {
      numbers.forget();
      numbers.readAt(window, index + 1, true);
      for (let group = numbers.groups - 1; group > 0; group--) {
        if (!forms.has(numbers.shapeOf(group)) || !numbers.canEnd(window, group)) continue;
        numbers.readDigits(window, group);
        if (isAtHome(forms, numbers, group, window, index + 1)) return numbers.endOf(group);
      }
      return 0;
    },
  };
}

function isAtHome(
  forms: ReadonlyMap<number, readonly HomeForm[]>,
  numbers: NumberGroups,
  group: number,
  window: TextWindow,
  index: number,
): boolean {
  const grouped = forms.get(numbers.shapeOf(group)) as readonly HomeForm[];
  const first = numbers.digits[0] as number;
  if (!numbers.standsAlone(window, group)) return false;
  let isNamed: boolean | undefined;
  let digits: string | undefined;
  for (const form of grouped) {
    if (!form.firstDigits.includes(first)) continue;
    if (form.ifNamed) {
      isNamed ??= PHONE_NAMES.areThere(window, index);
      if (!isNamed) continue;
    }
    digits ??= numbers.text(group);
    if (form.digits.test(digits)) return true;
  }
  return false;
}

/** Behind a nought stands the code of an area, which begins with none. */
function canBegin(forms: readonly HomeForm[], beginning: string): boolean {
  return beginning.length === 1 && forms.some(({ firstDigits }) => firstDigits.includes(Number(beginning)));
}

/** Not within a word, a number with a fraction, or a telephone number that began before. */
function startsFreely(window: TextWindow, index: number): boolean {
  const before = window.at(index - 1);
  if (is(before, WORD) || before === UNDERSCORE || before === PLUS) return false;
  if (before === DASH || before === DOT || before === SLASH) return !is(window.at(index - 2), WORD);
  return true;
}

/** Where the longest number ends that the country's code, which comes first, allows. */
function abroadEnd(window: TextWindow, start: number): number {
  let code = 0;
  let codeLength = 0;
  let lengths: readonly [number, number] | undefined;
  let national = 0;
  let found = 0;
  for (let index = start, count = 0; count < MOST_DIGITS; ) {
    const unit = window.at(index);
    if (is(unit, DIGIT)) {
      count++;
      index++;
      if (lengths !== undefined) {
        // A nought in front is written for those at home.
        if (national > 0 || unit !== ZERO) national++;
        continue;
      }
      code = code * 10 + unit - ZERO;
      if (code === 0) return 0;
      lengths = ABROAD.get(code);
      if (lengths === undefined && ++codeLength === LONGEST_COUNTRY_CODE) return 0;
      continue;
    }
    if (lengths !== undefined && national >= lengths[0] && national <= lengths[1] && endsFreely(window, index)) found = index;
    const next = separatorEnd(window, index);
    if (next === index || count === 0 || !is(window.at(next), DIGIT)) return found;
    index = next;
  }
  return found;
}

/** One sign between groups, or brackets with the sign beside them. */
function separatorEnd(window: TextWindow, index: number): number {
  const unit = window.at(index);
  if (unit === OPEN) return index + 1;
  if (unit === CLOSE) return isSign(window.at(index + 1)) ? index + 2 : index + 1;
  if (!isSign(unit)) return index;
  return window.at(index + 1) === OPEN ? index + 2 : index + 1;
}

function isSign(unit: number): boolean {
  return unit === SPACE || unit === DASH || unit === DOT || unit === SLASH;
}

function endsFreely(window: TextWindow, end: number): boolean {
  const behind = window.at(end);
  if (is(behind, WORD) || behind === UNDERSCORE) return false;
  return !((behind === DASH || behind === DOT || behind === SLASH) && is(window.at(end + 1), WORD));
}
