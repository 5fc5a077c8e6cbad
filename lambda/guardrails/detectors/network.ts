import { DIGIT, HEX, is, type TextWindow, WORD } from '../text';
import type { Detector } from './detector';

const DASH = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;
const HEX_DIGITS = '0123456789abcdefABCDEF';

const GROUPS_OF_V6 = 8;
const LONGEST_GROUP = 4;
const GROUPS_OF_V4_IN_V6 = 2;
/** `a::b` is a name in some programming languages; an address has more to it. */
const LEAST_GROUPS = 3;

/** IPv4 addresses, and IPv6 ones in every notation of RFC 4291. */
export const ipAddress: Detector = {
  type: 'ip_address',
  at: HEX_DIGITS,
  second: `${HEX_DIGITS}.:`,
  atWordStart: true,
  find(window, index) {
    let first = index + 1;
    while (first - index <= LONGEST_GROUP && is(window.at(first), HEX)) first++;
    const behind = window.at(first);
    return behind === DOT || behind === COLON ? addressEnd(window, index) : 0;
  },
};

/** `::1`: no word begins there. */
export const shortenedAddress: Detector = { type: 'ip_address', at: ':', atWordStart: false, find: addressEnd };

function addressEnd(window: TextWindow, index: number): number {
  const before = window.at(index - 1);
  if (is(before, WORD) || before === UNDERSCORE || before === COLON || before === DOT || before === DASH) return 0;
  const v4 = is(window.at(index), DIGIT) ? v4End(window, index) : 0;
  if (v4 > 0) return isNobodys(window, index) ? 0 : v4;
  return v6End(window, index);
}

/** `127.0.0.1`, `0.0.0.0` and `255.255.255.255` are a machine itself, none and all. */
function isNobodys(window: TextWindow, index: number): boolean {
  const [first, second, third] = [window.at(index), window.at(index + 1), window.at(index + 2)];
  if (first === ZERO) return true;
  if (third === 0x37) return first === 0x31 && second === 0x32;
  return first === 0x32 && second === 0x35 && third === 0x35;
}

function v4End(window: TextWindow, start: number): number {
  let index = start;
  for (let octet = 0; octet < 4; octet++) {
    if (octet > 0 && window.at(index++) !== DOT) return 0;
    const first = index;
    let value = 0;
    while (index - first < 3 && is(window.at(index), DIGIT)) value = value * 10 + window.at(index++) - ZERO;
    if (index === first || value > 255 || (index - first > 1 && window.at(first) === ZERO)) return 0;
  }
  const behind = window.at(index);
  const goesOn = is(behind, WORD) || behind === UNDERSCORE || ((behind === DOT || behind === DASH) && is(window.at(index + 1), WORD));
  return goesOn ? 0 : index;
}

function v6End(window: TextWindow, start: number): number {
  let index = start;
  let groups = 0;
  let written = 0;
  let isShortened = false;
  let hasDigit = false;
  if (window.at(index) === COLON) {
    if (window.at(index + 1) !== COLON) return 0;
    isShortened = true;
    index += 2;
  }
  while (groups < GROUPS_OF_V6) {
    const first = index;
    while (index - first < 4 && is(window.at(index), HEX)) hasDigit = is(window.at(index++), DIGIT) || hasDigit;
    if (index === first) break;
    const v4 = window.at(index) === DOT && groups > 0 ? v4End(window, first) : 0;
    if (v4 > 0) {
      index = v4;
      groups += GROUPS_OF_V4_IN_V6;
      written += GROUPS_OF_V4_IN_V6;
      break;
    }
    groups++;
    written++;
    if (window.at(index) !== COLON) break;
    if (window.at(index + 1) === COLON) {
      if (isShortened) return 0;
      isShortened = true;
      index += 2;
    } else if (is(window.at(index + 1), HEX) && groups < GROUPS_OF_V6) {
      index++;
    } else {
      break;
    }
  }
  const behind = window.at(index);
  if (is(behind, WORD) || behind === UNDERSCORE || (behind === COLON && is(window.at(index + 1), WORD | HEX))) return 0;
  if (!hasDigit || (isShortened ? groups >= GROUPS_OF_V6 : groups !== GROUPS_OF_V6)) return 0;
  const firstIsLong = is(window.at(start), DIGIT | HEX) && window.at(start + 4) === COLON;
  return written >= LEAST_GROUPS || firstIsLong ? index : 0;
}

const PAIRS = 6;

/** Hardware addresses: six pairs with colons or dashes, or three groups of four with dots. */
export const macAddress: Detector = {
  type: 'mac_address',
  at: HEX_DIGITS,
  second: HEX_DIGITS,
  atWordStart: true,
  find(window, index) {
    const separator = window.at(index + 2);
    const isDotted = window.at(index + 4) === DOT;
    if (separator !== COLON && separator !== DASH && !isDotted) return 0;
    const before = window.at(index - 1);
    if ((before === COLON || before === DASH || before === DOT || before === UNDERSCORE) && is(window.at(index - 2), WORD)) return 0;
    return isDotted ? groupsEnd(window, index, 4, 3, DOT) : groupsEnd(window, index, 2, PAIRS, separator);
  },
};

function groupsEnd(window: TextWindow, start: number, digits: number, groups: number, separator: number): number {
  let index = start;
  for (let group = 0; group < groups; group++) {
    if (group > 0 && window.at(index++) !== separator) return 0;
    for (let digit = 0; digit < digits; digit++) if (!is(window.at(index++), HEX)) return 0;
  }
  const behind = window.at(index);
  const goesOn = is(behind, WORD) || behind === UNDERSCORE || (behind === separator && is(window.at(index + 1), WORD));
  return goesOn ? 0 : index;
}
