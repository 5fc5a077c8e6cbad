/** A string, object or array of a JSON text, and where it stands there. Other values are left out. */
export type JsonNode =
  | { readonly kind: 'string'; readonly start: number; readonly end: number }
  | { readonly kind: 'object' | 'array'; readonly members: readonly JsonMember[]; readonly start: number; readonly end: number };

/** A field, or an item of an array, by its name or index. */
export interface JsonMember {
  readonly key: string | number;
  readonly node: JsonNode;
}

/**
 * Where strings, objects and arrays of a valid JSON text stand, all of them, doubled names included: what the text says at a place can be
 * exchanged while everything else stays as it is written.
 *
 * @param text must have passed `JSON.parse`
 * @param maxDepth objects and arrays inside each other
 * @returns undefined for a scalar that is no string, and when the text is nested deeper
 */
export function parseJsonTree(text: string, maxDepth: number): JsonNode | undefined {
  try {
    return new TreeReader(text, maxDepth).value(0);
  } catch (error) {
    if (error === TOO_DEEP) return undefined;
    throw error;
  }
}

/** What a string of a JSON text says. */
export function textAt(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1);
  return inner.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inner;
}

const TOO_DEEP = new Error('nested too deep');
const SPACE = /[\t\n\r ]*/y;
const SCALAR = /[^\t\n\r ,\]}]*/y;

class TreeReader {
  #at = 0;

  public constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  public value(depth: number): JsonNode | undefined {
    this.#skip(SPACE);
    switch (this.text[this.#at]) {
      case '{':
        return this.#group('object', depth + 1);
      case '[':
        return this.#group('array', depth + 1);
      case '"':
        return { kind: 'string', ...this.#string() };
      default:
        this.#skip(SCALAR);
        return undefined;
    }
  }

  #group(kind: 'object' | 'array', depth: number): JsonNode {
    const start = this.#at;
    const members = this.#members(kind === 'object' ? '}' : ']', depth);
    return { kind, members, start, end: this.#at };
  }

  #members(close: '}' | ']', depth: number): JsonMember[] {
    if (depth > this.maxDepth) throw TOO_DEEP;
    const members: JsonMember[] = [];
    for (let index = 0; this.#hasNext(close); index += 1) {
      const key = close === '}' ? this.#name() : index;
      const node = this.value(depth);
      if (node !== undefined) members.push({ key, node });
    }
    return members;
  }

  /** Steps over the opening bracket or a comma to the next member, or over the closing bracket. */
  #hasNext(close: '}' | ']'): boolean {
    this.#skip(SPACE);
    const ends = this.#at >= this.text.length || this.text[this.#at] === close;
    this.#at += 1;
    if (ends) return false;
    this.#skip(SPACE);
    if (this.text[this.#at] !== close) return true;
    this.#at += 1;
    return false;
  }

  #name(): string {
    const { start, end } = this.#string();
    this.#skip(SPACE);
    this.#at += 1;
    return textAt(this.text, start, end);
  }

  #string(): { readonly start: number; readonly end: number } {
    const start = this.#at;
    let end = this.text.indexOf('"', start + 1);
    while (end >= 0 && this.#isEscaped(start, end)) end = this.text.indexOf('"', end + 1);
    this.#at = end < 0 ? this.text.length : end + 1;
    return { start, end: this.#at };
  }

  #isEscaped(start: number, quote: number): boolean {
    let backslashes = 0;
    while (quote - 1 - backslashes > start && this.text[quote - 1 - backslashes] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    pattern.exec(this.text);
    if (pattern.lastIndex > this.#at) this.#at = pattern.lastIndex;
  }
}
