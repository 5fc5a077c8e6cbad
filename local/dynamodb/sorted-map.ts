/** Longest block of keys: an insert moves at most this many. */
const BLOCK = 512;

/** Bounds of a range, as level databases write them. */
export interface Range {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
  /** Negative: no limit. */
  readonly limit?: number;
}

/** A map of strings that also reads its keys in order (UTF-16 code units). Keys lie in sorted blocks of bounded length. */
export class SortedMap<Value> {
  readonly #values = new Map<string, Value>();
  readonly #blocks: string[][] = [];

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    if (!this.#values.has(key)) this.#insert(key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return;
    const index = this.#blockOf(key);
    const block = this.#blocks[index] as string[];
    block.splice(lowerBound(block, key), 1);
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  clear(): void {
    this.#values.clear();
    this.#blocks.length = 0;
  }

  /** Entries within the range, in order. Must not be interleaved with writes. */
  *entries(range: Range = {}): Generator<[string, Value]> {
    let left = range.limit === undefined || range.limit < 0 ? Number.POSITIVE_INFINITY : range.limit;
    for (const key of range.reverse ? this.#descending(range) : this.#ascending(range)) {
      if (left <= 0) return;
      left -= 1;
      yield [key, this.#values.get(key) as Value];
    }
  }

  *#ascending(range: Range): Generator<string> {
    const start = range.gt ?? range.gte ?? '';
    for (let index = Math.max(0, this.#blockOf(start)); index < this.#blocks.length; index += 1) {
      for (const key of this.#blocks[index] as string[]) {
        if (isBelow(key, range)) continue;
        if (isAbove(key, range)) return;
        yield key;
      }
    }
  }

  *#descending(range: Range): Generator<string> {
    const end = range.lt ?? range.lte;
    for (let index = end === undefined ? this.#blocks.length - 1 : this.#blockOf(end); index >= 0; index -= 1) {
      const block = this.#blocks[index] as string[];
      for (let position = block.length - 1; position >= 0; position -= 1) {
        const key = block[position] as string;
        if (isAbove(key, range)) continue;
        if (isBelow(key, range)) return;
        yield key;
      }
    }
  }

  #insert(key: string): void {
    const index = this.#blockOf(key);
    if (index < 0) {
      if (this.#blocks.length === 0) this.#blocks.push([key]);
      else this.#blocks[0]?.unshift(key);
      return;
    }
    const block = this.#blocks[index] as string[];
    block.splice(lowerBound(block, key), 0, key);
    if (block.length > BLOCK) this.#blocks.splice(index + 1, 0, block.splice(BLOCK / 2));
  }

  /** Index of the last block whose first key is not above the key; -1 when the key is below all. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle]?.[0] as string) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function isBelow(key: string, range: Range): boolean {
  return (range.gt !== undefined && key <= range.gt) || (range.gte !== undefined && key < range.gte);
}

function isAbove(key: string, range: Range): boolean {
  return (range.lt !== undefined && key >= range.lt) || (range.lte !== undefined && key > range.lte);
}

function lowerBound(block: readonly string[], key: string): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((block[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
