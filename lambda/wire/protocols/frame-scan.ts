import type { WrittenText } from '../model/written-text';

/**
 * Looks into the JSON text of a stream frame without parsing it, for streams that are passed through. Text that a model wrote
 * cannot match a key: its quotes are escaped inside JSON strings.
 */

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Adds the first non-empty string value of the key. False when it has none. */
export function addValue(written: WrittenText, text: string, quotedKey: string): boolean {
  let at = text.indexOf(quotedKey);
  while (at !== -1) {
    const value = valueAt(text, at + quotedKey.length);
    if (value !== -1 && text.charCodeAt(value) === QUOTE) {
      const close = closingQuote(text, value + 1);
      const end = close === -1 ? text.length : close;
      if (end > value + 1) {
        written.addEscaped(text, value + 1, end);
        return true;
      }
    }
    at = text.indexOf(quotedKey, at + quotedKey.length);
  }
  return false;
}

/** Cheap test for damage: the text begins and ends like a JSON object. */
export function looksLikeObject(text: string): boolean {
  return /^\s*\{\s*["}]/.test(text) && /\}\s*$/.test(text.length > 64 ? text.slice(-64) : text);
}

function valueAt(text: string, afterKey: number): number {
  let at = skipSpace(text, afterKey);
  if (text.charCodeAt(at) !== COLON) return -1;
  at = skipSpace(text, at + 1);
  return at < text.length ? at : -1;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** Index of the quote that ends a string; -1 when there is none. */
export function closingQuote(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end !== -1) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return -1;
}
