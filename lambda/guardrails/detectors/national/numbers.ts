import type { GuardType } from '../../../../lib/private/contract';
import { DIGIT, is, type NumberGroups, shapeOf, type TextWindow } from '../../text';
import { isMod11And10, isVerhoeff, numberOf, weighted } from '../checksums';
import type { NumberDetector } from '../detector';
import { WordsInFront } from '../words-in-front';
import { isRegistration } from './registration';

type Digits = NumberGroups['digits'];

/** A national number of digits alone. */
interface NumberForm {
  readonly type: GuardType;
  /** How its digits may be grouped. */
  readonly shapes: readonly number[];
  /** Groups that particular signs part, one by one. */
  readonly parted?: readonly (readonly [shape: number, separators: string])[];
  isValid(digits: Digits): boolean;
}

/** Number of registration in France, with its key of two digits; Corsica's have a letter. @see https://www.insee.fr/fr/metadonnees/definition/c1409 */
export const frenchRegistration: NumberDetector = {
  type: 'fr_nir',
  shapes: [shapeOf(15), shapeOf(13, 2), shapeOf(1, 2, 2, 2, 3, 3, 2)],
  isNumber: (numbers, group) => numbers.isUniform(group) && isRegistration(numbers.digits),
};

/** First digits: of Northern Ireland, England and Wales, and of tests. */
const ISSUED_BY_HEALTH_SERVICE = new Set([3, 4, 6, 7, 9]);

const at = (digits: Digits, index: number): number => digits[index] as number;

const FORMS: readonly NumberForm[] = [
  { type: 'uk_nhs', shapes: [shapeOf(10), shapeOf(3, 3, 4)], isValid: isHealthServiceNumber },
  { type: 'de_tax_id', shapes: [shapeOf(11), shapeOf(2, 3, 3, 3)], isValid: isGermanTaxNumber },
  {
    type: 'nl_bsn',
    shapes: [shapeOf(9), shapeOf(3, 3, 3), shapeOf(4, 2, 3)],
    isValid: (digits) => weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && numberOf(digits, 0, 9) > 0,
  },
  { type: 'pl_pesel', shapes: [shapeOf(11)], isValid: isPesel },
  {
    type: 'in_aadhaar',
    shapes: [shapeOf(12), shapeOf(4, 4, 4)],
    isValid: (digits) => at(digits, 0) >= 2 && isVerhoeff(digits, 12),
  },
  {
    type: 'br_cpf',
    shapes: [shapeOf(11)],
    parted: [
      [shapeOf(3, 3, 3, 2), '..-'],
      [shapeOf(3, 3, 3, 2), '   '],
      [shapeOf(9, 2), '-'],
    ],
    isValid: isTaxpayerOfBrazil,
  },
  {
    type: 'au_tfn',
    shapes: [shapeOf(9), shapeOf(3, 3, 3)],
    isValid: (digits) => weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && numberOf(digits, 0, 9) > 0,
  },
];

/** National numbers that a check digit proves: one of ten or eleven random numbers passes, so they are found where they are asked for. */
export const nationalNumbers: readonly NumberDetector[] = FORMS.map(({ type, shapes, parted = [], isValid }) => ({
  type,
  shapes: [...shapes, ...parted.map(([shape]) => shape)],
  isNumber(numbers, group, window) {
    const isWritten = shapes.includes(numbers.shapeOf(group))
      ? numbers.isUniform(group)
      : parted.some(([shape, separators]) => shape === numbers.shapeOf(group) && numbers.isParted(group, separators));
    return isWritten && numbers.standsAlone(window, group) && isValid(numbers.digits);
  },
}));

/** @see https://www.datadictionary.nhs.uk/attributes/nhs_number.html */
function isHealthServiceNumber(digits: Digits): boolean {
  if (!ISSUED_BY_HEALTH_SERVICE.has(at(digits, 0))) return false;
  const check = (11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return check === at(digits, 9);
}

/** How often each digit stands in a number. */
const times = new Uint8Array(10);

/** One digit of the first ten stands there two or three times, and no other one more than once. */
function isGermanTaxNumber(digits: Digits): boolean {
  if (at(digits, 0) === 0 || !isMod11And10(digits, 11)) return false;
  times.fill(0);
  let repeated = 0;
  let most = 0;
  for (let index = 0; index < 10; index++) {
    const count = (times[at(digits, index)] as number) + 1;
    times[at(digits, index)] = count;
    if (count === 2) repeated++;
    if (count > most) most = count;
  }
  return repeated === 1 && most <= 3;
}

/** The day of birth, with the century in its month, comes first. */
function isPesel(digits: Digits): boolean {
  const [month, day] = [numberOf(digits, 2, 4) % 20, numberOf(digits, 4, 6)];
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  return (10 - (weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === at(digits, 10);
}

function isTaxpayerOfBrazil(digits: Digits): boolean {
  let isOneDigit = true;
  for (let index = 1; index < 11 && isOneDigit; index++) isOneDigit = at(digits, index) === at(digits, 0);
  if (isOneDigit) return false;
  const first = ((weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  const second = ((weighted(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10;
  return first === at(digits, 9) && second === at(digits, 10);
}

const SPACE = 0x20;
const SSN_SHAPE = shapeOf(3, 2, 4);
const BARE_SSN_SHAPE = shapeOf(9);
const SSN_NAMES = new WordsInFront('|ssn| |ssns| socialsecurity social?security', 40);

/** Numbers of social security in the United States: they have no check digit, so that their form or a word in front must tell. */
export const usSocialSecurity: NumberDetector = {
  type: 'us_ssn',
  shapes: [SSN_SHAPE, BARE_SSN_SHAPE],
  isNumber(numbers, group, window, index) {
    if (!numbers.isUniform(group) || !isIssued(numbers.digits)) return false;
    if (numbers.shapeOf(group) === SSN_SHAPE && !isAmongNumbers(window, index, numbers.endOf(group))) return true;
    return SSN_NAMES.areThere(window, index);
  },
};

/** A row of a table. */
function isAmongNumbers(window: TextWindow, start: number, end: number): boolean {
  const before = window.at(start - 1) === SPACE && is(window.at(start - 2), DIGIT);
  return before || (window.at(end) === SPACE && is(window.at(end + 1), DIGIT));
}

/** @see https://secure.ssa.gov/poms.nsf/lnx/0110201035 */
function isIssued(digits: Digits): boolean {
  const area = numberOf(digits, 0, 3);
  return area !== 0 && area !== 666 && area < 900 && numberOf(digits, 3, 5) !== 0 && numberOf(digits, 5, 9) !== 0;
}
