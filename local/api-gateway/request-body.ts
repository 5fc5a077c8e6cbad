import type { IncomingMessage } from 'node:http';

/** Why there is no body. */
export type BodyProblem = 'too_large' | 'aborted';

/** Reads a request's body, giving up as soon as it is known to be too large. */
export function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer | BodyProblem> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return Promise.resolve('too_large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostBytes) {
        chunks.length = 0;
        resolve('too_large');
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => resolve('aborted'));
    request.once('error', () => resolve('aborted'));
  });
}
