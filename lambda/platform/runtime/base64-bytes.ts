/** Everything but base64. */
const FOREIGN = /[^A-Za-z0-9+/_-]/;

/** Bytes of a base64 text, read a few at a time: a picture of megabytes says its size in its first bytes. */
export class Base64Bytes {
  /** At most; padding is not looked at. */
  public readonly length: number;
  readonly #text: string;
  #clean = 0;

  public constructor(text: string) {
    this.length = Math.floor((text.length * 3) / 4);
    let end = text.length;
    while (end > 0 && text[end - 1] === '=') end -= 1;
    this.#text = text.slice(0, end);
  }

  /** Empty where the text ends before, or where it is no base64 up to there, so that readers may differ on what stands where. */
  public slice(from: number, count: number): Buffer {
    const group = Math.floor(from / 3);
    const start = from - group * 3;
    const end = Math.ceil((from + count) / 3) * 4;
    if (!this.#isClean(Math.min(end, this.#text.length))) return Buffer.alloc(0);
    return Buffer.from(this.#text.slice(group * 4, end), 'base64').subarray(start, start + count);
  }

  public ascii(from: number, count: number): string {
    return this.slice(from, count).toString('latin1');
  }

  #isClean(end: number): boolean {
    if (end > this.#clean && !FOREIGN.test(this.#text.slice(this.#clean, end))) this.#clean = end;
    return end <= this.#clean;
  }
}
