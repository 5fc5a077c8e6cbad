/** A source of chance that its seed determines (Mulberry32). */
export class Random {
  #state: number;

  public constructor(...seeds: readonly (number | string)[]) {
    let state = 0x811c9dc5;
    for (const seed of seeds) {
      for (const character of String(seed)) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
      state = Math.imul(state ^ 0x7c, 0x01000193);
    }
    this.#state = state >>> 0;
  }

  /** A whole number from 0 to `below - 1`. */
  public below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * below);
  }

  public oneIn(chances: number): boolean {
    return this.below(chances) === 0;
  }

  public pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** The bytes cut into pieces: nearly whole, at a few places, or byte by byte. */
  public cut(bytes: Buffer): Buffer[] {
    const largest = this.pick(bytes.length < 200 ? [1, 2, 7, 64] : [32, 100, 4_096]);
    const pieces: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      const length = 1 + this.below(largest);
      pieces.push(bytes.subarray(at, at + length));
      at += length;
    }
    return pieces;
  }
}
