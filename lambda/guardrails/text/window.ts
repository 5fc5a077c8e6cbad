import { foldedUnits } from './fold';

/** Units that stay to be looked back at when a part of a text is done with; no finding needs more of what stands before it. */
export const CONTEXT_UNITS = 192;

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
  /** Place of each unit in the text as given, from the first one that was not released; one more for the end. */
  private offsets = new Int32Array(FIRST_CAPACITY + 1);
  private highSurrogate = 0;
  private highSurrogateAt = 0;
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
    return this.offsets[index] as number;
  }

  /** The units from one to another, as a text. */
  slice(start: number, end: number): string {
    return String.fromCharCode(...this.units.subarray(start, end));
  }

  isBare(index: number): boolean {
    return this.bares?.[index] === 1;
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
  pushAscii(text: string, from: number, to: number, position: number): void {
    while (this.units.length < this.length + to - from) this.grow();
    const { units, offsets } = this;
    let length = this.length;
    for (let index = from; index < to; index++) {
      units[length] = text.charCodeAt(index);
      offsets[length++] = position + index - from;
    }
    this.length = length;
    offsets[length] = position + to - from;
  }

  /** No more units come. */
  finish(next: number): void {
    if (this.highSurrogate !== 0) this.add(this.highSurrogate, this.highSurrogateAt, next, false);
    this.highSurrogate = 0;
    this.offsets[this.length] = next;
  }

  /** What comes before a unit is done with: it becomes context, and places count from that unit's. */
  release(index: number): void {
    const dropped = Math.max(0, index - CONTEXT_UNITS);
    const offset = this.offsetOf(index);
    this.units.copyWithin(0, dropped, this.length);
    this.bares?.copyWithin(0, dropped, this.length);
    for (let unit = dropped; unit <= this.length; unit++) this.offsets[unit - dropped] = (this.offsets[unit] as number) - offset;
    this.length -= dropped;
    this.from = index - dropped;
    this.highSurrogateAt -= offset;
  }

  private addFolded(codePoint: number, offset: number, next: number, bare: boolean): void {
    const units = foldedUnits(codePoint);
    for (const unit of units) this.add(unit, offset, next, bare);
    if (units.length === 0) this.offsets[this.length] = next;
  }

  private add(unit: number, offset: number, next: number, bare: boolean): void {
    if (this.length === this.units.length) this.grow();
    this.units[this.length] = unit;
    this.offsets[this.length] = offset;
    if (bare && this.bares !== undefined) this.bares[this.length] = 1;
    else if (this.bares !== undefined) this.bares[this.length] = 0;
    this.length++;
    this.offsets[this.length] = next;
  }

  private grow(): void {
    const capacity = this.units.length * 2;
    this.units = grown(this.units, new Uint16Array(capacity));
    this.offsets = grown(this.offsets, new Int32Array(capacity + 1));
    if (this.bares !== undefined) this.bares = grown(this.bares, new Uint8Array(capacity));
  }
}

function grown<A extends Uint8Array | Uint16Array | Int32Array>(old: A, next: A): A {
  next.set(old);
  return next;
}
