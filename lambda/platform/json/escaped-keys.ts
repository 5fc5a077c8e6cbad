import type { JsonObject, JsonValue } from './value';

/**
 * Reads a valid JSON text whose field names hold escapes, name by name.
 *
 * V8 13.6 (Node.js 24) may take such a name for one that an earlier text had in the same place: after `{"\u005c":0}` it reads
 * `{"\u006e":0}` as `{"\\":0}`, because it compares the name it expects with the text before its escapes are undone. A caller could
 * hide `n` from us that way, and not from the provider. Names without escapes are not affected, so only this text is read so slowly.
 *
 * @param text must have passed `JSON.parse`; its depth must be bounded
 */
export function parseEscapedKeys(text: string): JsonValue {
  return new Reader(text).value();
}

const SPACE = /[\t\n\r ]*/y;
const SCALAR = /[^\t\n\r ,\]}]+/y;

class Reader {
  #at = 0;

  public constructor(private readonly text: string) {}

  public value(): JsonValue {
    this.#skip(SPACE);
    switch (this.text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      default:
        return JSON.parse(this.#skip(SCALAR)) as JsonValue;
    }
  }

  #object(): JsonObject {
    const object: JsonObject = {};
    while (this.#hasNext('}')) {
      const name = this.#string();
      this.#skip(SPACE);
      this.#at += 1;
      object[name] = this.value();
    }
    return object;
  }

  #array(): JsonValue[] {
    const items: JsonValue[] = [];
    while (this.#hasNext(']')) items.push(this.value());
    return items;
  }

  /** Steps over the opening bracket or a comma to the next item, or over the closing bracket. */
  #hasNext(close: '}' | ']'): boolean {
    this.#skip(SPACE);
    const ends = this.text[this.#at] === close;
    this.#at += 1;
    if (ends) return false;
    this.#skip(SPACE);
    if (this.text[this.#at] !== close) return true;
    this.#at += 1;
    return false;
  }

  #string(): string {
    const start = this.#at;
    let end = this.text.indexOf('"', start + 1);
    while (this.#isEscaped(end)) end = this.text.indexOf('"', end + 1);
    this.#at = end + 1;
    return JSON.parse(this.text.slice(start, end + 1)) as string;
  }

  #isEscaped(quote: number): boolean {
    let before = quote;
    while (this.text[before - 1] === '\\') before -= 1;
    return (quote - before) % 2 === 1;
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}
