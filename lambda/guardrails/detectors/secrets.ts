import { BASE64_SIGN, DIGIT, is, SPACE, type TextWindow, UPPER, WORD } from '../text';
import type { Detector } from './detector';

const COLON = 0x3a;
const SLASH = 0x2f;
const AT = 0x40;
const DOT = 0x2e;
const HYPHEN = 0x2d;
const BLANK = 0x20;
const NEW_LINE = 0x0a;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SMALL_C = 0x63;
const SMALL_E = 0x65;

/** A text stands there. */
function startsWith(window: TextWindow, index: number, text: string): boolean {
  for (let each = 0; each < text.length; each++) if (window.at(index + each) !== text.charCodeAt(each)) return false;
  return true;
}

const LONGEST_TOKEN_PART = 8_192;
const LEAST_HEADER = 12;
const LEAST_SIGNATURE = 16;

/** JSON web tokens: a header and a payload that are JSON objects in base64url, and a signature. */
export const jsonWebToken: Detector = {
  type: 'jwt',
  at: 'e',
  second: 'y',
  atWordStart: true,
  find(window, index) {
    if (!startsWith(window, index, 'eyJ')) return 0;
    const header = window.base64UrlEnd(index, LONGEST_TOKEN_PART);
    if (header - index < LEAST_HEADER || window.at(header) !== DOT || !startsWith(window, header + 1, 'eyJ')) return 0;
    const payload = window.base64UrlEnd(header + 1, LONGEST_TOKEN_PART);
    if (window.at(payload) !== DOT) return 0;
    const signature = window.base64UrlEnd(payload + 1, LONGEST_TOKEN_PART);
    return signature - payload > LEAST_SIGNATURE ? signature : 0;
  },
};

const LABEL = '-----BEGIN ';
const LONGEST_LABEL = 40;
const DASHES = '-----';
const END = '-----END ';
const LONGEST_BODY = 16_384;
const LEAST_BODY = 8;
/** Without its end, a key must look like nothing else. */
const LEAST_OPEN_BODY = 128;
const LEAST_LINE = 60;

/** Private keys in PEM, as files, in one line, or with `\n` written out. */
export const privateKey: Detector = {
  type: 'private_key',
  at: '-',
  atWordStart: false,
  find(window, index) {
    if (window.at(index - 1) === HYPHEN || !startsWith(window, index, LABEL)) return 0;
    const label = labelEnd(window, index + LABEL.length);
    const name = window.slice(index + LABEL.length, Math.min(label, window.length));
    if (!name.includes('PRIVATE KEY') || !startsWith(window, label, DASHES)) return 0;
    const { end, last, signs } = body(window, label + DASHES.length);
    if (!startsWith(window, end, END)) return signs >= LEAST_OPEN_BODY ? last : 0;
    const closing = labelEnd(window, end + END.length);
    return signs >= LEAST_BODY && startsWith(window, closing, DASHES) ? closing + DASHES.length : 0;
  },
};

function labelEnd(window: TextWindow, start: number): number {
  let index = start;
  while (index - start < LONGEST_LABEL && (is(window.at(index), UPPER | DIGIT) || window.at(index) === BLANK)) index++;
  return index;
}

/** Headers, and lines of base64; a blank stands in front of a line, behind a whole one, or behind a sign of a header. */
function body(window: TextWindow, start: number): { readonly end: number; readonly last: number; readonly signs: number } {
  let index = start;
  let signs = 0;
  let line = 0;
  let last = start;
  let hasLine = false;
  for (; index - start < LONGEST_BODY; index++) {
    const unit = window.at(index);
    if (is(unit, WORD | BASE64_SIGN)) {
      signs++;
      line++;
      last = index + 1;
    } else if (unit === BLANK) {
      const before = window.at(index - 1);
      const isHeader = before === COLON || before === COMMA;
      if (line > 0 && line < LEAST_LINE && !isHeader) break;
      if (!isHeader) line = 0;
    } else if (is(unit, SPACE)) line = 0;
    else if (unit === HYPHEN && startsWith(window, index, DASHES)) break;
    else if (unit !== BACKSLASH && (hasLine || (unit !== COLON && unit !== COMMA && unit !== HYPHEN))) break;
    hasLine ||= line >= LEAST_LINE;
  }
  return { end: index, last, signs };
}

const LONGEST_USER = 128;
const LONGEST_PASSWORD = 256;
const SCHEME_LEAST = 2;
/** What stands for a password in an example: `$PASSWORD`, `{password}`, `<password>`, `%s`, `***`. */
const PLACEHOLDER = '${<%*[';

/** Names and passwords in URLs: `postgres://name:password@host`. What is found is both. */
export const urlCredentials: Detector = {
  type: 'url_credentials',
  at: ':',
  atWordStart: false,
  find(window, index) {
    if (window.at(index + 1) !== SLASH || window.at(index + 2) !== SLASH || !endsScheme(window, index)) return 0;
    const start = index + 3;
    const user = namedEnd(window, start, LONGEST_USER, false);
    if (window.at(user) !== COLON) return 0;
    const end = namedEnd(window, user + 1, LONGEST_PASSWORD, true);
    if (end === user + 1 || window.at(end) !== AT || !is(window.at(end + 1), WORD)) return 0;
    if (PLACEHOLDER.includes(String.fromCharCode(window.at(user + 1)))) return 0;
    window.start = start;
    return end;
  },
};

function endsScheme(window: TextWindow, index: number): boolean {
  for (let each = 1; each <= SCHEME_LEAST; each++) if (!is(window.at(index - each), WORD)) return false;
  return true;
}

function namedEnd(window: TextWindow, start: number, most: number, withColons: boolean): number {
  let index = start;
  while (index - start < most) {
    const unit = window.at(index);
    if (
      unit === 0 ||
      unit === SLASH ||
      unit === AT ||
      is(unit, SPACE) ||
      unit === NEW_LINE ||
      '"\'<>`\\?#'.includes(String.fromCharCode(unit))
    )
      break;
    if (unit === COLON && !withColons) break;
    index++;
  }
  return index;
}

const SECRET_LENGTH = 40;
const MOST_SIGNS_BETWEEN = 8;
const SECRET_NAMES = ['secret_access_key', 'secretaccesskey', 'secret-access-key'];

/** Secret access keys of AWS: forty characters that nothing but their name tells from others, as in `awsSecretAccessKey`. */
export const awsSecretKey: Detector = {
  type: 'api_key',
  at: 'sS',
  atWordStart: false,
  find: secretEnd,
};

function secretEnd(window: TextWindow, index: number): number {
  if ((window.at(index + 1) | BLANK) !== SMALL_E || (window.at(index + 2) | BLANK) !== SMALL_C) return 0;
  const name = SECRET_NAMES.find((each) => startsWithAnyCase(window, index, each));
  if (name === undefined) return 0;
  let start = index + name.length;
  while (start - index - name.length < MOST_SIGNS_BETWEEN && '"\'= :>\t,'.includes(String.fromCharCode(window.at(start)))) start++;
  let end = start;
  while (end - start <= SECRET_LENGTH && is(window.at(end), WORD | BASE64_SIGN)) end++;
  if (end - start !== SECRET_LENGTH) return 0;
  window.start = start;
  return end;
}

function startsWithAnyCase(window: TextWindow, index: number, text: string): boolean {
  for (let each = 0; each < text.length; each++) {
    const unit = window.at(index + each);
    if ((is(unit, UPPER) ? unit | BLANK : unit) !== text.charCodeAt(each)) return false;
  }
  return true;
}
