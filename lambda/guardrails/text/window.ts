import { DASH, is, WORD } from './characters';
import { foldedUnit, foldedUnits, ITS_UNITS, NO_UNIT, SEVERAL_UNITS } from './fold';

/** Units that stay to be looked back at when a part of a text is done with; no finding needs more of what stands before it. */
export const CONTEXT_UNITS = 192;

/** Longer numbers of a JSON text are cut. */
const LONGEST_BARE_VALUE = 64;
/** What stands between values of a JSON text, outside of strings. */
const JSON_SIGNS: ReadonlySet<number> = new Set(Array.from(' \t\n\r\f\v,:[]{}"', (sign) => sign.charCodeAt(0)));

const FIRST_CAPACITY = 512;
const HIGH_SURROGATE = 0xd800;
const LOW_SURROGATE = 0xdc00;
const LAST_SURROGATE = 0xdfff;

/**
 * A text as detectors read it: folded UTF-16 units, each with its place in the text as given.
 *
 * It may be a part: units before it are kept as context, and more may come behind it. Whoever reads past what is there leaves `ranOut`
 * behind, so that nothing is decided by where a piece happened to end.
 */
export class TextWindow {
  /** Folded units; valid up to `length`. */
  units = new Uint16Array(FIRST_CAPACITY);
  length = 0;
  /** Where the text begins; units before it are context. */
  from = 0;
  /** Something behind the end of the text was asked for. */
  ranOut = false;
  /** Where the last finding starts: set by detectors whose findings start elsewhere than where they looked. */
  start = 0;
  /** Whether a unit of a JSON text stands outside of its strings. */
  private bares: Uint8Array | undefined;
  /**
   * Place of each unit in the text as given, from the first one that was not released; one more for the end. Undefined for as long as units are
   * as many as were given: then a unit's place is its number less that of the first one.
   */
  private offsets: Int32Array | undefined;
  private offsetOfFirst = 0;
  private highSurrogate = 0;
  private highSurrogateAt = 0;
  /** The run of base64url that was measured last. */
  private runFrom = 0;
  private runTo = 0;

  constructor(isJson = false) {
    if (isJson) this.bares = new Uint8Array(FIRST_CAPACITY);
  }

  /** A unit, or 0 where there is none. */
  at(index: number): number {
    if (index < this.length) return index < 0 ? 0 : (this.units[index] as number);
    this.ranOut = true;
    return 0;
  }

  /** Where a unit stands in the text as given. */
  offsetOf(index: number): number {
    return this.offsets === undefined ? index + this.offsetOfFirst : (this.offsets[index] as number);
  }

  /** The units from one to another, as a text. */
  slice(start: number, end: number): string {
    return String.fromCharCode(...this.units.subarray(start, end));
  }

  /** A place, or the one before the number or the word of JSON, such as `true`, that it lies within or that may go on there. */
  beforeBareValue(place: number): number {
    if (this.bares === undefined || (place < this.length && !this.isBareValue(place))) return place;
    let start = place;
    while (place - start <= LONGEST_BARE_VALUE && this.isBareValue(start - 1)) start--;
    return start < this.from || place - start > LONGEST_BARE_VALUE ? place : start;
  }

  private isBareValue(index: number): boolean {
    return this.bares?.[index] === 1 && !JSON_SIGNS.has(this.units[index] as number);
  }

  /** Where what stands in base64url ends, no more than so many units on. However often it is asked, each unit is read once. */
  base64UrlEnd(start: number, most: number): number {
    if (start < this.runFrom || start >= this.runTo) {
      this.runFrom = start;
      this.runTo = start;
      while (this.runTo < this.length && is(this.units[this.runTo] as number, WORD | DASH)) this.runTo++;
    }
    if (this.runTo - start >= most) return start + most;
    if (this.runTo === this.length) this.ranOut = true;
    return this.runTo;
  }

  /** So many units are likely to come. */
  expect(units: number): void {
    if (units > this.units.length) this.growTo(units);
  }

  /** Adds a unit of the text as given; `offset` is its place there, `next` that of what follows. */
  push(unit: number, offset: number, next: number, bare: boolean): void {
    if (unit < 0x80 && this.highSurrogate === 0) {
      this.add(unit, offset, next, bare);
      return;
    }
    const high = this.highSurrogate;
    this.highSurrogate = 0;
    if (high !== 0 && unit >= LOW_SURROGATE && unit <= LAST_SURROGATE) {
      this.addFolded(((high - HIGH_SURROGATE) << 10) + (unit - LOW_SURROGATE) + 0x1_00_00, this.highSurrogateAt, next, bare);
      return;
    }
    if (high !== 0) this.add(high, this.highSurrogateAt, offset, bare);
    if (unit >= HIGH_SURROGATE && unit < LOW_SURROGATE) {
      this.highSurrogate = unit;
      this.highSurrogateAt = offset;
    } else if (unit < 0x80) {
      this.add(unit, offset, next, bare);
    } else {
      this.addFolded(unit, offset, next, bare);
    }
  }

  /** Adds units that are all ASCII and stand in a row: from `position` on in the text as given. */
  pushAscii(text: string, from: number, to: number, position: number, bare = false): void {
    const end = this.length + to - from;
    if (end > this.units.length) this.growTo(end);
    const { units, length } = this;
    for (let index = from; index < to; index++) units[length + index - from] = text.charCodeAt(index);
    this.bares?.fill(bare ? 1 : 0, length, end);
    this.runTo = this.runFrom;
    if (length === 0 && this.offsets === undefined) this.offsetOfFirst = position;
    if (this.offsets === undefined && this.offsetOf(length) !== position) this.countOffsets();
    if (this.offsets !== undefined) for (let unit = length; unit <= end; unit++) this.offsets[unit] = position + unit - length;
    this.length = end;
  }

  /** No more units come. */
  finish(next: number): void {
    if (this.highSurrogate !== 0) this.add(this.highSurrogate, this.highSurrogateAt, next, false);
    this.highSurrogate = 0;
    this.endAt(next);
  }

  /**
   * What comes before a unit is done with: it becomes context, and places count from that unit's.
   *
   * @returns how many units are gone: by so many less are the others numbered
   */
  release(index: number): number {
    const dropped = Math.max(0, index - CONTEXT_UNITS);
    const offset = this.offsetOf(index);
    this.units.copyWithin(0, dropped, this.length);
    this.bares?.copyWithin(0, dropped, this.length);
    if (this.offsets === undefined) this.offsetOfFirst += dropped - offset;
    else for (let unit = dropped; unit <= this.length; unit++) this.offsets[unit - dropped] = (this.offsets[unit] as number) - offset;
    this.length -= dropped;
    this.from = index - dropped;
    this.highSurrogateAt -= offset;
    this.runTo = this.runFrom;
    return dropped;
  }

  private addFolded(codePoint: number, offset: number, next: number, bare: boolean): void {
    const unit = foldedUnit(codePoint);
    if (unit === NO_UNIT) this.endAt(next);
    else if (unit === SEVERAL_UNITS) for (const each of foldedUnits(codePoint)) this.add(each, offset, next, bare);
    else if (unit === ITS_UNITS) {
      this.add(HIGH_SURROGATE + ((codePoint - 0x1_00_00) >> 10), offset, next, bare);
      this.add(LOW_SURROGATE + (codePoint & 0x3ff), offset, next, bare);
    } else this.add(unit, offset, next, bare);
  }

  private add(unit: number, offset: number, next: number, bare: boolean): void {
    const { length } = this;
    if (length === this.units.length) this.growTo(length + 1);
    this.units[length] = unit;
    if (this.bares !== undefined) this.bares[length] = bare ? 1 : 0;
    this.runTo = this.runFrom;
    if (length === 0 && this.offsets === undefined) this.offsetOfFirst = offset;
    if (this.offsets === undefined && this.offsetOf(length) !== offset) this.countOffsets();
    if (this.offsets !== undefined) this.offsets[length] = offset;
    this.length = length + 1;
    this.endAt(next);
  }

  /** Where what comes behind the last unit stands in the text as given. */
  private endAt(next: number): void {
    if (this.offsets === undefined && this.offsetOf(this.length) !== next) this.countOffsets();
    if (this.offsets !== undefined) this.offsets[this.length] = next;
  }

  private countOffsets(): void {
    const first = this.offsetOfFirst;
    const offsets = new Int32Array(this.units.length + 1);
    for (let unit = 0; unit <= this.length; unit++) offsets[unit] = unit + first;
    this.offsets = offsets;
  }

  private growTo(units: number): void {
    const capacity = Math.max(this.units.length * 2, units);
    this.units = grown(this.units, new Uint16Array(capacity));
    if (this.offsets !== undefined) this.offsets = grown(this.offsets, new Int32Array(capacity + 1));
    if (this.bares !== undefined) this.bares = grown(this.bares, new Uint8Array(capacity));
  }
}

function grown<A extends Uint8Array | Uint16Array | Int32Array>(old: A, next: A): A {
  next.set(old);
  return next;
}
