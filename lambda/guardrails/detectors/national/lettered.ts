import { DIGIT, is, LETTER, type TextWindow, WORD } from '../../text';
import { type Detector, DIGITS, LETTERS } from '../detector';

const SPACE = 0x20;
const DASH = 0x2d;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;
const CASE = 0x20;

/** What a place of a number holds. */
const CLASSES: Readonly<Record<string, number>> = { A: LETTER, 9: DIGIT, X: WORD };
const SEPARATORS = new Set([SPACE, DASH, DOT]);

/**
 * Letters and digits by a form: `A` a letter, `9` a digit, `X` either; at `|` one space, dash or dot may stand.
 *
 * @returns the characters in capitals, and where they end; undefined where it is no such text
 */
function read(window: TextWindow, start: number, form: string): { readonly text: string; readonly end: number } | undefined {
  if (window.at(start - 1) === UNDERSCORE) return undefined;
  let text = '';
  let index = start;
  for (const place of form) {
    if (place === '|') {
      if (SEPARATORS.has(window.at(index))) index++;
      continue;
    }
    const unit = window.at(index++);
    if (!is(unit, CLASSES[place] as number)) return undefined;
    text += String.fromCharCode(is(unit, LETTER) ? unit & ~CASE : unit);
  }
  const behind = window.at(index);
  return is(behind, WORD) || behind === UNDERSCORE ? undefined : { text, end: index };
}

/** @see https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110 */
export const ukNationalInsurance: Detector = {
  type: 'uk_nino',
  at: 'ABCEGHJKLMNOPRSTWXYZabceghjklmnoprstwxyz',
  atWordStart: true,
  find(window, index) {
    const third = window.at(index + 2);
    if (!is(third, DIGIT) && !SEPARATORS.has(third)) return 0;
    const found = read(window, index, 'AA|99|99|99|A');
    if (found === undefined || /^(?:BG|GB|KN|NK|NT|TN|ZZ)|^.O|^[DFIQUV]|^.[DFIQUV]|[^A-D]$/.test(found.text)) return 0;
    return found.end;
  },
};

const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
/** Letters that stand for digits where two people would have the same code. */
const STANDS_FOR_DIGIT = 'LMNPQRSTUV';

/** @see https://www.gazzettaufficiale.it/eli/id/1977/01/04/077U0005/sg */
export const italianFiscalCode: Detector = {
  type: 'it_fiscal_code',
  at: LETTERS,
  atWordStart: true,
  find(window, index) {
    if (!is(window.at(index + 1), LETTER) || !is(window.at(index + 2), LETTER)) return 0;
    const fourth = window.at(index + 3);
    if (!is(fourth, LETTER) && fourth !== SPACE) return 0;
    const found = read(window, index, 'AAA|AAA|XXAXX|AXXX|A');
    return found !== undefined && isFiscalCode(found.text) ? found.end : 0;
  },
};

function isFiscalCode(text: string): boolean {
  if (!/^.{6}[0-9L-NP-V]{2}[ABCDEHLMPRST][0-9L-NP-V]{2}.[0-9L-NP-V]{3}/.test(text)) return false;
  const day = Number(
    [...text.slice(9, 11)].map((sign) => (STANDS_FOR_DIGIT.includes(sign) ? STANDS_FOR_DIGIT.indexOf(sign) : sign)).join(''),
  );
  if (day % 40 < 1 || day % 40 > 31 || day > 71) return false;
  const sum = [...text.slice(0, 15)].reduce((total, sign, index) => total + checkValueOf(sign, index % 2 === 0), 0);
  return sum % 26 === text.charCodeAt(15) - 0x41;
}

function checkValueOf(sign: string, isOdd: boolean): number {
  const code = sign.charCodeAt(0);
  const value = code >= 0x41 ? code - 0x41 : code - ZERO;
  return isOdd ? (ODD[value] as number) : value;
}

const SPANISH_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** DNI of citizens and NIE of foreigners. @see https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/ */
export const spanishTaxNumber: Detector = {
  type: 'es_nif',
  at: `${DIGITS}XYZxyz`,
  atWordStart: true,
  find(window, index) {
    const isForeign = !is(window.at(index), DIGIT);
    const found = isForeign
      ? read(window, index, 'A|9999999|A')
      : (read(window, index, '99999999|A') ?? read(window, index, '99|999|999|A'));
    if (found === undefined) return 0;
    const digits = found.text.slice(0, -1).replace(/^[XYZ]/, (first) => String('XYZ'.indexOf(first)));
    return SPANISH_LETTERS[Number(digits) % 23] === found.text.at(-1) ? found.end : 0;
  },
};

const SINGAPOREAN: Readonly<Record<string, readonly [add: number, letters: string]>> = {
  S: [0, 'JZIHGFEDCBA'],
  T: [4, 'JZIHGFEDCBA'],
  F: [0, 'XWUTRQPNMLK'],
  G: [4, 'XWUTRQPNMLK'],
  M: [3, 'XWUTRQPNJLK'],
};

/** NRIC of residents and FIN of foreigners. @see https://en.wikipedia.org/wiki/National_Registration_Identity_Card */
export const singaporeanIdentity: Detector = {
  type: 'sg_nric',
  at: 'STFGMstfgm',
  atWordStart: true,
  find(window, index) {
    const found = is(window.at(index + 1), DIGIT) ? read(window, index, 'A9999999A') : undefined;
    if (found === undefined) return 0;
    const [add, letters] = SINGAPOREAN[found.text[0] as string] as readonly [number, string];
    const sum = [2, 7, 6, 5, 4, 3, 2].reduce((total, weight, place) => total + weight * (found.text.charCodeAt(place + 1) - ZERO), add);
    return letters[sum % 11] === found.text.at(-1) ? found.end : 0;
  },
};

/** Number of registration in France, with its key of two digits. @see https://www.insee.fr/fr/metadonnees/definition/c1409 */
export const frenchRegistration: Detector = {
  type: 'fr_nir',
  at: '1278',
  atWordStart: true,
  find(window, index) {
    const found = read(window, index, '9|99|99|9X|999|999|99');
    if (found === undefined) return 0;
    const month = Number(found.text.slice(3, 5));
    if (month < 1 || (month > 12 && month < 20) || (month > 42 && month < 50)) return 0;
    const [corsica] = /[AB]/.exec(found.text.slice(6, 7)) ?? [];
    if (/[^0-9AB]/.test(found.text[6] as string) || (corsica !== undefined && found.text[5] !== '2')) return 0;
    const digits = Number(found.text.slice(0, 13).replace(/[AB]/, '0')) - (corsica === 'A' ? 1_000_000 : corsica === 'B' ? 2_000_000 : 0);
    return 97 - (digits % 97) === Number(found.text.slice(13)) ? found.end : 0;
  },
};
