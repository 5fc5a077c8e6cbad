import { DIGIT, is, LETTER, type TextWindow, WORD } from '../text';
import { type Detector, LETTERS } from './detector';

const SPACE = 0x20;
const DASH = 0x2d;
const UNDERSCORE = 0x5f;
const GROUP = 4;
const LETTERS_OF_ALPHABET = 26;
/** Below it, two more digits are exact. */
const LARGEST_REST = 1e12;

/** Lengths by country. @see https://www.swift.com/standards/data-standards/iban-international-bank-account-number */
const LENGTHS = lengths(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 ' +
    'GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 ' +
    'MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 ' +
    'TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30',
);

/** By both letters of the country. */
function lengths(list: string): Uint8Array {
  const table = new Uint8Array(LETTERS_OF_ALPHABET ** 2);
  for (const each of list.split(' ')) {
    table[letter(each.charCodeAt(0)) * LETTERS_OF_ALPHABET + letter(each.charCodeAt(1))] = Number(each.slice(2));
  }
  return table;
}

/** 0 for A, in either case. */
function letter(unit: number): number {
  return (unit | 0x20) - 0x61;
}

/** International bank account numbers: the country's length, and ISO 7064, mod 97,10. */
export const iban: Detector = {
  type: 'iban',
  at: LETTERS,
  second: LETTERS,
  atWordStart: true,
  find(window, index) {
    const [second, third] = [window.at(index + 1), window.at(index + 2)];
    if (!is(second, LETTER) || !is(third, DIGIT) || !is(window.at(index + 3), DIGIT)) return 0;
    if (window.at(index - 1) === UNDERSCORE) return 0;
    const length = LENGTHS[letter(window.at(index)) * LETTERS_OF_ALPHABET + letter(second)] as number;
    return length === 0 ? 0 : accountEnd(window, index, length);
  },
};

function accountEnd(window: TextWindow, start: number, length: number): number {
  let index = start;
  let remainder = 0;
  let country = 0;
  for (let count = 0; count < length; count++) {
    if (count > 0 && count % GROUP === 0 && (window.at(index) === SPACE || window.at(index) === DASH)) index++;
    const unit = window.at(index++);
    if (!is(unit, WORD)) return 0;
    // The country and the check digits are read behind all others.
    if (count < GROUP) country = appended(country, unit);
    else remainder = appended(remainder < LARGEST_REST ? remainder : remainder % 97, unit);
  }
  if (is(window.at(index), WORD)) return 0;
  // Two letters are four digits, and two digits follow them.
  return ((remainder % 97) * 1_000_000 + country) % 97 === 1 ? index : 0;
}

function appended(number: number, unit: number): number {
  if (is(unit, DIGIT)) return number * 10 + unit - 0x30;
  return number * 100 + letter(unit) + 10;
}
