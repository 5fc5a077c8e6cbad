import { DIGIT, is, LETTER, type TextWindow, WORD } from '../../text';
import { type Detector, DIGITS, LETTERS } from '../detector';
import { isRegistration } from './registration';

const SPACE = 0x20;
const DASH = 0x2d;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;
const FIRST_LETTER = 0x41;
const CASE = 0x20;

const LETTER_PLACE = 0x41;
const DIGIT_PLACE = 0x39;
const MAY_BE_PARTED = 0x7c;
/** What was read, before it is known to be whole. */
const signs = new Uint8Array(16);

/**
 * Reads letters and digits by a form: `A` a letter, `9` a digit, `X` either; at `|` one space, dash or dot may stand.
 *
 * @returns where they end, the characters in capitals in `signs`; 0 where it is no such text
 */
function readEnd(window: TextWindow, start: number, form: string): number {
  if (window.at(start - 1) === UNDERSCORE) return 0;
  let count = 0;
  let index = start;
  for (let at = 0; at < form.length; at++) {
    const place = form.charCodeAt(at);
    if (place === MAY_BE_PARTED) {
      if (isSeparator(window.at(index))) index++;
      continue;
    }
    const unit = window.at(index++);
    if (!is(unit, place === LETTER_PLACE ? LETTER : place === DIGIT_PLACE ? DIGIT : WORD)) return 0;
    signs[count++] = is(unit, LETTER) ? unit & ~CASE : unit;
  }
  const behind = window.at(index);
  return is(behind, WORD) || behind === UNDERSCORE ? 0 : index;
}

/** The same, as a text. */
function read(window: TextWindow, start: number, form: string): { readonly text: string; readonly end: number } | undefined {
  const end = readEnd(window, start, form);
  return end === 0 ? undefined : { text: String.fromCharCode(...signs.subarray(0, form.replaceAll('|', '').length)), end };
}

function isSeparator(unit: number): boolean {
  return unit === SPACE || unit === DASH || unit === DOT;
}

/** @see https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110 */
export const ukNationalInsurance: Detector = {
  type: 'uk_nino',
  at: 'ABCEGHJKLMNOPRSTWXYZabceghjklmnoprstwxyz',
  second: LETTERS,
  atWordStart: true,
  find(window, index) {
    const third = window.at(index + 2);
    if (!is(third, DIGIT) && !isSeparator(third)) return 0;
    const end = readEnd(window, index, 'AA|99|99|99|A');
    return end > 0 && isInsurance(signs[0] as number, signs[1] as number, signs[8] as number) ? end : 0;
  },
};

const NEVER_SECOND = unitsOf('DFIOQUV');
const NEVER_TOGETHER = new Set(['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'].map((pair) => pair.charCodeAt(0) * 128 + pair.charCodeAt(1)));

/** What the prefix is never, and the suffix is. */
function isInsurance(first: number, second: number, suffix: number): boolean {
  return suffix <= 0x44 && NEVER_SECOND[second] === 0 && !NEVER_TOGETHER.has(first * 128 + second);
}

/** Which units stand in a text. */
function unitsOf(text: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of text) table[character.charCodeAt(0)] = 1;
  return table;
}

const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
/** Letters that stand for digits where two people would have the same code. */
const STANDS_FOR_DIGIT = 'LMNPQRSTUV';

/** @see https://www.gazzettaufficiale.it/eli/id/1977/01/04/077U0005/sg */
export const italianFiscalCode: Detector = {
  type: 'it_fiscal_code',
  at: LETTERS,
  second: LETTERS,
  atWordStart: true,
  find(window, index) {
    if (!is(window.at(index + 1), LETTER) || !is(window.at(index + 2), LETTER)) return 0;
    const fourth = window.at(index + 3);
    if (!is(fourth, LETTER) && fourth !== SPACE) return 0;
    const end = readEnd(window, index, 'AAA|AAA|XXAXX|AXXX|A');
    return end > 0 && isFiscalCode() ? end : 0;
  },
};

const MONTHS = unitsOf('ABCDEHLMPRST');
/** Places of digits. */
const YEAR_DAY_PLACE = [6, 7, 9, 10, 12, 13, 14];

/** Whether what was read is one. */
function isFiscalCode(): boolean {
  for (const place of YEAR_DAY_PLACE) if (digitAt(place) < 0) return false;
  const day = digitAt(9) * 10 + digitAt(10);
  if (MONTHS[signs[8] as number] === 0 || day % 40 < 1 || day % 40 > 31 || day > 71) return false;
  let sum = 0;
  for (let place = 0; place < 15; place++) {
    const sign = signs[place] as number;
    const value = sign >= FIRST_LETTER ? sign - FIRST_LETTER : sign - ZERO;
    sum += place % 2 === 0 ? (ODD[value] as number) : value;
  }
  return sum % 26 === (signs[15] as number) - FIRST_LETTER;
}

/** A digit, or what stands for one; -1 where neither is there. */
function digitAt(place: number): number {
  const sign = signs[place] as number;
  return sign < FIRST_LETTER ? sign - ZERO : STANDS_FOR_DIGIT.indexOf(String.fromCharCode(sign));
}

const SPANISH_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';
const SPANISH_DIGITS = 8;
/** X, which stands for 0. */
const FIRST_FOREIGN = 0x58;

/** DNI of citizens and NIE of foreigners. @see https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/ */
export const spanishTaxNumber: Detector = {
  type: 'es_nif',
  at: `${DIGITS}XYZxyz`,
  atWordStart: true,
  find(window, index) {
    const isForeign = !is(window.at(index), DIGIT);
    if (!isForeign && !mayBeSpanish(window, index)) return 0;
    const end = isForeign
      ? readEnd(window, index, 'A|9999999|A')
      : readEnd(window, index, '99999999|A') || readEnd(window, index, '99|999|999|A');
    if (end === 0) return 0;
    let number = (signs[0] as number) - (isForeign ? FIRST_FOREIGN : ZERO);
    for (let place = 1; place < SPANISH_DIGITS; place++) number = number * 10 + (signs[place] as number) - ZERO;
    return SPANISH_LETTERS.charCodeAt(number % SPANISH_LETTERS.length) === signs[SPANISH_DIGITS] ? end : 0;
  },
};

/** Eight digits, or two and a dot, stand in front. */
function mayBeSpanish(window: TextWindow, index: number): boolean {
  if (!is(window.at(index + 1), DIGIT)) return false;
  return is(window.at(index + 2), DIGIT) ? is(window.at(index + 7), DIGIT) : isSeparator(window.at(index + 6));
}

const SINGAPOREAN: Readonly<Record<string, readonly [add: number, letters: string]>> = {
  S: [0, 'JZIHGFEDCBA'],
  T: [4, 'JZIHGFEDCBA'],
  F: [0, 'XWUTRQPNMLK'],
  G: [4, 'XWUTRQPNMLK'],
  M: [3, 'XWUTRQPNJLK'],
};

const WEIGHTS = [2, 7, 6, 5, 4, 3, 2];

/** NRIC of residents and FIN of foreigners. @see https://en.wikipedia.org/wiki/National_Registration_Identity_Card */
export const singaporeanIdentity: Detector = {
  type: 'sg_nric',
  at: 'STFGMstfgm',
  second: DIGITS,
  atWordStart: true,
  find(window, index) {
    const end = readEnd(window, index, 'A9999999A');
    if (end === 0) return 0;
    const [add, letters] = SINGAPOREAN[String.fromCharCode(signs[0] as number)] as readonly [number, string];
    let sum = add;
    for (let place = 0; place < WEIGHTS.length; place++) sum += (WEIGHTS[place] as number) * ((signs[place + 1] as number) - ZERO);
    return letters.charCodeAt(sum % 11) === signs[WEIGHTS.length + 1] ? end : 0;
  },
};

/** Numbers of registration of people born in Corsica: a letter stands in the department. */
export const corsicanRegistration: Detector = {
  type: 'fr_nir',
  at: '1278',
  atWordStart: true,
  find(window, index) {
    const letter = is(window.at(index + 1), DIGIT) ? window.at(index + 6) : window.at(index + 9);
    if (!is(letter, LETTER)) return 0;
    const found = read(window, index, '9|99|99|9A|999|999|99');
    const corsica = found?.text[6];
    if (found === undefined || found.text[5] !== '2' || (corsica !== 'A' && corsica !== 'B')) return 0;
    return isRegistration([...found.text.replace(corsica, '0')].map(Number), corsica) ? found.end : 0;
  },
};
