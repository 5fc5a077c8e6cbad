import { Readable } from 'node:stream';
import type { FunctionFailure } from './messages';

/** Why an invocation has no complete answer. */
export type InvocationFault = 'function' | 'timeout' | 'exit' | 'throttled' | 'too_large';

/** An invocation that Lambda could not complete. */
export class InvocationError extends Error {
  public constructor(
    public readonly fault: InvocationFault,
    public readonly failure: FunctionFailure,
  ) {
    super(`${failure.errorType}: ${failure.errorMessage}`);
    this.name = 'InvocationError';
  }
}

/**
 * Largest answers of a function, in bytes: at once, and streamed.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_BUFFERED_BYTES = 6 * 1024 * 1024;
const MAX_STREAMED_BYTES = 200 * 1024 * 1024;

/**
 * The bytes that a function answers, prelude included, with back-pressure down to the function: credit is given only for what
 * the consumer has taken. Destroyed with an `InvocationError` when the function fails.
 */
export class ResponseBytes extends Readable {
  private owed = 0;
  private total = 0;

  /** @param credit tells the function that so many of its bytes were taken */
  public constructor(
    private readonly credit: (bytes: number) => void,
    private readonly mostBytes = MAX_STREAMED_BYTES,
  ) {
    super({ highWaterMark: 64 * 1024 });
  }

  public override _read(): void {
    if (this.owed === 0) return;
    const bytes = this.owed;
    this.owed = 0;
    this.credit(bytes);
  }

  public accept(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.total += chunk.length;
    if (this.total > this.mostBytes) this.destroy(responseTooLarge(this.mostBytes));
    if (this.destroyed || this.push(chunk)) this.credit(chunk.length);
    else this.owed += chunk.length;
  }
}

/** What Lambda reports when an answer is larger than it may be. */
export function responseTooLarge(mostBytes: number): InvocationError {
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${mostBytes} bytes).`;
  return new InvocationError('function', { errorType: 'Function.ResponseSizeTooLarge', errorMessage, trace: [] });
}

/** One running invocation. */
export interface Invocation {
  readonly requestId: string;
  readonly response: ResponseBytes;
  /** Settles when the environment is free again or gone; work after the answer's end included. Never rejects. */
  readonly finished: Promise<InvocationError | undefined>;
}
