import type { TextWindow } from './window';

/** Gives the units of a text to a window, piece by piece. */
export interface UnitSource {
  write(piece: string, window: TextWindow): void;
  end(window: TextWindow): void;
  /** So many units of the text as given were released: places count from there. */
  release(units: number): void;
}

/** A text is read as it is. */
export class PlainUnits implements UnitSource {
  private position = 0;

  write(piece: string, window: TextWindow): void {
    const position = this.position;
    for (let index = 0; index < piece.length; ) {
      const end = asciiEnd(piece, index);
      // The first of them shows that a surrogate in front was a lone one.
      if (end > index) window.push(piece.charCodeAt(index), position + index, position + index + 1, false);
      if (end > index + 1) window.pushAscii(piece, index + 1, end, position + index + 1);
      index = end;
      if (index < piece.length) window.push(piece.charCodeAt(index), position + index, position + ++index, false);
    }
    this.position = position + piece.length;
  }

  end(window: TextWindow): void {
    window.finish(this.position);
  }

  release(units: number): void {
    this.position -= units;
  }
}

function asciiEnd(text: string, from: number): number {
  let index = from;
  while (index < text.length && text.charCodeAt(index) < 0x80) index++;
  return index;
}

/** Where what is neither a quote nor an escape in a JSON text ends. */
function plainEnd(text: string, from: number): number {
  let index = from;
  for (; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80 || unit === QUOTE || unit === BACKSLASH) break;
  }
  return index;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SMALL_U = 0x75;
const HEX_DIGITS = 4;
const ESCAPED: Readonly<Record<string, number>> = { b: 0x08, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 };

/** A JSON text: what is escaped in its strings is read as what it stands for. Whatever is not JSON is read as it is. */
export class JsonUnits implements UnitSource {
  private position = 0;
  private inString = false;
  /** An escape that is being read: where it begins, and its digits. */
  private escapeAt = -1;
  private escape = '';

  write(piece: string, window: TextWindow): void {
    for (let index = 0; index < piece.length; index++) {
      const plain = this.escapeAt < 0 ? plainEnd(piece, index) : index;
      // The first of them shows that a surrogate in front was a lone one.
      if (plain > index + 1) {
        window.push(piece.charCodeAt(index), this.position, this.position + 1, !this.inString);
        window.pushAscii(piece, index + 1, plain, this.position + 1, !this.inString);
        this.position += plain - index;
        index = plain;
        if (index === piece.length) return;
      }
      const unit = piece.charCodeAt(index);
      if (this.escapeAt >= 0) this.goOn(unit, window);
      else if (this.inString && unit === BACKSLASH) this.escapeAt = this.position;
      else {
        if (unit === QUOTE) this.inString = !this.inString;
        window.push(unit, this.position, this.position + 1, !this.inString && unit !== QUOTE);
      }
      this.position++;
    }
  }

  end(window: TextWindow): void {
    if (this.escapeAt >= 0) this.asItIs(window);
    window.finish(this.position);
  }

  release(units: number): void {
    this.position -= units;
    if (this.escapeAt >= 0) this.escapeAt -= units;
  }

  private goOn(unit: number, window: TextWindow): void {
    this.escape += String.fromCharCode(unit);
    if (this.escape.charCodeAt(0) === SMALL_U && this.escape.length <= HEX_DIGITS) return;
    const meant = this.escape.charCodeAt(0) === SMALL_U ? Number(`0x${this.escape.slice(1)}`) : (ESCAPED[this.escape] ?? unit);
    window.push(Number.isNaN(meant) ? unit : meant, this.escapeAt, this.position + 1, false);
    this.escapeAt = -1;
    this.escape = '';
  }

  /** A text that ends within an escape. */
  private asItIs(window: TextWindow): void {
    const text = `\\${this.escape}`;
    for (let index = 0; index < text.length; index++) {
      window.push(text.charCodeAt(index), this.escapeAt + index, this.escapeAt + index + 1, false);
    }
    this.escapeAt = -1;
  }
}
