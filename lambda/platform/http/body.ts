import type { Readable } from 'node:stream';

/** The body is longer than the caller of `readBody` can take. */
export class BodyTooLargeError extends Error {
  public constructor(public readonly maxBytes: number) {
    super(`the body is longer than ${maxBytes} bytes`);
    this.name = 'BodyTooLargeError';
  }
}

/**
 * Reads a body to its end.
 *
 * @throws BodyTooLargeError as soon as it is longer than `maxBytes`, after destroying the stream
 */
export function readBody(body: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((fulfil, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let ended = false;
    body.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      reject(new BodyTooLargeError(maxBytes));
      body.destroy();
    });
    body.on('end', () => {
      ended = true;
      fulfil(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes));
    });
    body.on('error', reject);
    body.on('close', () => {
      if (!ended) reject(new Error('the body was cut'));
    });
  });
}
