import { DIGIT, is, WORD } from './characters';

const SPACE = 0x20;
const CLOSE = 0x29;
const PLUS = 0x2b;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const UNDERSCORE = 0x5f;
const ZERO = 0x30;

const DIGITS = '0123456789';
const MOST_GROUPS = 8;
const MOST_DIGITS = 20;
const LONGEST_COUNTRY_CODE = 3;
/** More groups than one number has. */
const IN_ROW = 16;
/** More than a group can hold. */
const SHAPE_BASE = 32;

/** How numbers begin: with each digit, and with two noughts, as few do that anybody looks for. */
const BEGINNINGS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '00'] as const;
const TWO_NOUGHTS = 10;

/** Numbers that are looked for. */
export interface NumberKind {
  readonly shapes: readonly number[];
  /** Whether one of a shape can begin like that. Default: it can. */
  readonly canBegin?: (shape: number, beginning: string) => boolean;
}

/** Units of a text; 0 where there is none. */
interface Units {
  /** Something behind the end was asked for. */
  ranOut: boolean;
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
  /** Values of the digits, all groups one after the other, as far as `readDigits` was asked for them. */
  readonly digits = new Uint8Array(MOST_DIGITS);
  /** How many groups there are. */
  groups = 0;
  /** Of each group: the place of the shape up to there among all, as `kinds` is read by it. */
  readonly nodes = new Uint16Array(MOST_GROUPS);
  /** Of each place: which kinds of numbers are grouped like that, and can begin like that. */
  readonly kinds: number[][] = [];
  /** Whether it stands alone: 0 where nobody has asked. */
  private readonly alone = new Uint8Array(MOST_GROUPS);
  /** Which node of the tree of all known shapes a group leads to, by node and length; 0 where no shape goes on like that. */
  private readonly next: Uint16Array;
  private readonly shapes: number[] = [];
  /** The node at which numbers with each beginning start. */
  private readonly roots: number[] = [];

  /**
   * The groups of a row, the last ones of it: the second of a number is the first of the next one. Where each begins and ends, how many digits
   * it has, what stands behind, where another one may begin (-1: nowhere), and whether the end of the text was met.
   */
  private readonly starts = new Int32Array(IN_ROW).fill(-1);
  private readonly ends = new Int32Array(IN_ROW);
  private readonly lengths = new Uint8Array(IN_ROW);
  private readonly separators = new Uint16Array(IN_ROW);
  private readonly nexts = new Int32Array(IN_ROW);
  private readonly metEnd = new Uint8Array(IN_ROW);
  /** Which of the row is the first of the number, and how many were read; counted on and on. */
  private first = 0;
  private read = 0;
  private digitsOf = -1;
  private digitCount = 0;

  constructor(kinds: readonly NumberKind[]) {
    const next: number[] = [];
    for (const beginning of BEGINNINGS) {
      const root = this.addNode(next, 0);
      this.roots.push(root);
      for (const [place, { shapes, canBegin }] of kinds.entries()) {
        for (const shape of shapes) if (canBegin?.(shape, beginning) !== false) this.addShape(next, root, shape, place);
      }
    }
    this.next = Uint16Array.from(next);
  }

  private addNode(next: number[], shape: number): number {
    for (let length = 0; length < SHAPE_BASE; length++) next.push(0);
    this.kinds.push([]);
    return this.shapes.push(shape) - 1;
  }

  private addShape(next: number[], root: number, shape: number, kind: number): void {
    let node = root;
    for (const length of lengthsOf(shape)) {
      const at = node * SHAPE_BASE + length;
      if (next[at] === 0) next[at] = this.addNode(next, (this.shapes[node] as number) * SHAPE_BASE + length);
      node = next[at] as number;
    }
    (this.kinds[node] as number[]).push(kind);
  }

  /** Places are those of another text from now on. */
  forget(): void {
    this.starts.fill(-1);
    this.groups = 0;
  }

  /** Reads what begins at a digit. @param bracketed an opening bracket stands in front: the first group ends with the closing one */
  readAt(units: Units, start: number, bracketed = false): void {
    this.groups = 0;
    this.digitsOf = -1;
    if (!bracketed && !startsFreely(units, start)) return;
    if (this.first + 1 < this.read && this.starts[(this.first + 1) % IN_ROW] === start) this.first++;
    else {
      this.first = 0;
      this.read = 0;
    }
    const first = units.at(start) - ZERO;
    if (first < 0 || first > 9) return;
    let node = this.roots[first === 0 && units.at(start + 1) === ZERO ? TWO_NOUGHTS : first] as number;
    let index = start;
    for (let group = 0; group < MOST_GROUPS && index >= 0; group++) {
      if (this.first + group === this.read) this.readGroup(units, index, bracketed && group === 0);
      const place = (this.first + group) % IN_ROW;
      if (this.metEnd[place] === 1) units.ranOut = true;
      node = this.next[node * SHAPE_BASE + (this.lengths[place] as number)] as number;
      if (node === 0) return;
      this.nodes[group] = node;
      this.alone[group] = 0;
      this.groups = group + 1;
      index = this.nexts[place] as number;
    }
  }

  private readGroup(units: Units, start: number, bracketed: boolean): void {
    const before = units.ranOut;
    units.ranOut = false;
    let index = start;
    while (index - start <= MOST_DIGITS && is(units.at(index), DIGIT)) index++;
    const length = index - start;
    const isClosed = bracketed && units.at(index) === CLOSE;
    if (isClosed) index++;
    const place = this.read++ % IN_ROW;
    const behind = units.at(index);
    const isSeparated = isSeparator(behind);
    this.starts[place] = start;
    this.ends[place] = index;
    this.lengths[place] = bracketed && !isClosed ? 0 : length;
    this.separators[place] = behind;
    this.nexts[place] = isSeparated ? index + 1 : isClosed ? index : -1;
    this.metEnd[place] = units.ranOut ? 1 : 0;
    units.ranOut = before;
  }

  /** Reads the digits up to a group. */
  readDigits(units: Units, group: number): void {
    if (this.digitsOf < 0) this.digitCount = 0;
    for (; this.digitsOf < group; this.digitsOf++) {
      const place = (this.first + this.digitsOf + 1) % IN_ROW;
      const [start, length] = [this.starts[place] as number, this.lengths[place] as number];
      for (let index = start; index < start + length; index++) this.digits[this.digitCount++] = units.at(index) - ZERO;
    }
  }

  endOf(group: number): number {
    return this.ends[(this.first + group) % IN_ROW] as number;
  }

  /** How the digits up to a group are grouped. */
  shapeOf(group: number): number {
    return this.shapes[this.nodes[group] as number] as number;
  }

  /** Whether a number can end with a group: not in front of a letter, or of a dash with more behind it. */
  canEnd(units: Units, group: number): boolean {
    const end = this.endOf(group);
    const behind = units.at(end);
    if (is(behind, WORD) || behind === UNDERSCORE) return false;
    if (behind === DOT || behind === SLASH) return !is(units.at(end + 1), DIGIT);
    return behind !== DASH || !is(units.at(end + 1), WORD);
  }

  /** Whether a number up to a group is none of a longer row of groups like its own, such as an account's or a card's. */
  standsAlone(units: Units, group: number): boolean {
    if (this.alone[group] === 0) this.alone[group] = this.isAlone(units, group) ? 1 : 2;
    return this.alone[group] === 1;
  }

  private isAlone(units: Units, group: number): boolean {
    const [start, end] = [this.starts[this.first % IN_ROW] as number, this.endOf(group)];
    const [first, last] = [groupLength(units, start, 1), groupLength(units, end - 1, -1)];
    if (end - start === first) return true;
    return groupLength(units, start - 2, -1) !== first && groupLength(units, end + 1, 1) !== last;
  }

  /** Whether the same sign stands between all groups up to one. */
  isUniform(group: number): boolean {
    for (let each = 1; each < group; each++) if (this.separatorBehind(each) !== this.separatorBehind(0)) return false;
    return true;
  }

  /** Whether these signs stand between the groups, one by one. */
  isParted(group: number, separators: string): boolean {
    if (group !== separators.length) return false;
    for (let each = 0; each < group; each++) if (this.separatorBehind(each) !== separators.charCodeAt(each)) return false;
    return true;
  }

  private separatorBehind(group: number): number {
    return this.separators[(this.first + group) % IN_ROW] as number;
  }

  /** How many digits there are up to a group. */
  count(group: number): number {
    let count = 0;
    for (let each = 0; each <= group; each++) count += this.lengths[(this.first + each) % IN_ROW] as number;
    return count;
  }

  /** The digits up to a group, as a text. */
  text(group: number): string {
    const count = this.count(group);
    let text = '';
    for (let index = 0; index < count; index++) text += DIGITS[this.digits[index] as number];
    return text;
  }
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
