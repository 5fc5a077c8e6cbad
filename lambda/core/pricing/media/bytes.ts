/** Bytes of a base64 text, read a few at a time: a picture of megabytes says its size in its first bytes. */
export class Base64Bytes {
  /** At most; padding is not looked at. */
  public readonly length: number;

  public constructor(private readonly text: string) {
    this.length = Math.floor((text.length * 3) / 4);
  }

  /** Empty where the text ends before. */
  public slice(from: number, count: number): Buffer {
    const group = Math.floor(from / 3);
    const start = from - group * 3;
    const end = Math.ceil((from + count) / 3);
    return Buffer.from(this.text.slice(group * 4, end * 4), 'base64').subarray(start, start + count);
  }

  public ascii(from: number, count: number): string {
    return this.slice(from, count).toString('latin1');
  }
}
