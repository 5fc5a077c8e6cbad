import { DIGIT, is, type TextWindow, WORD } from '../text';
import { type Detector, DIGITS } from './detector';
import { COUNTRIES, isNational, LENGTHS } from './phone-plans';

const PLUS = 0x2b;
const OPEN = 0x28;
const CLOSE = 0x29;
const UNDERSCORE = 0x5f;
const DASH = 0x2d;
const DOT = 0x2e;
const SPACE = 0x20;
const SLASH = 0x2f;
/** E.164, and a nought in brackets. */
const MOST_DIGITS = 16;
const MOST_GROUPS = 8;
const LONGEST_AREA_CODE = 5;
const LEAST_DIGITS = 7;
const CONTEXT_LENGTH = 32;
const NAMES_A_PHONE =
  /(?:phone|tele?fon|\btele?f?\b|\bfon\b|mobile?|m[oó]vil|\bcell|cellulare|celular|handy|\bfax|whatsapp|\bsms\b|\bcall|\bdial|\bring\b|\bcontact|\bnumber|nummer|num[eé]ro|rufen|appele[rz]|ll[aá]me|chiama|ligue|\bbel\b|zadzwo)/;

/** A number as it is written: its digits, and where each of its groups ends. */
interface Written {
  readonly digits: string;
  readonly lengths: readonly number[];
  readonly ends: readonly number[];
}

/** Telephone numbers: with a country's code, as E.164 allows, or as people of some countries write them at home. */
export function phone(locales: readonly string[] | undefined): Detector {
  const countries = COUNTRIES.filter((country) => locales === undefined || locales.includes(country));
  return {
    type: 'phone',
    at: `${DIGITS}+(`,
    atWordStart: false,
    find(window, index) {
      if (!canStart(window, index)) return 0;
      const isAbroad = window.at(index) === PLUS;
      const written = read(window, isAbroad ? index + 1 : index);
      if (written.digits.length < LEAST_DIGITS) return 0;
      return isAbroad ? abroadEnd(window, written, 0) : homeEnd(window, index, written, countries);
    },
  };
}

/** Not within a word, a number with a fraction, or a telephone number that began before. */
function canStart(window: TextWindow, index: number): boolean {
  const before = window.at(index - 1);
  if (is(before, WORD) || before === UNDERSCORE || before === PLUS) return false;
  const unit = window.at(index);
  if (unit === OPEN) return isAreaCode(window, index + 1);
  if (before === OPEN && unit !== PLUS) return !isAreaCode(window, index);
  if (before === DASH || before === DOT || before === SLASH) return !is(window.at(index - 2), WORD);
  return true;
}

/** Digits and a closing bracket. */
function isAreaCode(window: TextWindow, start: number): boolean {
  let index = start;
  while (index - start < LONGEST_AREA_CODE && is(window.at(index), DIGIT)) index++;
  return index > start && window.at(index) === CLOSE;
}

function read(window: TextWindow, start: number): Written {
  const lengths: number[] = [];
  const ends: number[] = [];
  let digits = '';
  let index = start;
  for (;;) {
    const first = index;
    while (digits.length < MOST_DIGITS && is(window.at(index), DIGIT)) digits += String.fromCharCode(window.at(index++));
    if (index > first) {
      lengths.push(index - first);
      ends.push(index);
    }
    const next = index > first || index === start ? separatorEnd(window, index) : index;
    if (next === index || lengths.length === MOST_GROUPS || digits.length === MOST_DIGITS || !is(window.at(next), DIGIT)) break;
    index = next;
  }
  return { digits, lengths, ends };
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

/** The most groups that a country's number can have, behind so many digits that only lead abroad. */
function abroadEnd(window: TextWindow, { digits, lengths, ends }: Written, leading: number): number {
  const country = LENGTHS.find(([code]) => digits.startsWith(code, leading));
  if (country === undefined) return 0;
  const [code, least, most] = country;
  let count = 0;
  let found = 0;
  lengths.forEach((length, group) => {
    count += length;
    const inBrackets = digits[leading + code.length] === '0' ? 1 : 0;
    const national = count - leading - code.length - inBrackets;
    if (national >= least && national <= most && endsFreely(window, ends[group] as number, group === ends.length - 1))
      found = ends[group] as number;
  });
  return found;
}

function homeEnd(window: TextWindow, index: number, written: Written, countries: readonly string[]): number {
  const { digits, lengths, ends } = written;
  if (digits.startsWith('00')) return abroadEnd(window, written, 2);
  let isNamed: boolean | undefined;
  for (let groups = lengths.length; groups > 0; groups--) {
    const end = ends[groups - 1] as number;
    if (!endsFreely(window, end, groups === lengths.length)) continue;
    const count = lengths.slice(0, groups).reduce((sum, length) => sum + length, 0);
    const asGrouped = lengths.slice(0, groups).join(' ');
    const isGrouped = groups > 1;
    for (const country of countries) {
      const plan = isNational(country, digits.slice(0, count), asGrouped);
      if (plan === 'none') continue;
      if (plan === 'sure' && (isGrouped || digits.startsWith('0'))) return end;
      isNamed ??= namesPhone(window, index);
      if (isNamed) return end;
    }
  }
  return 0;
}

function namesPhone(window: TextWindow, index: number): boolean {
  return NAMES_A_PHONE.test(window.slice(Math.max(0, index - CONTEXT_LENGTH), index).toLowerCase());
}

function endsFreely(window: TextWindow, end: number, isLast: boolean): boolean {
  const behind = window.at(end);
  if (is(behind, WORD) || behind === UNDERSCORE) return false;
  if (!isLast) return behind === SPACE;
  return !((behind === DASH || behind === DOT || behind === SLASH) && is(window.at(end + 1), WORD));
}
