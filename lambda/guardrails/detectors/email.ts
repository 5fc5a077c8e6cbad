import { DIGIT, is, LETTER, LOCAL_SIGN, type TextWindow, UnitSet, WORD } from '../text';
import type { Detector } from './detector';

const DOT = 0x2e;
const DASH = 0x2d;
const COLON = 0x3a;
const SLASH = 0x2f;
/** RFC 5321, 4.5.3.1. */
export const LONGEST_LOCAL_PART = 64;
const LONGEST_DOMAIN = 255;
const SHORTEST_TOP_LEVEL = 2;
const LONGEST_TOP_LEVEL = 24;
const LONGEST_VERSION_PART = 8;
/** `icon@2x.png` is a file: no top-level domain has these names. */
const FILE_EXTENSIONS = new Set(
  'avif bmp css gif html ico jpeg jpg js json jsx lock map mjs pdf php png scss svg tsx txt wasm webp xml yaml yml'
    .split(' ')
    .map((name) => Array.from(name, (sign) => sign.charCodeAt(0)).reduce(packedWith, 0)),
);
const LONGEST_EXTENSION = 5;
/** It stands in addresses of repositories, `git@host:path`. */
const NOBODY = 'git';

/** E-mail addresses with a domain of two labels or more, of which the last has letters alone, or is an international one. */
export const email: Detector = {
  type: 'email',
  at: '@',
  atWordStart: false,
  find(window, index) {
    const start = localPartStart(window, index);
    if (start === index || isNobody(window, start, index) || isInUrl(window, start)) return 0;
    window.start = start;
    return domainEnd(window, index + 1);
  },
};

function localPartStart(window: TextWindow, index: number): number {
  let start = index;
  while (start > 0 && index - start < LONGEST_LOCAL_PART && isLocal(window.at(start - 1))) start--;
  // Signs in front are quotes, lists and code, not the address.
  while (start < index && !isNameUnit(window.at(start))) start++;
  return window.at(index - 1) === DOT ? index : start;
}

/** `scheme://name@host` and `scheme://name:password@host` are no addresses of mail. */
function isInUrl(window: TextWindow, start: number): boolean {
  let index = start - 1;
  if (window.at(index) === COLON) {
    while (start - index < LONGEST_LOCAL_PART && isName(window.at(index - 1))) index--;
    index--;
  }
  return window.at(index) === SLASH && window.at(index - 1) === SLASH && window.at(index - 2) === COLON;
}

function isName(unit: number): boolean {
  return isLocal(unit) && unit !== SLASH;
}

function isNobody(window: TextWindow, start: number, end: number): boolean {
  return end - start === NOBODY.length && window.slice(start, end) === NOBODY;
}

function isLocal(unit: number): boolean {
  return is(unit, WORD | LOCAL_SIGN) || isForeignLetter(unit);
}

function isNameUnit(unit: number): boolean {
  return is(unit, WORD) || isForeignLetter(unit);
}

function domainEnd(window: TextWindow, first: number): number {
  if (isVersion(window, first)) return 0;
  let end = 0;
  let label = first;
  let lettersOnly = true;
  for (let index = first; ; index++) {
    const unit = index - first < LONGEST_DOMAIN ? window.at(index) : 0;
    if (is(unit, LETTER) || isForeignLetter(unit)) continue;
    const isTopLevel = label > first && isTopLevelName(window, label, index) && (lettersOnly || isInternational(window, label));
    if (isTopLevel) end = index;
    if (is(unit, DIGIT) || (unit === DASH && index > label)) {
      if (isTopLevel && unit !== DASH) end = 0;
      lettersOnly = false;
      continue;
    }
    if (unit !== DOT || index === label) return end;
    label = index + 1;
    lettersOnly = true;
  }
}

/** `name@1.2.0-beta.next`, as lock files have it. */
function isVersion(window: TextWindow, first: number): boolean {
  let index = first;
  while (index - first < LONGEST_VERSION_PART && is(window.at(index), DIGIT)) index++;
  return index > first && window.at(index) === DOT && is(window.at(index + 1), DIGIT);
}

function isTopLevelName(window: TextWindow, start: number, end: number): boolean {
  const length = end - start;
  if (length < SHORTEST_TOP_LEVEL || length > LONGEST_TOP_LEVEL) return false;
  return length > LONGEST_EXTENSION || !FILE_EXTENSIONS.has(packed(window, start, end));
}

function packed(window: TextWindow, start: number, end: number): number {
  let number = 0;
  for (let index = start; index < end; index++) number = packedWith(number, window.units[index] as number);
  return number;
}

/** A few letters, in either case, as one number. */
function packedWith(number: number, unit: number): number {
  return number * 64 + (unit & 0x1f);
}

/** `xn--`: a label of another alphabet. */
function isInternational(window: TextWindow, label: number): boolean {
  return (window.at(label) | 0x20) === 0x78 && (window.at(label + 1) | 0x20) === 0x6e && window.at(label + 2) === DASH;
}

function isForeignLetter(unit: number): boolean {
  return unit >= 0x80 && FOREIGN_LETTERS.has(unit);
}

/** Not of scripts without spaces: there the words around stand right beside. */
const FOREIGN_LETTERS = new UnitSet(/(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}])\p{L}/u);
