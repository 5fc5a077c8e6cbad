import { Readable, Writable } from 'node:stream';
import { loadPriceBook } from '../../lambda/money/deployed-book';
import { type OutboundRequest, streamReply, type Transport } from '../../lambda/platform/http';
import { NEVER_CANCELLED } from '../../lambda/platform/runtime';
import { serve } from '../../lambda/proxy/pipeline';
import { startGateway, type TestGateway } from '../support/gateway';
import type { RandomCall } from './calls/random-call';
import { PROVIDERS } from './places';

/** What became of a call: what left, and what the caller was told. */
export interface Outcome {
  readonly sent: readonly { readonly path: string; readonly body: Record<string, unknown> }[];
  readonly status: number;
  readonly warnings: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly reply: any;
}

export interface SilentGateway {
  ask(call: RandomCall, model: string): Promise<Outcome>;
  close(): Promise<void>;
}

/** The gateway before every kind of provider, none of which is asked: each refuses whatever it is sent. */
export async function startSilentGateway(): Promise<SilentGateway> {
  let sent: OutboundRequest[] = [];
  const transport: Transport = {
    send: async (request) => {
      sent.push(request);
      const body = Buffer.from('{"error":{"message":"No.","type":"invalid_request_error"},"message":"No.","type":"error"}');
      const headers = { 'content-type': 'application/json' };
      return streamReply(400, headers, Readable.from([body]));
    },
  };
  const gateway: TestGateway = await startGateway({
    priceBook: await loadPriceBook(),
    document: { providers: [...PROVIDERS] },
    secrets: { 'arn:key': 'provider-key' },
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    transport,
  });
  const key = await gateway.addKey({ serverTools: ['*'] });
  return {
    async ask({ path, body, headers }, model) {
      sent = [];
      const chunks: Buffer[] = [];
      let status = 0;
      let warnings = '';
      const now = gateway.gateway.clock.monotonic();
      await serve(gateway.gateway, {
        method: 'POST',
        path,
        query: '',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: Buffer.from(JSON.stringify({ model, ...body })),
        wanted: NEVER_CANCELLED,
        arrivedMs: now,
        deadlineMs: now + 60_000,
        respond: (code, replyHeaders) => {
          status = code;
          warnings = replyHeaders['x-gateway-warnings'] ?? '';
          return new Writable({
            write: (chunk, _encoding, done) => {
              chunks.push(chunk);
              done();
            },
          });
        },
      });
      const text = Buffer.concat(chunks).toString();
      return {
        sent: sent.map((request) => ({ path: request.path, body: JSON.parse(request.body.toString()) })),
        status,
        warnings,
        reply: text.startsWith('{') ? JSON.parse(text) : text,
      };
    },
    close: () => gateway.close(),
  };
}
