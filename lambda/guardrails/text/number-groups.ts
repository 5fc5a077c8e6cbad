import { DIGIT, is, WORD } from './characters';

const SPACE = 0x20;
const PLUS = 0x2b;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;

const LONGEST_COUNTRY_CODE = 3;
const MOST_GROUPS = 8;
const MOST_DIGITS = 20;
/** More than a group can hold. */
const SHAPE_BASE = 32;

/** Units of a text; 0 where there is none. */
interface Units {
  at(index: number): number;
}

/** How digits are grouped, as a number: that of `[4, 4, 4, 4]` is the shape of `4111 1111 1111 1111`. */
export function shapeOf(...lengths: readonly number[]): number {
  return lengths.reduce((shape, length) => shape * SHAPE_BASE + length, 0);
}

/** Digits in groups, which one space, dash, dot or slash each parts. */
export class NumberGroups {
  /** Values of the digits, all groups one after the other. */
  readonly digits = new Uint8Array(MOST_DIGITS);
  private groups = 0;
  /** Of each group: how many digits there are up to its end, where that is, what stands behind, and the shape so far. */
  private readonly counts = new Uint8Array(MOST_GROUPS);
  private readonly ends = new Int32Array(MOST_GROUPS);
  private readonly separators = new Uint8Array(MOST_GROUPS);
  private readonly shapes = new Float64Array(MOST_GROUPS);
  /** Whether a number may begin where these begin, and may end where the last group ends. */
  private startsFreely = false;
  private endsFreely = false;

  read(units: Units, start: number): void {
    this.groups = 0;
    this.startsFreely = startsFreely(units, start);
    let count = 0;
    let shape = 0;
    let index = start;
    for (;;) {
      const first = index;
      while (count < MOST_DIGITS && is(units.at(index), DIGIT)) this.digits[count++] = units.at(index++) - ZERO;
      const separator = units.at(index);
      shape = shape * SHAPE_BASE + (index - first);
      this.counts[this.groups] = count;
      this.ends[this.groups] = index;
      this.shapes[this.groups] = shape;
      this.separators[this.groups] = separator;
      this.groups++;
      const goesOn = this.groups < MOST_GROUPS && count < MOST_DIGITS && isSeparator(separator) && is(units.at(index + 1), DIGIT);
      if (!goesOn) break;
      index++;
    }
    this.endsFreely = endsFreely(units, index);
  }

  /**
   * Where a number of so many digits ends, if one begins and ends here: apart from what stands around it.
   *
   * @returns 0 where there is none
   */
  endOf(count: number, ...shapes: readonly number[]): number {
    const group = this.groupOf(count);
    if (group < 0 || !shapes.includes(this.shapes[group] as number)) return 0;
    for (let each = 1; each < group; each++) if (this.separators[each] !== this.separators[0]) return 0;
    return this.ends[group] as number;
  }

  /** Where groups end that are parted by these characters, one by one. */
  endOfParted(count: number, shape: number, separators: string): number {
    const group = this.groupOf(count);
    if (group !== separators.length || this.shapes[group] !== shape) return 0;
    for (let each = 0; each < group; each++) if (this.separators[each] !== separators.charCodeAt(each)) return 0;
    return this.ends[group] as number;
  }

  /** What parts the first two groups. */
  get separator(): number {
    return this.separators[0] as number;
  }

  private groupOf(count: number): number {
    if (!this.startsFreely) return -1;
    for (let group = 0; group < this.groups; group++) {
      if (this.counts[group] !== count) continue;
      const isLast = group === this.groups - 1;
      return isLast ? (this.endsFreely ? group : -1) : this.separators[group] === SPACE ? group : -1;
    }
    return -1;
  }
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

function endsFreely(units: Units, end: number): boolean {
  const behind = units.at(end);
  if (is(behind, WORD) || behind === UNDERSCORE) return false;
  return behind !== DASH || !is(units.at(end + 1), WORD);
}
