import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBedrockSdkTransport } from '../../../lambda/aws/bedrock-sdk';
import { createSigV4Signer } from '../../../lambda/aws/signing';
import type { OutboundRequest } from '../../../lambda/platform/http/exchange';
import type { JsonObject } from '../../../lambda/platform/json/value';
import { Cancellation, NEVER_CANCELLED } from '../../../lambda/platform/runtime';
import { AwsEventStreamDecoder, encodeEventStreamMessage, toFrame } from '../../../lambda/wire/framing/aws-event-stream';
import type { ModelRequest } from '../../../lambda/wire/model/request';
import { bedrockConverse } from '../../../lambda/wire/protocols/bedrock-converse';
import { encodeSegment } from '../../../lambda/wire/providers/address';
import { factsOfEvents, factsOfResponse, framesOf, recordings, responseBody, responseBytes } from '../../support/recorded';
import { targetFacts } from '../../support/target';

interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const seen: Seen[] = [];
let answer: { status: number; headers: Record<string, string>; body: Buffer };
let server: Server;
let origin: string;

const DEADLINES = { connectMs: 1_000, headersMs: 5_000, idleMs: 5_000 };
const transport = createBedrockSdkTransport('us-east-1');

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
});

afterAll(() => {
  delete process.env['AWS_ACCESS_KEY_ID'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  seen.length = 0;
});

const MODELS = [
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'amazon.nova-micro-v1:0',
  'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0',
];

const FULL: Omit<ModelRequest, 'model'> = {
  stream: false,
  messages: [
    { role: 'system', content: [{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look: "grüß 👋"' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
        { type: 'document', name: 'a/b.pdf', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' }, citations: true },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm', signature: { protocol: 'bedrock-converse', value: 'c2ln' } },
        { type: 'reasoning', text: '', redacted: { protocol: 'bedrock-converse', value: 'cmVk' } },
        { type: 'tool-call', id: 'call_1', name: 'look', arguments: '{"bytes":"not base64!","n":1}' },
      ],
    },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'call_1', content: [{ type: 'text', text: 'seen' }], isError: true }] },
  ],
  tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: { bytes: { type: 'string' } } }, strict: true }],
  toolChoice: { type: 'auto' },
  maxOutputTokens: 4_000,
  temperature: 0.5,
  stop: ['END'],
  topK: 5,
  metadata: { team: 'blue' },
  serviceTier: 'flex',
  responseFormat: { type: 'json-schema', name: 'answer', schema: { type: 'object', additionalProperties: false } },
};

function call(model: string, operation: string, body: JsonObject): OutboundRequest {
  return {
    method: 'POST',
    origin,
    path: `/model/${encodeSegment(model)}/${operation}`,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
    network: 'loopback',
  };
}

function send(request: OutboundRequest) {
  return transport.send(request, DEADLINES, NEVER_CANCELLED);
}

describe('the SDK as the oracle of our own Bedrock calls', () => {
  test.each(MODELS)('sends the path, the body and the signature that we send: %s', async (model) => {
    answer = {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn"}'),
    };
    const { body } = bedrockConverse.encodeRequest({ ...FULL, model }, targetFacts(model, { kind: 'bedrock' }));
    const request = call(model, 'converse', body);

    await send(request);

    const [sdk] = seen;
    expect(sdk?.path).toBe(request.path);
    // Equal as JSON: the SDK serialises every field that we wrote and knows each of them.
    expect(JSON.parse(sdk?.body.toString('utf8') ?? '')).toEqual(body);
    const date = String(sdk?.headers['x-amz-date']);
    const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    const signed = /SignedHeaders=([^,]+)/.exec(String(sdk?.headers.authorization))?.[1]?.split(';') ?? [];
    const headers = Object.fromEntries(signed.filter((name) => name !== 'host').map((name) => [name, String(sdk?.headers[name])]));
    const own = createSigV4Signer({ now: () => time }).sign(
      { method: 'POST', origin, path: request.path, headers, body: sdk?.body ?? Buffer.alloc(0) },
      { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      'bedrock',
      'us-east-1',
    );
    expect(own['authorization']).toBe(sdk?.headers.authorization);
  });

  const entries = recordings('bedrock-converse').filter((entry) => entry.status === 200);

  for (const entry of entries) {
    test(`gives back what the wire carried: ${entry.id}`, async () => {
      const type = entry.streaming ? 'application/vnd.amazon.eventstream' : 'application/json';
      answer = { status: 200, headers: { 'content-type': type }, body: responseBytes(entry) };

      const reply = await send(call('amazon.nova-micro-v1:0', entry.streaming ? 'converse-stream' : 'converse', { messages: [] }));
      const bytes = await reply.whole(10_000_000);

      if (!entry.streaming) {
        const facts = factsOfResponse(bedrockConverse.decodeResponse(JSON.parse(bytes.toString('utf8'))));
        expect(facts).toEqual(factsOfResponse(bedrockConverse.decodeResponse(responseBody(entry))));
        return;
      }
      const events = (frames: ReturnType<typeof framesOf>) => {
        const decoder = bedrockConverse.streamDecoder();
        return [...frames.flatMap((frame) => decoder.decode(frame)), ...decoder.end()];
      };
      expect(factsOfEvents(events(framesOf(entry, bytes)))).toEqual(factsOfEvents(events(framesOf(entry))));
    });
  }

  test('E28 an exception in the stream stays one', async () => {
    const start = encodeEventStreamMessage(
      { ':message-type': 'event', ':event-type': 'messageStart', ':content-type': 'application/json' },
      Buffer.from('{"role":"assistant"}'),
    );
    const exception = encodeEventStreamMessage(
      { ':message-type': 'exception', ':exception-type': 'throttlingException', ':content-type': 'application/json' },
      Buffer.from('{"message":"slow down"}'),
    );
    answer = { status: 200, headers: { 'content-type': 'application/vnd.amazon.eventstream' }, body: Buffer.concat([start, exception]) };

    const reply = await send(call('amazon.nova-micro-v1:0', 'converse-stream', { messages: [] }));
    const frames = new AwsEventStreamDecoder().push(await reply.whole(10_000)).map(toFrame);

    const decoder = bedrockConverse.streamDecoder();
    expect(frames.flatMap((frame) => decoder.decode(frame)).at(-1)).toMatchObject({
      type: 'error',
      error: { status: 429, code: 'rate_limit_exceeded' },
    });
  });

  test('an error answer keeps its status, name and message', async () => {
    answer = {
      status: 400,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ValidationException:http://internal.amazon.com/' },
      body: Buffer.from('{"message":"Input is too long."}'),
    };

    const reply = await send(call('amazon.nova-micro-v1:0', 'converse', { messages: [] }));
    const body = JSON.parse((await reply.whole(10_000)).toString('utf8'));

    expect(bedrockConverse.decodeError(reply.status, body, reply.headers as Record<string, string>).error).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      message: 'Input is too long.',
    });
  });

  test('embeddings pass through InvokeModel', async () => {
    answer = {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"embedding":[1],"inputTextTokenCount":1}'),
    };

    const reply = await send(call('amazon.titan-embed-text-v2:0', 'invoke', { inputText: 'a' }));

    expect((await reply.whole(10_000)).toString('utf8')).toBe('{"embedding":[1],"inputTextTokenCount":1}');
    expect(seen[0]?.body.toString('utf8')).toBe('{"inputText":"a"}');
  });

  test('fails as the gateway names it when the caller has gone, or the path is no call', async () => {
    const cancelled = new Cancellation();
    cancelled.cancel();
    const gone = transport.send(call('amazon.nova-micro-v1:0', 'converse', { messages: [] }), DEADLINES, cancelled);
    const odd = send({ ...call('m', 'converse', {}), path: '/model/m/other' });

    await expect(gone).rejects.toMatchObject({ name: 'TransportError', failure: 'aborted' });
    await expect(odd).rejects.toMatchObject({ name: 'TransportError', failure: 'protocol', sent: false });
  });
});
