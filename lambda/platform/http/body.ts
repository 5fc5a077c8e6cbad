import type { InboundReply, ReplyReader } from './exchange';

/** The answer is longer than whoever reads it whole can take. */
export class BodyTooLargeError extends Error {
  public constructor(public readonly maxBytes: number) {
    super(`the body is longer than ${maxBytes} bytes`);
    this.name = 'BodyTooLargeError';
  }
}

/** Collects an answer to its end. */
export class BodyReader implements ReplyReader {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  public constructor(
    private readonly maxBytes: number,
    private readonly fulfil: (body: Buffer) => void,
    private readonly reject: (error: Error) => void,
    private readonly reply: Pick<InboundReply, 'destroy'>,
  ) {}

  public take(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.maxBytes) this.#chunks.push(chunk);
    else {
      this.reject(new BodyTooLargeError(this.maxBytes));
      this.reply.destroy();
    }
  }

  public end(): void {
    const [only] = this.#chunks;
    this.fulfil(this.#chunks.length === 1 ? (only as Buffer) : Buffer.concat(this.#chunks, this.#bytes));
  }

  public cut(error: Error): void {
    this.reject(error);
  }
}
