import { DIGIT, is, WORD } from './characters';

const SPACE = 0x20;
const CLOSE = 0x29;
const PLUS = 0x2b;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;

const MOST_GROUPS = 8;
const MOST_DIGITS = 20;
const LONGEST_COUNTRY_CODE = 3;
/** More than a group can hold. */
const SHAPE_BASE = 32;

/** Units of a text; 0 where there is none. */
interface Units {
  at(index: number): number;
}

/** How digits are grouped, as a number: that of `4, 4, 4, 4` is the shape of `4111 1111 1111 1111`. */
export function shapeOf(...lengths: readonly number[]): number {
  return lengths.reduce((shape, length) => shape * SHAPE_BASE + length, 0);
}

function lengthsOf(shape: number): readonly number[] {
  return shape === 0 ? [] : [...lengthsOf(Math.floor(shape / SHAPE_BASE)), shape % SHAPE_BASE];
}

/** Digits in groups, which one space, dash, dot or slash each parts. They are read for as long as a known shape begins like that. */
export class NumberGroups {
  /** Values of the digits, all groups one after the other. */
  readonly digits = new Uint8Array(MOST_DIGITS);
  /** How many groups there are. */
  groups = 0;
  /** Of each group: where it ends, what stands behind, the shape up to there, and the digits. */
  readonly ends = new Int32Array(MOST_GROUPS);
  readonly shapes = new Float64Array(MOST_GROUPS);
  private readonly separators = new Uint16Array(MOST_GROUPS);
  private readonly counts = new Uint8Array(MOST_GROUPS);
  /** Which node of the tree of all known shapes a group leads to, by node and length; 0 where no shape goes on like that. */
  private readonly next: Uint16Array;
  private nodes = 1;

  constructor(shapes: readonly number[]) {
    this.next = new Uint16Array((1 + shapes.length * MOST_GROUPS) * SHAPE_BASE);
    for (const shape of shapes) {
      let node = 0;
      for (const length of lengthsOf(shape)) {
        const at = node * SHAPE_BASE + length;
        if (this.next[at] === 0) this.next[at] = this.nodes++;
        node = this.next[at] as number;
      }
    }
  }

  /** Reads what begins at a digit. @param bracketed an opening bracket stands in front: the first group ends with the closing one */
  read(units: Units, start: number, bracketed = false): void {
    this.groups = 0;
    if (!bracketed && !startsFreely(units, start)) return;
    let count = 0;
    let shape = 0;
    let node = 0;
    let index = start;
    while (this.groups < MOST_GROUPS) {
      const first = index;
      while (count < MOST_DIGITS && is(units.at(index), DIGIT)) this.digits[count++] = units.at(index++) - ZERO;
      if (index === first) return;
      shape = shape * SHAPE_BASE + (index - first);
      node = this.next[node * SHAPE_BASE + (index - first)] as number;
      if (node === 0) return;
      if (bracketed && this.groups === 0) {
        if (units.at(index) !== CLOSE) return;
        index++;
      }
      this.counts[this.groups] = count;
      this.ends[this.groups] = index;
      this.shapes[this.groups] = shape;
      this.separators[this.groups] = units.at(index);
      this.groups++;
      const isSeparated = isSeparator(units.at(index));
      if (!isSeparated && !(bracketed && this.groups === 1)) return;
      if (isSeparated) index++;
    }
  }

  /** Whether a number can end with a group: not in front of a letter, or of a dash with more behind it. */
  canEnd(units: Units, group: number): boolean {
    const end = this.ends[group] as number;
    const behind = units.at(end);
    if (is(behind, WORD) || behind === UNDERSCORE) return false;
    if (behind === DOT || behind === SLASH) return !is(units.at(end + 1), DIGIT);
    return behind !== DASH || !is(units.at(end + 1), WORD);
  }

  /** Whether the same sign stands between all groups up to one. */
  isUniform(group: number): boolean {
    for (let each = 1; each < group; each++) if (this.separators[each] !== this.separators[0]) return false;
    return true;
  }

  /** Whether these signs stand between the groups, one by one. */
  isParted(group: number, separators: string): boolean {
    if (group !== separators.length) return false;
    for (let each = 0; each < group; each++) if (this.separators[each] !== separators.charCodeAt(each)) return false;
    return true;
  }

  /** How many digits there are up to a group. */
  count(group: number): number {
    return this.counts[group] as number;
  }

  /** The digits up to a group, as a text. */
  text(group: number): string {
    return this.digits.subarray(0, this.counts[group]).join('');
  }
}

/** Whether a grouped number is none of a longer row of groups like its own, such as an account's or a card's. */
export function standsAlone(units: Units, start: number, end: number): boolean {
  const [first, last] = [groupLength(units, start, 1), groupLength(units, end - 1, -1)];
  if (end - start === first) return true;
  return groupLength(units, start - 2, -1) !== first && groupLength(units, end + 1, 1) !== last;
}

function groupLength(units: Units, from: number, step: 1 | -1): number {
  let length = 0;
  while (length < MOST_DIGITS && is(units.at(from + length * step), DIGIT)) length++;
  return length;
}

function isSeparator(unit: number): boolean {
  return unit === SPACE || unit === DASH || unit === DOT || unit === SLASH;
}

/** Not within a name, a version, a decimal number or a telephone number. */
function startsFreely(units: Units, start: number): boolean {
  const before = units.at(start - 1);
  if (before === UNDERSCORE || before === PLUS) return false;
  if (before === DASH) return !is(units.at(start - 2), WORD);
  if (before === SPACE) return !isCountryCode(units, start - 2);
  return before !== DOT || !is(units.at(start - 2), DIGIT);
}

/** `+61`, behind which a telephone number goes on. */
function isCountryCode(units: Units, last: number): boolean {
  let index = last;
  while (last - index < LONGEST_COUNTRY_CODE && is(units.at(index), DIGIT)) index--;
  return index < last && units.at(index) === PLUS;
}
