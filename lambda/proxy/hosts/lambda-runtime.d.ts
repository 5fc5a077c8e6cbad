import type { Writable } from 'node:stream';

/** What Lambda's Node.js runtime puts into the global scope for response streaming. */
declare global {
  const awslambda: {
    /** Marks a handler as one that takes a response stream. */
    streamifyResponse(
      handler: (event: unknown, stream: Writable, context: { getRemainingTimeInMillis(): number }) => Promise<void>,
    ): unknown;
    readonly HttpResponseStream: {
      /** Sends status and headers with the first write. */
      from(stream: Writable, prelude: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> }): Writable;
    };
  };
}
