import type { CallDeadlines, InboundReply, OutboundRequest } from '../../../../lambda/platform/http/exchange';
import { TransportError } from '../../../../lambda/platform/http/exchange';
import { createTransport } from '../../../../lambda/platform/http/transport';
import { Cancellation, NEVER_CANCELLED } from '../../../../lambda/platform/runtime';
import { chunk, jsonReply, lastChunk, reply, startUpstream, streamHead, type Upstream } from '../../../support/upstream';

let upstream: Upstream;
let transport: ReturnType<typeof createTransport>;
const deadlines = { connectMs: 2_000, headersMs: 2_000, idleMs: 2_000 };

beforeEach(async () => {
  upstream = await startUpstream();
  transport = createTransport();
});

afterEach(async () => {
  transport.close();
  await upstream.close();
});

const request = (changes: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: 'POST',
  origin: upstream.origin,
  path: '/v1/chat/completions?x=1',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"a":1}'),
  network: 'loopback',
  ...changes,
});

const send = (changes: Partial<OutboundRequest> = {}, limits: CallDeadlines = deadlines, wanted = NEVER_CANCELLED) =>
  transport.send(request(changes), limits, wanted);

/** Reads an answer as it comes. */
function text(answer: InboundReply): Promise<string> {
  const chunks: Buffer[] = [];
  return new Promise((fulfil, reject) =>
    answer.read({ take: (part) => chunks.push(part), end: () => fulfil(Buffer.concat(chunks).toString()), cut: reject }),
  );
}

const failure = async (sent: Promise<unknown>) =>
  sent.then(
    () => 'answered',
    (error: unknown) => (error instanceof TransportError ? { failure: error.failure, sent: error.sent } : error),
  );

test('sends the bytes and headers it was given and keeps the connection', async () => {
  upstream.script(jsonReply({ ok: true }));

  for (let round = 0; round < 3; round += 1) expect(await text(await send())).toBe('{"ok":true}');

  expect(upstream.connections()).toBe(1);
  expect(upstream.requests[0]).toMatchObject({ method: 'POST', path: '/v1/chat/completions?x=1', body: Buffer.from('{"a":1}') });
  expect(Object.keys(upstream.requests[0]?.headers ?? {}).sort()).toEqual([
    'accept-encoding',
    'connection',
    'content-length',
    'content-type',
    'host',
  ]);
});

test('what is made ready before a call connects to nobody, and what cannot be made ready says so when it is called', async () => {
  upstream.script(jsonReply({ ok: true }));

  transport.prepare({ origin: upstream.origin, network: 'loopback' });
  transport.prepare({ origin: 'https://api.example.com', network: 'public' });
  transport.prepare({ origin: 'not an address', network: 'public' });

  expect(upstream.connections()).toBe(0);
  expect((await send()).status).toBe(200);
  expect(await failure(send({ origin: 'not an address' }))).toMatchObject({ code: 'ERR_INVALID_URL' });
});

test('E24 asks for no encoding', async () => {
  await send();

  expect(upstream.requests[0]?.headers['accept-encoding']).toBe('identity');
});

test.each([301, 302, 307, 308])('C06 a %i is handed back, not followed', async (status) => {
  upstream.script(reply(status, { location: `${upstream.origin}/elsewhere` }, ''));

  expect((await send()).status).toBe(status);
  expect(upstream.requests).toHaveLength(1);
});

test('F07 a refused connection and an unknown host say so, with nothing sent', async () => {
  await upstream.close();

  expect(await failure(send())).toEqual({ failure: 'connect', sent: false });
  const unknown = createTransport({
    resolver: (_name, _options, callback) => callback(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }), []),
  });
  expect(
    await failure(unknown.send(request({ origin: 'https://nowhere.example', network: 'public' }), deadlines, NEVER_CANCELLED)),
  ).toEqual({
    failure: 'dns',
    sent: false,
  });
});

test('C05 a name that resolves to loopback is refused when it is connected to', async () => {
  const rebound = createTransport({ resolver: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) });
  const port = new URL(upstream.origin).port;

  expect(
    await failure(rebound.send(request({ origin: `http://public.example:${port}`, network: 'vpc' }), deadlines, NEVER_CANCELLED)),
  ).toEqual({
    failure: 'egress_denied',
    sent: false,
  });
  expect(upstream.connections()).toBe(0);
});

test.each([
  'http://169.254.169.254',
  'http://[fd00:ec2::254]',
  'http://127.1',
  'http://0x7f000001',
  'http://2130706433',
  'http://[::ffff:127.0.0.1]',
  'https://[64:ff9b::1]',
])('C04 %s is refused', async (origin) => {
  expect(await failure(send({ origin, network: 'vpc' }))).toEqual({ failure: 'egress_denied', sent: false });
});

test('C04 plain http needs a private network, and the runtime API is never called', async () => {
  expect(await failure(send({ network: 'public', origin: 'http://1.1.1.1' }))).toEqual({ failure: 'egress_denied', sent: false });
  const guarded = createTransport({ deniedAuthorities: [new URL(upstream.origin).host] });
  expect(await failure(guarded.send(request(), deadlines, NEVER_CANCELLED))).toEqual({
    failure: 'egress_denied',
    sent: false,
  });
});

test('F08 a reset after the body was sent is not repeated', async () => {
  upstream.script([{ reset: true }]);

  expect(await failure(send())).toEqual({ failure: 'reset', sent: true });
  expect(upstream.requests).toHaveLength(1);
});

test('F09 a stale kept socket is replaced once', async () => {
  upstream.script((_seen, number) => (number === 2 ? [{ reset: true }] : jsonReply({ number })));
  await text(await send());

  expect(await text(await send())).toBe('{"number":3}');
  expect(upstream.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
});

test('F09 a call that leaves once is not repeated, and others meet none of the sockets that lay idle beside a stale one', async () => {
  upstream.script((_seen, number) => (number === 3 ? [{ reset: true }] : jsonReply({ number })));
  await Promise.all([send().then(text), send().then(text)]);

  expect(await failure(send({ once: true }))).toEqual({ failure: 'reset', sent: true });
  expect(await text(await send())).toBe('{"number":4}');
  expect(upstream.requests.map(({ connection }) => connection).at(-1)).toBe(3);
});

test('silence before the headers is a timeout, silence in the body too', async () => {
  upstream.script([{ hang: true }]);
  expect(await failure(send({}, { ...deadlines, headersMs: 50 }))).toEqual({ failure: 'timeout', sent: true });

  upstream.script([streamHead(), chunk('data: x\n\n'), { hang: true }]);
  const answer = await send({}, { ...deadlines, idleMs: 50 });
  await expect(text(answer)).rejects.toMatchObject({ failure: 'timeout' });
});

test('a cancelled call frees the provider, before and after its headers', async () => {
  const before = new Cancellation();
  upstream.script([{ hang: true }]);
  const waiting = failure(send({}, deadlines, before));
  while (upstream.requests.length === 0) await new Promise((done) => setTimeout(done, 5));
  before.cancel();
  expect(await waiting).toEqual({ failure: 'aborted', sent: true });

  const after = new Cancellation();
  upstream.script([streamHead(), chunk('x'), { hang: true }]);
  const answer = await send({}, deadlines, after);
  const read = text(answer);
  after.cancel();
  await expect(read).rejects.toThrow();
  while (upstream.open() > 0) await new Promise((done) => setTimeout(done, 5));
});

test('a call has an end of its own, whether its body has begun or not', async () => {
  upstream.script([{ hang: true }]);
  expect(await failure(send({}, { ...deadlines, totalMs: 50 }))).toEqual({ failure: 'timeout', sent: true });

  upstream.script([streamHead(), chunk('x'), { hang: true }]);
  const reply = await send({}, { ...deadlines, totalMs: 100 });
  await expect(reply.whole(1_000)).rejects.toMatchObject({ failure: 'timeout', sent: true });
  while (upstream.open() > 0) await new Promise((done) => setTimeout(done, 5));
});

test('D08 conflicting lengths and oversized headers are no answer', async () => {
  upstream.script([{ send: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n' }, lastChunk]);
  expect(await failure(send())).toMatchObject({ failure: 'protocol' });

  upstream.script(reply(200, { big: 'x'.repeat(40_000) }, ''));
  expect(await failure(send())).toMatchObject({ failure: 'protocol' });
});

test.each([
  ['a reset', [{ reset: true }]],
  ['an answer in the plain', [{ send: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n' }]],
] as const)('C09 %s in the handshake is a TLS failure with nothing sent', async (_name, steps) => {
  const { createServer } = await import('node:net');
  let received = Buffer.alloc(0);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      for (const step of steps) {
        if ('send' in step) socket.end(step.send);
        else socket.resetAndDestroy();
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };

  const failed = await failure(send({ origin: `https://127.0.0.1:${port}`, headers: { authorization: 'Bearer provider-secret' } }));
  await new Promise((done) => server.close(done));

  expect(failed).toEqual({ failure: 'tls', sent: false });
  expect(received.includes('provider-secret')).toBe(false);
});

test('bytes that nobody asked for are never the next answer', async () => {
  const forged = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged';
  upstream.script((_seen, number) =>
    number === 1 ? [{ send: `HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${forged}` }] : jsonReply({ number }),
  );

  await text(await send()).catch(() => undefined);
  for (let call = 2; call < 5; call += 1) expect(await text(await send())).toBe(`{"number":${call}}`);
});

test.each([
  ['that the provider closed while it was idle', [{ end: true }]],
  ['that the provider said it would close', []],
] as const)('a connection %s is not used again', async (_name, after) => {
  const close = after.length === 0 ? 'connection: close\r\n' : '';
  upstream.script([{ send: `HTTP/1.1 200 OK\r\n${close}content-length: 2\r\n\r\nok` }, ...after]);

  for (let call = 1; call < 4; call += 1) {
    expect((await (await send()).whole(100)).toString()).toBe('ok');
    await new Promise((done) => setTimeout(done, 20));
  }
  expect(upstream.requests.map(({ connection }) => connection)).toEqual([1, 2, 3]);
});

test('calls at the same time have connections of their own', async () => {
  upstream.script((seen) => [{ waitMs: 20 }, ...jsonReply({ path: seen.path })]);

  const answers = await Promise.all([1, 2, 3, 4].map(async (call) => (await send({ path: `/${call}` })).whole(100)));

  expect(answers.map(String)).toEqual(['{"path":"/1"}', '{"path":"/2"}', '{"path":"/3"}', '{"path":"/4"}']);
  expect(upstream.connections()).toBe(4);
});

test('what comes before the answer is not the answer, and a header that came twice is one', async () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n';
  upstream.script([{ send: `${early}HTTP/1.1 200 OK\r\nx-request-id: a\r\nx-request-id: b\r\ncontent-length: 2\r\n\r\nok` }]);

  const answer = await send();

  expect([answer.status, answer.headers['x-request-id'], await text(answer)]).toEqual([200, 'a, b', 'ok']);
});

test('a whole answer is no longer than it may be, and the call ends when it is', async () => {
  upstream.script([streamHead(), chunk('x'.repeat(600)), chunk('x'.repeat(600)), { hang: true }]);

  await expect((await send()).whole(1_000)).rejects.toThrow('longer than 1000 bytes');
  while (upstream.open() > 0) await new Promise((done) => setTimeout(done, 5));
});

test.each([
  ['a reset', { reset: true }],
  ['an end', { end: true }],
] as const)('%s in the middle of a whole answer is an error', async (_name, step) => {
  upstream.script([streamHead(), chunk('half'), step]);

  const answer = await send();

  await expect(answer.whole(1_000)).rejects.toThrow();
});

test.each(['comes late', 'stops'])('a reader that %s makes the provider wait, and misses nothing', async (how) => {
  const part = 'x'.repeat(64 * 1024);
  let sent = 0;
  const parts = Array.from({ length: 400 }, () => ({
    get send() {
      sent += 1;
      return `10000\r\n${part}\r\n`;
    },
  }));
  upstream.script([streamHead(), ...parts, lastChunk]);

  const answer = await send();
  let bytes = 0;
  const read = () =>
    new Promise<void>((end, cut) => {
      const take = (chunk: Buffer) => {
        if (bytes === 0 && how === 'stops') answer.pause();
        bytes += chunk.length;
      };
      answer.read({ take, end, cut });
    });
  const begun = how === 'stops' ? read() : undefined;
  await new Promise((done) => setTimeout(done, 100));
  const early = { sent, bytes };
  answer.resume();
  await (begun ?? read());

  expect(early.sent).toBeLessThan(parts.length);
  expect(early.bytes).toBeLessThan(1024 * 1024);
  expect(bytes).toBe(parts.length * part.length);
});
